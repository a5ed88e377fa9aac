import type { LogEvent, LogLine, StoredEvent } from "./event.ts";

/** The parts of a stored event. Whoever makes one must give `data` of the shape that `type` says. */
export interface EventParts {
  seq: number;
  run_id: string;
  type: StoredEvent["type"];
  stage_id: string | null;
  attempt: number | null;
  at: string;
  data: object;
}

/** The event with its keys in the order in which they are written and sent. */
export function storedEvent({ seq, run_id, type, stage_id, attempt, at, data }: EventParts): StoredEvent {
  // Taken apart, type and data are no longer connected for the compiler; only this place connects them again.
  return { seq, run_id, type, stage_id, attempt, at, data } as StoredEvent;
}

/** A line of a log as rows hold it; "" and 0 for values that a damaged row has lost. */
export function logLine({ seq, run_id, stage_id, attempt, at, data }: StoredLogEvent): LogLine {
  return { seq, run_id, stage_id: stage_id ?? "", attempt: attempt ?? 0, at, ...data };
}

type StoredLogEvent = Extract<StoredEvent, LogEvent>;
