import type { RerunFrom } from "../engine/engine.ts";
import { AppError } from "../errors.ts";
import type { ValueObject } from "../expression/value.ts";
import { getExecution } from "../store/executions.ts";
import type { ExecutionControl } from "./signal-execution.ts";

/** What the caller's form, options or fields call the parts that a rerun keeps; for messages. */
interface RerunNames {
  failed: string;
  stage: string;
}

/**
 * Starts a new execution of the same snapshot and parameters; its id. `secrets` are the values of secret parameters,
 * which are not kept once an execution has ended. Throws `AppError`: `not_found`, or what cannot be run again.
 */
export async function rerunExecution(
  { store, engine }: ExecutionControl,
  runId: string,
  { from, secrets = {} }: { from: RerunFrom; secrets?: ValueObject },
): Promise<string> {
  const { run_id } = getExecution(store, runId);
  return engine.rerun(run_id, from, secrets);
}

/**
 * Where a rerun begins: at what failed, at a stage, or else at the start. Throws `AppError` if both are asked for. From
 * a stage or the start all agents are fresh.
 */
export function rerunStart(
  { failed, stageId, isFresh }: { failed: boolean; stageId: string | null; isFresh: boolean },
  names: RerunNames,
): RerunFrom {
  if (failed && stageId !== null) {
    throw new AppError("invalid_usage", `${names.failed} and ${names.stage} exclude each other`);
  }
  if (stageId !== null) return { kind: "stage", stage_id: stageId };
  return failed ? { kind: "failed", isFresh } : { kind: "start" };
}
