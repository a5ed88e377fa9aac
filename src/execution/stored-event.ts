import type { LogEvent, LogLine, StoredEvent } from "./event.ts";

/** The parts of a stored event. Who makes one answers for it that `data` is of the shape that `type` says. */
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
  // Taken apart, type and data lose their tie for the compiler: this is the one place that ties them again.
  return { seq, run_id, type, stage_id, attempt, at, data } as StoredEvent;
}

/** A line of a log as rows hold it; "" and 0 for what a damaged row no longer tells. */
export function logLine({ seq, run_id, stage_id, attempt, at, data }: StoredLogEvent): LogLine {
  return { seq, run_id, stage_id: stage_id ?? "", attempt: attempt ?? 0, at, ...data };
}

type StoredLogEvent = Extract<StoredEvent, LogEvent>;
