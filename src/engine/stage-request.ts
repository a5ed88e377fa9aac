import { dollarsLeft } from "../execution/budget.ts";
import { shownText } from "../execution/shown-text.ts";
import { join } from "node:path";
import { packContext, type PackedContext } from "../context/pack.ts";
import type { AttemptPlace, StageRequest } from "../dispatch/dispatcher.ts";
import { composePrompt } from "../dispatch/prompt.ts";
import { providerVariables } from "../dispatch/provider-variables.ts";
import type { StageCompleted } from "../execution/event.ts";
import type { EarlierSession } from "../execution/agent-session.ts";
import type { Usage } from "../execution/record.ts";
import { handoffOf, type Handoff } from "../execution/handoff.ts";
import type { ValueObject } from "../expression/value.ts";
import { logTail } from "../store/logs.ts";
import { previousError } from "../execution/previous-error.ts";
import type { EffectiveStage } from "../workflow/effective.ts";
import { outputsSchema } from "../workflow/contract.ts";
import { usedModel } from "../workflow/used-model.ts";
import { permissionState } from "../machine/decide-permission.ts";
import { agentOf } from "../machine/blueprint.ts";
import { sessionOf } from "../machine/execution-state.ts";
import { dispatcherName } from "./dispatcher-name.ts";
import { commitsBefore } from "./commits-before.ts";
import type { EngineState } from "./engine-state.ts";
import type { LiveExecution, LiveStep } from "./live-execution.ts";
import { textOf } from "../machine/step-facts.ts";
import { stageKind } from "../workflow/stage-kind.ts";

/** How much of a log `handoff.include_run_log` hands on. */
const handedOnLines = 200;
const handedOnCharacters = 32_000;

/**
 * What the dispatcher is asked to do for a step's present attempt. Made from what is stored alone, so that a later
 * engine asks the same.
 */
export function stageRequest(engine: EngineState, execution: LiveExecution, step: LiveStep): StageRequest {
  const { runId, blueprint, record } = execution;
  const { stage } = step.plan;
  const role = stage.roles?.primary ?? null;
  const artifact = role?.artifact ?? "";
  const instructions = role?.instructions ?? null;
  const agent = agentOf(blueprint.agents, artifact);
  const attempt = step.record.attempt_number;
  // The texts in the record have their secrets hidden.
  const inputs = step.inputs ?? step.record.inputs ?? {};
  const context = packedContext(execution, step).text;
  const previous_error = previousError(step.record.attempts, attempt);
  const output_schema = outputsSchema(stage.outputs);
  const told =
    instructions === null
      ? null
      : fillText("roles.primary.instructions", instructions, execution.scope.values);
  return {
    run_id: runId,
    stage_id: stage.id,
    stage_name: stage.name,
    attempt,
    ...attemptPlace(engine, execution, step),
    agent,
    agent_ref: artifact,
    model: role ? usedModel(role, agent) : "",
    is_model_named: (role?.model ?? agent?.model ?? null) !== null,
    instructions: told,
    prompt: composePrompt({
      stage: { id: stage.id, name: stage.name, description: stage.description },
      instructions: told,
      inputs,
      inputDescriptions: describedInputs(stage),
      previousError: previous_error,
      context,
      handoffs: handoffsFor(engine, execution, step),
      outputSchema: output_schema,
    }),
    tools: [...new Set([...(agent?.tools ?? []), ...(stage.roles?.tools ?? [])])],
    inputs,
    previous_error,
    context,
    outputs: stage.outputs,
    output_schema,
    workdir: record.options.workdir,
    env: execution.env,
    provider_env: providerVariables(execution.options.provider_env ?? {}, [
      dispatcherName(engine, execution, step),
    ]),
    worktree_from: commitsBefore(execution, step),
    idle_timeout_ms: step.plan.idleTimeoutMs,
    permissions: step.plan.permissions,
    dollars_left: leastLeft(execution, step),
    charged: chargedSoFar(step),
    session: earlierSession(step, dispatcherName(engine, execution, step)),
    decided: permissionState(step).carried ?? [],
  };
}

/** The least that is left of the budgets of the stage and of the execution. */
function leastLeft({ record }: LiveExecution, { plan, record: step }: LiveStep): number | null {
  const left = [
    dollarsLeft(plan.stage.budget ?? null, step.usage),
    dollarsLeft(record.budget, record.usage),
  ].filter((dollars) => dollars !== null);
  return left.length === 0 ? null : Math.min(...left);
}

/** Only the dispatcher that began a session can go on with it. */
function earlierSession({ actor }: LiveStep, dispatcher: string): EarlierSession | null {
  const session = sessionOf(actor);
  return session?.dispatcher === dispatcher ? session : null;
}

/** Of the attempt that runs. */
function chargedSoFar({ record: { attempts, attempt_number } }: LiveStep): Usage | null {
  const last = attempts.at(-1);
  return last?.number === attempt_number ? last.usage : null;
}

function describedInputs({ inputs }: EffectiveStage): Record<string, string> {
  const described = Object.entries(inputs).flatMap(([name, { description }]) =>
    description === null ? [] : [[name, description] as const],
  );
  return Object.fromEntries(described);
}

/** The names of a step's present attempt: its idempotency key, and the folders it works with. */
export function attemptPlace(
  engine: EngineState,
  { runId, options }: LiveExecution,
  { plan: { stage }, record }: LiveStep,
): AttemptPlace {
  const { stage_id, attempt_number } = record;
  return {
    attempt_id: `${runId}/${stage_id}/${attempt_number}`,
    attempt_dir: join(engine.attemptsDir, runId, `${stage_id}.${attempt_number}`),
    worktree_dir: stage.workspace === "worktree" ? join(engine.worktreesDir, runId, stage_id) : null,
    options,
  };
}

/** One more call to the same agent, whose answer is the summary of what it has just done. */
export function summaryRequest(
  { scope }: LiveExecution,
  request: StageRequest,
  { prompt, done }: { prompt: string; done: StageCompleted },
): StageRequest {
  const asked = fillText(
    "handoff.summary_prompt",
    prompt,
    scope.completedWith(request.stage_id, done.outputs),
  );
  const outputs = { summary: { type: "string", required: false, description: null } };
  const output_schema = outputsSchema(outputs);
  return {
    ...request,
    attempt_id: `${request.attempt_id}/summary`,
    attempt_dir: `${request.attempt_dir}.summary`,
    instructions: asked,
    prompt: composePrompt({
      stage: { id: request.stage_id, name: `Summary of ${request.stage_name}`, description: null },
      instructions: asked,
      inputs: done.outputs,
      inputDescriptions: {},
      previousError: null,
      context: "",
      handoffs: [],
      outputSchema: output_schema,
    }),
    inputs: done.outputs,
    previous_error: null,
    charged: null,
    session: null,
    decided: [],
    // Nobody is asked for a summary.
    permissions: "deny",
    outputs,
    output_schema,
  };
}

/** The context a step's agent gets: global modules where they are inherited, then the stage's own, each once. */
export function packedContext({ blueprint }: LiveExecution, step: LiveStep): PackedContext {
  const found = moduleRefs(blueprint, step).flatMap((ref) =>
    Object.hasOwn(blueprint.modules, ref) ? (blueprint.modules[ref] ?? []) : [],
  );
  return packContext(found);
}

/** The context modules that a step should get but that were not found when the execution was started. */
export function missingModules({ blueprint }: LiveExecution, step: LiveStep): string[] {
  return moduleRefs(blueprint, step).filter((ref) => !Object.hasOwn(blueprint.modules, ref));
}

function moduleRefs({ definition }: LiveExecution["blueprint"], { plan: { stage } }: LiveStep): string[] {
  const inherited = stage.context.inherit_global ? definition.context.global_modules : [];
  return [...new Set([...inherited, ...stage.context.modules])];
}

function handoffsFor(engine: EngineState, execution: LiveExecution, { plan }: LiveStep): Handoff[] {
  return plan.dependencies.flatMap((at) => {
    const before = execution.steps[at];
    if (!before || stageKind(before.record.type).isDecided || before.record.status !== "completed") return [];
    const { stage } = before.plan;
    const log = stage.handoff.include_run_log ? lastLines(engine, execution.runId, stage.id) : null;
    return [handoffOf(stage, before.record, log)];
  });
}

function lastLines(engine: EngineState, runId: string, stageId: string): string {
  const { lines } = logTail(engine.store, { run_id: runId, stage_id: stageId, limit: handedOnLines });
  return lines.map(shownText).join("\n").slice(-handedOnCharacters);
}

/** The texts were checked with the definition: one that cannot be filled in all the same is passed on unchanged. */
function fillText(what: string, template: string, values: ValueObject): string {
  const text = textOf(what, template, values);
  return text.ok ? text.value : template;
}
