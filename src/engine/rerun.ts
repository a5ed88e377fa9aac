import { AppError } from "../errors.ts";
import type { EarlierSession } from "../execution/agent-session.ts";
import type { ExecutionRecord, StepRecord } from "../execution/record.ts";
import { hasEnded } from "../execution/status.ts";
import type { ValueObject } from "../expression/value.ts";
import { hasRerun, loadForEngine, type LoadedExecution } from "../store/executions.ts";
import type { Blueprint } from "../machine/blueprint.ts";
import type { RerunFrom } from "./engine.ts";
import { isoTime } from "../machine/moment.ts";
import type { EngineState } from "./engine-state.ts";
import { sessionOf } from "../machine/execution-state.ts";
import { freshParts, restoreStepActor, reusedParts, type StepParts } from "../machine/make-execution.ts";
import { startFrom } from "./start.ts";
import { restoreParameters, secretsToGive, unseal, type UnsealedExecution } from "./unseal.ts";

/** A new execution of the same snapshot and parameters; what `from` leaves alone is carried over with its outputs. */
export function rerunExecution(
  engine: EngineState,
  runId: string,
  from: RerunFrom,
  secrets: ValueObject = {},
): Promise<string> {
  const { loaded, blueprint, options, kept, again, read } = readToRerun(engine, runId, from);
  const earlier = loaded.execution.record;
  const declared = blueprint.definition.config.parameters;
  const parameters = restoreParameters(earlier, declared, { kept, given: secrets, read });
  const newRunId = engine.newId();
  const mayGoOn = from.kind === "failed" && from.isFresh !== true && !wasRerun(engine, earlier);
  const parts = blueprint.stages.map((plan, at) =>
    carryOver(newRunId, plan, { again, agents: blueprint.agents, loaded, at, mayGoOn }),
  );
  const reused = parts.filter(({ record }) => record.reused).length;
  const at = isoTime(engine.alarm.now());
  return startFrom(
    engine,
    blueprint,
    {
      ...earlier,
      run_id: newRunId,
      parent_id: runId,
      parameters,
      options,
      snapshot_hash: blueprint.hash,
      status: "pending",
      had_failures: false,
      progress_done: reused,
      waiting_gates: [],
      started_at: null,
      completed_at: null,
      error_message: null,
      last_event: 0,
      usage: null,
      budget: blueprint.definition.config.budget ?? null,
      pause_reason: null,
      created_at: at,
      updated_at: at,
    },
    { parts, file: earlier.options.kept_apart?.file ?? null },
  );
}

/** The names of the secret parameters that a rerun needs and that are not kept any more. Throws as the rerun does. */
export function secretsOfRerun(engine: EngineState, runId: string, from: RerunFrom): readonly string[] {
  const { loaded, kept, read } = readToRerun(engine, runId, from);
  return secretsToGive(loaded.execution.record, { kept, given: {}, read });
}

interface ToRerun extends UnsealedExecution {
  loaded: LoadedExecution;
  /** Positions of the stages that run once more. */
  again: Set<number>;
  /** Whether any of them may read a parameter. */
  read: (name: string) => boolean;
}

function readToRerun(engine: EngineState, runId: string, from: RerunFrom): ToRerun {
  const loaded = loadForEngine(engine.store, runId);
  if (!loaded) throw new AppError("not_found", `there is no execution "${runId}"`);
  const { status } = loaded.execution.record;
  if (from.kind !== "start" && !hasEnded(status)) {
    throw new AppError(
      "conflict",
      `execution "${runId}" is ${status}: it can be re-run in part only after it has ended`,
    );
  }
  const unsealed = unseal(engine, loaded);
  const again = stagesToRun(unsealed.blueprint, loaded, from);
  const texts = textsOf(unsealed.blueprint, again);
  return { ...unsealed, loaded, again, read: (name) => texts.includes(name) };
}

/** All that may read a parameter when these stages run. */
function textsOf({ definition, stages }: Blueprint, again: ReadonlySet<number>): string {
  const run = stages.filter(({ position }) => again.has(position)).map(({ stage }) => stage);
  return JSON.stringify([definition.config.env, definition.hooks, run]);
}

function carryOver(
  runId: string,
  plan: Blueprint["stages"][number],
  {
    again,
    agents,
    loaded,
    at,
    mayGoOn,
  }: {
    again: ReadonlySet<number>;
    agents: Blueprint["agents"];
    loaded: LoadedExecution;
    at: number;
    mayGoOn: boolean;
  },
): StepParts {
  const earlier = loaded.steps[at];
  if (!earlier) return freshParts(runId, plan, agents);
  if (again.has(at)) return freshParts(runId, plan, agents, mayGoOn ? sessionToPassOn(plan, earlier) : null);
  return reusedParts(runId, plan, earlier.record, earlier.machine);
}

/** Two agents must not go on with the same session. */
function wasRerun(engine: EngineState, earlier: ExecutionRecord): boolean {
  const isRunning = [...engine.live.values()].some(({ record }) => record.parent_id === earlier.run_id);
  return isRunning || hasRerun(engine.store, earlier);
}

/**
 * The session of an agent that was stopped because it took too much. What it had changed in a git worktree of its own
 * is not in that of the new execution.
 */
function sessionToPassOn(
  { stage }: Blueprint["stages"][number],
  { record, machine }: LoadedExecution["steps"][number],
): EarlierSession | null {
  const tookTooMuch = record.error_class === "budget" || record.error_class === "timeout";
  if (!tookTooMuch || stage.workspace === "worktree") return null;
  return sessionOf(restoreStepActor(record.type, machine));
}

/** Positions of the stages that run once more: the one that was asked for, and all stages after it. */
function stagesToRun(
  blueprint: Blueprint,
  { steps, execution }: LoadedExecution,
  from: RerunFrom,
): Set<number> {
  const isKept = (at: number): boolean => {
    const step = steps[at];
    return step !== undefined && (step.record.status === "completed" || isSkippedByCondition(step.record));
  };
  const all = blueprint.stages.map(({ position }) => position);
  if (from.kind === "start") return new Set(all);
  const first = all.filter((at) => !isKept(at));
  if (from.kind === "stage") first.push(positionOf(blueprint, from.stage_id));
  const again = new Set<number>();
  for (let at = first.pop(); at !== undefined; at = first.pop()) {
    if (again.has(at)) continue;
    again.add(at);
    first.push(...(blueprint.stages[at]?.dependents ?? []));
  }
  if (from.kind === "failed" && again.size === 0) {
    throw new AppError(
      "conflict",
      `nothing failed in execution "${execution.record.run_id}". omit --from-failed to run all of it again`,
    );
  }
  return again;
}

/** A step that was skipped because of the stages before it may run this time. */
function isSkippedByCondition({ status, skip_cause }: StepRecord): boolean {
  return status === "skipped" && skip_cause === "condition";
}

function positionOf({ stages }: Blueprint, stageId: string): number {
  const found = stages.find(({ stage }) => stage.id === stageId);
  if (found) return found.position;
  const known = stages.map(({ stage }) => stage.id).join(", ");
  throw new AppError("not_found", `there is no stage "${stageId}" in this execution. its stages: ${known}`);
}
