import type { StoredEvent } from "../execution/event.ts";
import type { TransitionBatch } from "../store/transitions.ts";
import type { Changes, LiveExecution } from "./live-execution.ts";

/** What one commit writes of one execution, and what follows once it is on disk. */
export interface Written {
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
export interface Batch {
  transitions: TransitionBatch;
  /** In the same order as they stand in `transitions`. */
  written: Written[];
  /** Since when the database has refused it, by the alarm's monotonic clock; null: it was not tried yet. */
  hinderedSinceMs: number | null;
}
