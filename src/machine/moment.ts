import type { StepQueue } from "./step-queue.ts";

/** When a transition happens, and where ready steps are queued; a machine knows nothing else of its surroundings. */
export interface Moment {
  /** The wall clock, in milliseconds. */
  atMs: number;
  /** The same, ISO 8601 UTC. */
  at: string;
  /** The clock that counts durations, in milliseconds: it stands still while nobody watches. */
  watchedMs: number;
  queue: Pick<StepQueue, "push" | "remove" | "freePlace">;
}

/** ISO 8601 UTC, in milliseconds. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
