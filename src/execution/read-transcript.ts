import type { Value } from "../expression/value.ts";
import type { TranscriptEvent } from "./transcript.ts";

/** Null for a text that was damaged, or that a later version has written. */
export function readTranscriptEvent(text: string): TranscriptEvent | null {
  try {
    const event = JSON.parse(text) as TranscriptEvent | null;
    return event !== null && isSound(event) ? event : null;
  } catch {
    return null;
  }
}

/** The words of an event that a search looks at: everything that a person can open, in no particular layout. */
export function transcriptWords(event: TranscriptEvent): string {
  switch (event.kind) {
    case "message":
    case "thinking":
    case "tool_result":
    case "notice":
      return event.text;
    case "tool_call":
      return [event.name, event.title, ...event.files, ...valueWords(event.input)].join("\n");
    case "permission_request":
      return [event.title, event.reason ?? "", ...valueWords(event.input)].join("\n");
    case "plan":
      return event.entries.map(({ text }) => text).join("\n");
    case "usage":
      return "";
    default:
      return event satisfies never;
  }
}

/** The keys and the texts in a value. The value was read from a line of bounded length. */
function valueWords(value: Value): string[] {
  if (value === null || typeof value !== "object") return [String(value)];
  if (isList(value)) return value.flatMap(valueWords);
  return Object.entries(value).flatMap(([key, each]) => [key, ...valueWords(each)]);
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function isSound(event: TranscriptEvent): boolean {
  if (!isTextOrAbsent(event.id) || !isTextOrAbsent(event.parent)) return false;
  switch (event.kind) {
    case "message":
    case "thinking":
      return isText(event.text);
    case "notice":
      return isText(event.text) && isText(event.level);
    case "tool_result":
      return isText(event.text) && typeof event.ok === "boolean";
    case "tool_call":
      return isText(event.name) && isText(event.title) && "input" in event && areTexts(event.files);
    case "permission_request":
      return isText(event.title) && "input" in event && isTextOrAbsent(event.reason);
    case "plan":
      return (
        Array.isArray(event.entries) && event.entries.every((entry) => isText(entry?.text, entry?.status))
      );
    case "usage":
      return [event.input, event.cache_read, event.cache_write, event.output].every(Number.isFinite);
    default:
      event satisfies never;
      return false;
  }
}

function isText(...values: unknown[]): boolean {
  return values.every((value) => typeof value === "string");
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

function areTexts(value: unknown): boolean {
  return Array.isArray(value) && isText(...(value as unknown[]));
}
