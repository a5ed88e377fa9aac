import { isoTime, type Moment } from "../machine/moment.ts";
import type { EngineState } from "./engine-state.ts";

/** The present moment for the machines, with the queue of this engine. */
export function momentOf({
  alarm,
  deadlines,
  queue,
}: Pick<EngineState, "alarm" | "deadlines" | "queue">): Moment {
  const atMs = alarm.now();
  return { atMs, at: isoTime(atMs), watchedMs: deadlines.watchedMs(), queue };
}
