import type { StoredEvent } from "../execution/event.ts";
import type { ExecutionUpdate, NewExecution, TransitionSet } from "../store/transitions.ts";
import type { Changes, LiveExecution } from "./live-execution.ts";

/** What one commit writes of one execution, and what follows once it is on disk. */
export interface ExecutionWrite {
  execution: LiveExecution;
  changes: Changes;
  /** Events and log lines, numbered. */
  feed: StoredEvent[];
  hasEnded: boolean;
}

/**
 * The content of one commit, and what follows from it. It is kept until it is written: a database that is locked or
 * full is tried again.
 */
export interface PendingCommit {
  transitions: TransitionSet;
  /** In the same order as they stand in `transitions`. */
  written: ExecutionWrite[];
  /** Since when the database has refused it, by the alarm's monotonic clock; null: it was not tried yet. */
  hinderedSinceMs: number | null;
}

/** The pending commit without some of its executions; null when nothing is left of it. */
export function leaveOut(
  pending: PendingCommit,
  isLeftOut: (execution: LiveExecution) => boolean,
): PendingCommit | null {
  const written = pending.written.filter(({ execution }) => !isLeftOut(execution));
  if (written.length === 0) return null;
  const left = new Set(written.map(({ execution }) => execution.runId));
  const isLeft = ({ execution: { record } }: NewExecution | ExecutionUpdate): boolean =>
    left.has(record.run_id);
  const { created, updated, holder_id } = pending.transitions;
  const transitions = { holder_id, created: created.filter(isLeft), updated: updated.filter(isLeft) };
  return { ...pending, written, transitions };
}
