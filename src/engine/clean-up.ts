import { join } from "node:path";
import { removeEmptyFolder } from "../dispatch/process/attempt-folder.ts";
import { isSuspended } from "../machine/execution-state.ts";
import { isoTime } from "../machine/moment.ts";
import type { EngineState } from "./engine-state.ts";
import type { LiveStep } from "./live-execution.ts";

/** Adds work that has to be over before the execution counts as ended. Resolves when it is over. */
export function addCleanUp(engine: EngineState, runId: string, chore: Promise<void>): Promise<void> {
  const cleanUps = engine.cleanUps.get(runId) ?? new Set();
  engine.cleanUps.set(runId, cleanUps);
  const done = chore.catch((error: unknown) => logProblem(engine, runId, "cleanup_failed", error));
  cleanUps.add(done);
  void done.then(() => cleanUps.delete(done));
  return done;
}

/**
 * What to do once the outcome of an attempt is on disk: its sweep. An attempt that is interrupted is begun again only
 * after it.
 */
export function sweepLater(
  engine: EngineState,
  runId: string,
  step: LiveStep,
  sweep: () => Promise<void>,
): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (isSuspended(step)) step.sweeping = promise;
  return () => void addCleanUp(engine, runId, sweep()).then(resolve);
}

/** Waits for all clean-up of an execution, which only then has ended. */
export async function finishCleanUp(engine: EngineState, runId: string): Promise<void> {
  const cleanUps = engine.cleanUps.get(runId);
  // One piece of clean-up may add another.
  for (let left = cleanUps?.size ?? 0; left > 0; left = cleanUps?.size ?? 0)
    await Promise.all(cleanUps ?? []);
  engine.cleanUps.delete(runId);
  for (const parent of [engine.attemptsDir, engine.worktreesDir]) removeIfEmpty(engine, runId, parent);
  for (const { wake } of engine.waiters.get(runId) ?? []) wake();
  engine.waiters.delete(runId);
}

/** Reports a problem that is not part of any execution's record in the lifecycle log. */
export function logProblem(engine: EngineState, runId: string, event: string, error: unknown): void {
  const execution = engine.live.get(runId);
  const message = error instanceof Error ? error.message : String(error);
  engine.log({
    at: isoTime(engine.alarm.now()),
    level: "error",
    event,
    workflow_id: execution?.record.workflow_slug ?? "",
    execution_id: runId,
    stage_id: null,
    attempt: null,
    message: execution?.masks.hide(message) ?? message,
  });
}

function removeIfEmpty(engine: EngineState, runId: string, parent: string): void {
  try {
    removeEmptyFolder(join(parent, runId));
  } catch (error) {
    logProblem(engine, runId, "cleanup_failed", error);
  }
}
