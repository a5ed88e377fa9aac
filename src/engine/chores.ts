import { join } from "node:path";
import { removeEmptyFolder } from "../dispatch/process/attempt-folder.ts";
import { isoTime } from "../machine/moment.ts";
import type { EngineState } from "./engine-state.ts";

/** Something that has to be over before the execution counts as ended. */
export function addChore(engine: EngineState, runId: string, chore: Promise<void>): void {
  const chores = engine.chores.get(runId) ?? new Set();
  engine.chores.set(runId, chores);
  const done = chore.catch((error: unknown) => complain(engine, runId, "cleanup_failed", error));
  chores.add(done);
  void done.then(() => chores.delete(done));
}

/** An execution has ended when everything of it is cleared away. */
export async function settleEnd(engine: EngineState, runId: string): Promise<void> {
  const chores = engine.chores.get(runId);
  // One chore may bring another.
  for (let left = chores?.size ?? 0; left > 0; left = chores?.size ?? 0) await Promise.all(chores ?? []);
  engine.chores.delete(runId);
  for (const parent of [engine.attemptsDir, engine.worktreesDir]) removeIfEmpty(engine, runId, parent);
  for (const { wake } of engine.waiters.get(runId) ?? []) wake();
  engine.waiters.delete(runId);
}

/** Puts something that went wrong beside the executions themselves into the lifecycle log. */
export function complain(engine: EngineState, runId: string, event: string, error: unknown): void {
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
    complain(engine, runId, "cleanup_failed", error);
  }
}
