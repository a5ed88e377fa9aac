import type { LogLine, LogStream } from "./event.ts";
import { readTranscriptEvent } from "./read-transcript.ts";
import { transcriptLine } from "./transcript.ts";

/** A line of a log as people see it: an event of a transcript is described, any other line is its text. */
export function shownText({ stream, text }: Pick<LogLine, "stream" | "text">): string {
  if (stream !== "agent") return text;
  const event = readTranscriptEvent(text);
  return event === null ? unreadable : transcriptLine(event, (line) => line);
}

/** The number of lines of all streams together. */
export function countAll(counts: Readonly<Record<LogStream, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

const unreadable = "what the agent did here cannot be read";
