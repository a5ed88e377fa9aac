/** A message that an agent is still writing. It is never stored: the message that follows takes its place. */
export interface PartialMessage {
  run_id: string;
  stage_id: string;
  attempt: number;
  /** Which message it is; null: the stage has none any more. */
  message: string | null;
  /** What has been added since the last time, without secrets. */
  text: string;
}

/** What `event: delta` of a stream tells. */
export interface TextDelta {
  stage_id: string;
  attempt: number;
  /** Which message it is a piece of: pieces of the same one follow each other without a gap. */
  message: string;
  text: string;
}
