import type { StoredEvent } from "../execution/event.ts";
import type { TransitionBatch } from "../store/transitions.ts";
import type { Changes, LiveExecution } from "./live-execution.ts";

/** What one commit takes of one execution, and what follows once it is on disk. */
export interface Written {
  execution: LiveExecution;
  changes: Changes;
  /** Events and log lines, numbered. */
  feed: StoredEvent[];
  hasEnded: boolean;
}

/** What goes into one commit, and what follows from it. Kept until it is written: a locked database is asked again. */
export interface Batch {
  transitions: TransitionBatch;
  /** In the same order as they stand in `transitions`. */
  written: Written[];
  /** Since when the database has been locked, by `performance.now()`; null: it was not. */
  busySinceMs: number | null;
}
