import type { LogLine, LogStream } from "./event.ts";
import { transcriptLine, type TranscriptEvent } from "./transcript.ts";

/** A line of a log as people see it: an event of a transcript is described, any other line is its text. */
export function shownText({ stream, text }: Pick<LogLine, "stream" | "text">): string {
  if (stream !== "agent") return text;
  const event = parseEvent(text);
  return event === null ? unreadable : transcriptLine(event, (line) => line);
}

/** The number of lines of all streams together. */
export function countAll(counts: Readonly<Record<LogStream, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

const unreadable = "what the agent did here cannot be read";

/** Null for a text that was damaged, or that a later version has written. */
function parseEvent(text: string): TranscriptEvent | null {
  try {
    const event = JSON.parse(text) as TranscriptEvent;
    return isDescribable(event) ? event : null;
  } catch {
    return null;
  }
}

/** Only what the description needs. */
function isDescribable(event: TranscriptEvent): boolean {
  switch (event.kind) {
    case "message":
    case "thinking":
    case "tool_result":
    case "notice":
      return typeof event.text === "string";
    case "tool_call":
    case "permission_request":
      return typeof event.title === "string";
    case "plan":
      return Array.isArray(event.entries);
    case "usage":
      return typeof event.input === "number";
    default:
      event satisfies never;
      return false;
  }
}
