import type {
  DispatchControl,
  Leftovers,
  StageDispatcher,
  StageRequest,
  StageResult,
} from "../dispatch/dispatcher.ts";
import { chargedIn } from "../dispatch/charged-in.ts";
import type { StageCompleted } from "../execution/event.ts";
import type { AttemptResult } from "../machine/apply-result.ts";
import { isSuspended, type RunningAttempt } from "../machine/execution-state.ts";
import { isAsking } from "../execution/permission.ts";
import { classWithoutSecret } from "../execution/error-class.ts";
import { hideIn, type Masks } from "../execution/masks.ts";
import { collectHandedIn } from "../execution/handed-in.ts";
import type { Failure } from "../execution/retry.ts";
import { isSettled } from "../execution/status.ts";
import { addUsage } from "../execution/usage.ts";
import { storeFailure } from "../store/store-failure.ts";
import { checkOutputs } from "../workflow/contract.ts";
import type { Value } from "../expression/value.ts";
import { armDeadlines, deadlineKey } from "./hold-execution.ts";
import { dispatcherName } from "./dispatcher-name.ts";
import type { EngineState } from "./engine-state.ts";
import { failureOfDenials, warningsOfDenials } from "./judge-denials.ts";
import { keepMasks } from "./kept-secrets.ts";
import { awaitDecisions } from "./await-decisions.ts";
import { permissionDesk } from "./permission-desk.ts";
import type { LiveExecution, LiveStep } from "./live-execution.ts";
import { closeWorkspace } from "./close-workspace.ts";
import { spendingDesk } from "./spending-desk.ts";
import { openLogSink } from "./log-sink.ts";
import { meterUsage } from "./meter-usage.ts";
import { attemptPlace, missingModules, stageRequest, summaryRequest } from "./stage-request.ts";

/** An attempt that has begun, with what stops its agent. */
export interface AttemptRun {
  execution: LiveExecution;
  step: LiveStep;
  attempt: RunningAttempt;
  stop: AbortSignal;
}

const longestMessage = 8_000;
const mostWarnings = 100;
const mostNamed = 20;
const mostFindings = 50;

/** Runs one attempt through its dispatcher to the end. Never rejects. */
export async function runAttempt(
  engine: EngineState,
  run: AttemptRun,
  how: "new" | "readopt",
): Promise<AttemptResult> {
  try {
    const log = openLogSink(engine, run.execution, run.step);
    try {
      return await dispatchAttempt(engine, run, how, log);
    } finally {
      await log.end();
    }
  } catch (error) {
    // The agent has not failed: a later engine takes its result.
    if (storeFailure(error) === "fatal") engine.fail(error);
    const failure = { class: "internal", message: error instanceof Error ? error.message : String(error) };
    const { masks } = run.execution;
    return { kind: "failed", failure: shortFailure(failure, masks), handed_in: null, usage: null };
  }
}

async function dispatchAttempt(
  engine: EngineState,
  run: AttemptRun,
  how: "new" | "readopt",
  log: ReturnType<typeof openLogSink>,
): Promise<AttemptResult> {
  const { execution, step } = run;
  const desk = step.plan.permissions === "ask" ? permissionDesk(engine, run) : null;
  const control: DispatchControl = {
    signal: desk ? AbortSignal.any([run.stop, desk.parks]) : run.stop,
    log,
    masks: execution.masks,
    holdTime: () => holdTime(engine, run),
    spend: spendingDesk(engine, run),
    ...(desk ? { permissions: desk } : {}),
  };
  const name = dispatcherName(engine, execution, step);
  const dispatcher = engine.dispatcher(name);
  const request = stageRequest(engine, execution, step);
  if (how === "new") warnOfMissing(log, missingModules(execution, step));
  const result =
    how === "new" ? await dispatcher.dispatch(request, control) : await dispatcher.readopt(request, control);
  keepNewMasks(engine, execution);
  const usage = typeof result === "string" ? null : (meterUsage(engine, request, result, log) ?? null);
  const gone = desk && (await awaitDecisions(result, { run, desk, dispatcher, request, log, usage }));
  if (gone) return gone;
  if (typeof result === "string") return { kind: result };
  const outcome = judgeResult(request, { ...result, ...(usage && { usage }) }, execution.masks);
  const said = outcome.kind === "succeeded" ? outcome.data.warnings : warningsOfDenials(request, result);
  for (const warning of said) log.warn(warning);
  if (outcome.kind !== "succeeded") return withSession(outcome, { request, dispatcher, name });
  const summed = await withSummary(outcome, { engine, request, run, dispatcher, control });
  return closeWorkspace(summed, { request, stage: step.plan.stage, log, masks: execution.masks });
}

/** What the agent has left is asked for before the attempt's files are gone. */
async function withSession(
  outcome: AttemptResult,
  { request, dispatcher, name }: { request: StageRequest; dispatcher: StageDispatcher; name: string },
): Promise<AttemptResult> {
  if (outcome.kind !== "failed") return outcome;
  const id = (await dispatcher.sessionLeft?.(request)) ?? null;
  if (id === null) return outcome;
  const charged = addUsage(chargedIn(id, request), outcome.usage);
  return { ...outcome, session: { dispatcher: name, id, charged } };
}

/** Stops the clock of the attempt's timeout; calling the result starts it anew. */
function holdTime(engine: EngineState, { execution, step, attempt }: AttemptRun): () => void {
  engine.deadlines.set(deadlineKey(execution.runId, step.record.stage_id), null);
  return () => {
    if (step.attempt !== attempt || engine.live.get(execution.runId) !== execution) return;
    step.leftMs = step.plan.timeoutMs;
    armDeadlines(engine, execution, [step]);
  };
}

/** The author of the definition was warned too; the reader of the log was not. */
function warnOfMissing(log: { warn(warning: string): void }, refs: readonly string[]): void {
  for (const ref of refs) {
    log.warn(`the context module "${ref}" is not in the collection; the agent works without it`);
  }
}

/** Secrets that the agent named are stored before the outcome, because the log that names them is not read again. */
function keepNewMasks({ secretsDir }: EngineState, execution: LiveExecution): void {
  const { masks, runId } = execution;
  if (masks.secrets.size === execution.masksKept) return;
  keepMasks(secretsDir, runId, masks.secrets);
  execution.masksKept = masks.secrets.size;
}

/**
 * How to end what a step's present attempt has left behind: processes and files. Do it only when the outcome is on
 * disk: until then the files are the only place that has the result.
 */
export function sweeperOf(
  engine: EngineState,
  execution: LiveExecution,
  step: LiveStep,
): () => Promise<void> {
  const dispatcher = engine.dispatcher(dispatcherName(engine, execution, step));
  const place = attemptPlace(engine, execution, step);
  return () => dispatcher.sweep(place, leftoversOf(step));
}

/** What is to be ended of a step's last attempt: one that was interrupted, or asks people, goes on later. */
export function leftoversOf(step: LiveStep): Leftovers {
  if (isSettled(step.record.status)) return "stage";
  return isSuspended(step) || isAsking(step.record) ? "processes" : "attempt";
}

function judgeResult(request: StageRequest, result: StageResult, masks: Masks): AttemptResult {
  const usage = result.usage ?? null;
  const handed = collectHandedIn(hiddenResult(result, masks));
  const denied = failureOfDenials(request, result);
  if (denied !== null || !result.ok) {
    const failure = denied ??
      result.error ?? { class: "agent_error", message: "the agent failed without saying why" };
    return { kind: "failed", failure: shortFailure(failure, masks), handed_in: handed, usage };
  }
  const { outputs, undeclared, problems } = checkOutputs(request.outputs, result.outputs ?? {});
  if (problems.length > 0) {
    const message = problems.map((problem) => problem.message).join("; ");
    const failure = { class: "output_contract", message, findings: problems.slice(0, mostFindings) };
    return { kind: "failed", failure: shortFailure(failure, masks), handed_in: handed, usage };
  }
  const masked = maskedOutputs(outputs as StageCompleted["outputs"], undeclared, masks);
  const warnings = [
    ...result.warnings.slice(0, mostWarnings),
    ...warningsOfDenials(request, result),
    ...describeUndeclared(undeclared),
    ...warningsOfSecrets(outputs as StageCompleted["outputs"], masked),
  ];
  const data = { outputs: masked, text: result.text ?? null, handoff_summary: null, usage, warnings };
  return { kind: "succeeded", data };
}

/** The message is hidden before it is cut, because the cut may go through a secret. */
function hiddenResult(result: StageResult, masks: Masks): Parameters<typeof collectHandedIn>[0] {
  const { outputs, raw_outputs, text, exit_code } = result;
  return {
    outputs: hideIn((outputs ?? raw_outputs ?? null) as Value, masks),
    text: text === undefined ? text : masks.hide(text),
    exit_code,
  };
}

/** The name of an undeclared output may hold a secret, too. */
function maskedOutputs(
  outputs: StageCompleted["outputs"],
  undeclared: readonly string[],
  masks: Masks,
): StageCompleted["outputs"] {
  if (masks.secrets.size === 0) return outputs;
  const odd = new Set(undeclared);
  const entries = Object.entries(outputs).map(([name, value]) => [
    odd.has(name) ? masks.hide(name) : name,
    hideIn(value, masks),
  ]);
  return Object.fromEntries(entries) as StageCompleted["outputs"];
}

/** Secrets are not passed on in outputs. */
function warningsOfSecrets(given: StageCompleted["outputs"], masked: StageCompleted["outputs"]): string[] {
  if (given === masked) return [];
  return Object.entries(given).flatMap(([name, value]) => {
    const isMasked = JSON.stringify(value) !== JSON.stringify(masked[name]);
    if (!isMasked) return [];
    return `output "${name}" holds a secret, which is masked. a stage that needs it takes it from "config.env"`;
  });
}

/** The message is hidden before it is cut, because the cut may go through a secret. */
function shortFailure(failure: Failure, masks: Masks): Failure {
  return {
    ...failure,
    class: classWithoutSecret(failure.class, masks),
    message: shorten(masks.hide(failure.message)),
  };
}

/** Messages are repeated in events, records and lists, so they are cut; the log has all of it. */
function shorten(message: string): string {
  return message.length <= longestMessage ? message : `${message.slice(0, longestMessage)} …`;
}

function describeUndeclared(names: readonly string[]): string[] {
  const said = names.slice(0, mostNamed).map((name) => `output "${name}" is not declared; it is kept`);
  return names.length > mostNamed
    ? [...said, `${names.length - mostNamed} more outputs are not declared`]
    : said;
}

/** `handoff.summary_prompt`: one more call to the same agent. If it fails, that is only a warning. */
async function withSummary(
  outcome: Extract<AttemptResult, { kind: "succeeded" }>,
  {
    request,
    engine,
    run: { execution, step },
    dispatcher,
    control,
  }: {
    engine: EngineState;
    request: StageRequest;
    run: AttemptRun;
    dispatcher: StageDispatcher;
    control: DispatchControl;
  },
): Promise<typeof outcome> {
  const prompt = step.plan.stage.handoff.summary_prompt;
  if (prompt === null || control.signal.aborted) return outcome;
  const { data } = outcome;
  const asked = summaryRequest(execution, request, { prompt, done: data });
  const { result, why } = await askForSummary(dispatcher, asked, control);
  const usage = addUsage(data.usage, result && meterUsage(engine, asked, result, control.log));
  const text = result?.ok ? (result.text ?? summaryOutput(result.outputs)) : null;
  if (text !== null) {
    return { kind: "succeeded", data: { ...data, usage, handoff_summary: text } };
  }
  const warning = `the handoff has no summary: ${why}`;
  control.log.write("system", `warning: ${warning}`);
  return { kind: "succeeded", data: { ...data, usage, warnings: [...data.warnings, warning] } };
}

async function askForSummary(
  dispatcher: StageDispatcher,
  asked: StageRequest,
  control: DispatchControl,
): Promise<{ result: StageResult | null; why: string }> {
  const nowhere = { stdout: 0, stderr: 0 };
  const silent = { write: () => {}, offsets: nowhere, stored: nowhere };
  try {
    // An engine that died during the same call may have left its agent behind.
    await dispatcher.sweep(asked);
    // What it costs is known at its end; it adds to what the attempt has used.
    const { spend: _, permissions: __, ...rest } = control;
    const result = await dispatcher.dispatch(asked, { ...rest, log: silent });
    await dispatcher.sweep(asked);
    return { result, why: result.error?.message ?? "the agent gave no text" };
  } catch (error) {
    return { result: null, why: error instanceof Error ? error.message : String(error) };
  }
}

function summaryOutput(outputs: Record<string, unknown> | undefined): string | null {
  const summary = outputs && Object.hasOwn(outputs, "summary") ? outputs["summary"] : null;
  return typeof summary === "string" ? summary : null;
}
