import { hideIn, type Masks } from "../execution/masks.ts";
import type { TranscriptEvent } from "../execution/transcript.ts";

/** A line of a log may have 64 KiB; hiding a secret in it later makes it no longer. */
const longestText = 64 * 1024;
const longestPart = 48 * 1024;
const longestName = 200;
const mostListed = 200;

/** The event as JSON for one line of the log: secrets are hidden, then long texts are cut so that it fits. */
export function transcriptText(event: TranscriptEvent, masks: Masks): string {
  const hidden = hideEvent(event, masks);
  for (let most = longestPart; ; most = Math.floor(most / 2)) {
    const text = JSON.stringify(cutEvent(hidden, most));
    if (Buffer.byteLength(text) <= longestText) return text;
  }
}

function hideEvent(event: TranscriptEvent, masks: Masks): TranscriptEvent {
  const { hide } = masks;
  switch (event.kind) {
    case "message":
    case "thinking":
    case "tool_result":
    case "notice":
      return { ...event, text: hide(event.text) };
    case "tool_call":
      return {
        ...event,
        name: hide(event.name),
        title: hide(event.title),
        input: hideIn(event.input, masks),
        files: event.files.map(hide),
      };
    case "permission_request":
      return {
        ...event,
        title: hide(event.title),
        input: hideIn(event.input, masks),
        ...(event.reason === undefined ? {} : { reason: hide(event.reason) }),
      };
    case "plan":
      return {
        ...event,
        entries: event.entries.map(({ text, status }) => ({ text: hide(text), status: hide(status) })),
      };
    case "usage":
      return event;
    default:
      return event satisfies never;
  }
}

/** Cuts every text of the event at so many characters, and every list. */
function cutEvent(event: TranscriptEvent, most: number): TranscriptEvent {
  const names = {
    ...(event.id === undefined ? {} : { id: event.id.slice(0, longestName) }),
    ...(event.parent === undefined ? {} : { parent: event.parent.slice(0, longestName) }),
  };
  switch (event.kind) {
    case "message":
    case "thinking":
    case "tool_result":
      return { ...event, ...names, text: cut(event.text, most) };
    case "notice": {
      const code = event.code === undefined ? {} : { code: event.code.slice(0, longestName) };
      return { ...event, ...names, ...code, text: cut(event.text, most) };
    }
    case "tool_call": {
      const files = event.files.slice(0, mostListed).map((file) => cut(file, Math.ceil(most / mostListed)));
      const name = event.name.slice(0, longestName);
      return {
        ...event,
        ...names,
        name,
        files,
        title: cut(event.title, most / 4),
        input: cutInput(event, most / 2),
      };
    }
    case "permission_request":
      return {
        ...event,
        ...names,
        call: event.call.slice(0, longestName),
        title: cut(event.title, most / 4),
        input: cutInput(event, most / 2),
        ...(event.reason === undefined ? {} : { reason: cut(event.reason, most / 4) }),
      };
    case "plan": {
      const longest = Math.ceil(most / mostListed);
      const entries = event.entries
        .slice(0, mostListed)
        .map(({ text, status }) => ({ text: cut(text, longest), status: cut(status, longest) }));
      return { ...event, ...names, entries };
    }
    case "usage":
      return { ...event, ...names };
    default:
      return event satisfies never;
  }
}

/** An input that is too long is kept as the beginning of its JSON. */
function cutInput({ input }: Extract<TranscriptEvent, { input: unknown }>, most: number): typeof input {
  const text = JSON.stringify(input);
  return text.length <= most ? input : cut(text, most);
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
