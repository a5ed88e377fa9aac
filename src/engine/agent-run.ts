import { dispatcherNameFor } from "../dispatch/choose.ts";
import { masksOf } from "../dispatch/masks.ts";
import type { DispatchControl, StageDispatcher, StageRequest, StageResult } from "../dispatch/dispatcher.ts";
import type { StageCompleted } from "../execution/event.ts";
import type { Failure } from "../execution/retry.ts";
import type { Usage } from "../execution/record.ts";
import { addUsage } from "../execution/usage.ts";
import type { Value } from "../expression/value.ts";
import { checkOutputs } from "../workflow/contract.ts";
import type { EngineState } from "./engine-state.ts";
import type { LiveExecution, LiveStep, RunningAttempt } from "./live-execution.ts";
import { openLogSink } from "./log-sink.ts";
import { attemptPlace, stageRequest, summaryRequest } from "./stage-request.ts";

/** What an attempt came to, its outputs held against the contract. */
export type AttemptOutcome =
  | { kind: "succeeded"; data: StageCompleted }
  | { kind: "failed"; failure: Failure; usage: Usage | null }
  /** An earlier engine's agent is gone and has left no result. */
  | { kind: "gone" };

export interface Begun {
  execution: LiveExecution;
  step: LiveStep;
  attempt: RunningAttempt;
}

/** Does one attempt through its dispatcher, to the end. Never rejects. */
export async function runAttempt(
  engine: EngineState,
  begun: Begun,
  how: "new" | "readopt",
): Promise<AttemptOutcome> {
  const { execution, step, attempt } = begun;
  const log = openLogSink(engine, execution, step);
  const control: DispatchControl = { signal: attempt.abort.signal, log };
  try {
    const dispatcher = engine.dispatcher(dispatcherName(engine, execution, step));
    const request = stageRequest(engine, execution, step);
    const result =
      how === "new"
        ? await dispatcher.dispatch(request, control)
        : await dispatcher.readopt(request, control);
    if (result === null) return { kind: "gone" };
    const outcome = judged(request, result);
    for (const warning of warningsOf(outcome)) log.warn(warning);
    const summed =
      outcome.kind === "succeeded"
        ? await withSummary(outcome, { request, begun, dispatcher, control })
        : outcome;
    log.end();
    return summed;
  } catch (error) {
    log.end();
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "failed", failure: { class: "internal", message }, usage: null };
  }
}

/**
 * How to end whatever a step's present attempt has left: processes, files. To be done only when its outcome is on disk:
 * until then the files are the only place where its result is.
 */
export function sweeperOf(
  engine: EngineState,
  execution: LiveExecution,
  step: LiveStep,
): () => Promise<void> {
  const dispatcher = engine.dispatcher(dispatcherName(engine, execution, step));
  const place = attemptPlace(engine, execution, step);
  return () => dispatcher.sweep(place);
}

/** The name of the dispatcher that does a step's attempts. */
export function dispatcherName(
  engine: EngineState,
  { record, blueprint }: LiveExecution,
  { plan }: LiveStep,
): string {
  const ref = plan.stage.roles?.primary.artifact ?? "";
  const agent = Object.hasOwn(blueprint.agents, ref) ? (blueprint.agents[ref] ?? null) : null;
  return dispatcherNameFor(agent, record.options, engine.dispatch);
}

function judged(request: StageRequest, result: StageResult): AttemptOutcome {
  const usage = result.usage ?? null;
  if (!result.ok) {
    const failure = result.error ?? { class: "agent_error", message: "the agent failed without saying why" };
    return { kind: "failed", failure, usage };
  }
  const { outputs, undeclared, problems } = checkOutputs(request.outputs, result.outputs ?? {});
  if (problems.length > 0) {
    return { kind: "failed", failure: { class: "output_contract", message: problems.join("; ") }, usage };
  }
  const extra = undeclared.map((name) => `output "${name}" is not declared; it is kept`);
  const masks = masksOf(request.env, request.options.env);
  const data = {
    outputs: hidden(outputs, masks.hide) as StageCompleted["outputs"],
    text: result.text === undefined ? null : masks.hide(result.text),
    handoff_summary: null,
    usage,
    warnings: [...result.warnings, ...extra],
  };
  return { kind: "succeeded", data };
}

function warningsOf(outcome: AttemptOutcome): string[] {
  return outcome.kind === "succeeded" ? outcome.data.warnings : [];
}

/** `handoff.summary_prompt`: one more call to the same agent. That it fails is a warning, no failure. */
async function withSummary(
  outcome: Extract<AttemptOutcome, { kind: "succeeded" }>,
  {
    request,
    begun: { step },
    dispatcher,
    control,
  }: {
    request: StageRequest;
    begun: Begun;
    dispatcher: StageDispatcher;
    control: DispatchControl;
  },
): Promise<AttemptOutcome> {
  const prompt = step.plan.stage.handoff.summary_prompt;
  if (prompt === null || control.signal.aborted) return outcome;
  const { data } = outcome;
  const asked = summaryRequest(request, prompt, data);
  const result = await dispatcher.dispatch(asked, {
    ...control,
    log: { write: () => {}, offsets: { stdout: 0, stderr: 0 } },
  });
  await dispatcher.sweep(asked);
  const usage = addUsage(data.usage, result.usage ?? null);
  const text = result.text ?? summaryOutput(result.outputs);
  if (result.ok && text !== null)
    return { kind: "succeeded", data: { ...data, usage, handoff_summary: text } };
  const why = result.error?.message ?? "the agent gave no text";
  control.log.write("system", `warning: the handoff has no summary: ${why}`);
  return { kind: "succeeded", data: { ...data, usage, warnings: [...data.warnings, `no summary: ${why}`] } };
}

function summaryOutput(outputs: Record<string, unknown> | undefined): string | null {
  const summary = outputs && Object.hasOwn(outputs, "summary") ? outputs["summary"] : null;
  return typeof summary === "string" ? summary : null;
}

/** Every text within a value, through the mask. Values are bounded in depth before they come here. */
function hidden(value: Value, hide: (text: string) => string): Value {
  if (typeof value === "string") return hide(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Value) => hidden(item, hide));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hidden(item, hide)]));
}
