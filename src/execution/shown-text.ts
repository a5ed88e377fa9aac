import type { LogLine, LogStream } from "./event.ts";
import { readTranscriptEvent } from "./read-transcript.ts";
import { transcriptLine, type TranscriptEvent } from "./transcript.ts";

type LineText = Pick<LogLine, "stream" | "text">;

/** A line of a log as people see it: an event of a transcript is described, any other line is its text. */
export function shownText(line: LineText): string {
  if (line.stream !== "agent") return line.text;
  const event = transcriptOf(line);
  return event === null ? unreadable : transcriptLine(event, (text) => text);
}

/** The event of a transcript that a line of a log holds. */
export function transcriptOf({ stream, text }: LineText): TranscriptEvent | null {
  return stream === "agent" ? readTranscriptEvent(text) : null;
}

/** The number of lines of all streams together. */
export function countAll(counts: Readonly<Record<LogStream, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

const unreadable = "what the agent did here cannot be read";
