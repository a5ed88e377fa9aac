import type { TranscriptEvent } from "../../execution/transcript.ts";
import { listField, textField, fieldsField, type Fields } from "../stream/fields.ts";
import { callOf, resultOf } from "./codex-items.ts";

/** What a message of codex tells people, and what of it is of a kind that this program does not know. */
export interface Translated {
  events: TranscriptEvent[];
  unknown: string[];
}

/** Translates the messages of one process in their order. The usage of turns is left out. */
export type TranslateMessage = (message: Fields) => Translated;

/** Bounded, so that an agent cannot fill the memory with calls that never end. */
const mostOpenCalls = 1_000;

export function createCodexTranslator(): TranslateMessage {
  const translateItem = createItemTranslator();
  const translateError = createErrorTranslator();
  return (message) => {
    const type = textField(message, "type") ?? "no type";
    switch (type) {
      case "thread.started":
        return notice("info", "init", `codex works in the thread ${textField(message, "thread_id") ?? "?"}`);
      case "item.started":
      case "item.updated":
        return translateItem(fieldsField(message, "item"), false);
      case "item.completed":
        return translateItem(fieldsField(message, "item"), true);
      case "error":
        return translateError(textField(message, "message") ?? "");
      case "turn.failed":
        return translateError(textField(fieldsField(message, "error"), "message") ?? "");
      case "turn.started":
      case "turn.completed":
        return nothing;
      default:
        return ignore(type);
    }
  };
}

function createItemTranslator(): (item: Fields | null, isCompleted: boolean) => Translated {
  const translateCall = createCallTranslator();
  const translatePlan = createPlanTranslator();
  return (item, isCompleted) => {
    const type = textField(item, "type") ?? "no type";
    const text = textField(item, "text") ?? "";
    switch (type) {
      case "agent_message":
      case "reasoning":
        if (!isCompleted || text.trim() === "") return nothing;
        return tell({ kind: type === "reasoning" ? "thinking" : "message", text });
      case "error":
        return notice("warning", "warning", textField(item, "message") ?? "");
      case "todo_list":
        return translatePlan(item);
      default: {
        const call = item === null ? null : callOf(item, type);
        return item === null || call === null
          ? ignore(`item/${type}`)
          : translateCall(item, call, isCompleted);
      }
    }
  };
}

/** A call whose beginning was not told begins with its end. */
function createCallTranslator(): (item: Fields, call: TranscriptEvent, isCompleted: boolean) => Translated {
  const open = new Set<string>();
  return (item, call, isCompleted) => {
    const id = call.id ?? "";
    const isOpen = open.has(id);
    if (!isCompleted) {
      // A search tells what it looks for only at its end.
      if (isOpen || open.size >= mostOpenCalls || textField(item, "query") === "") return nothing;
      open.add(id);
      return tell(call);
    }
    open.delete(id);
    return isOpen ? tell(resultOf(item)) : tell(call, resultOf(item));
  };
}

/** The same list comes again when the turn ends. */
function createPlanTranslator(): (item: Fields | null) => Translated {
  let told = "";
  return (item) => {
    const entries = listField(item, "items").map((entry) => ({
      text: textField(entry, "text") ?? "",
      status: entry["completed"] === true ? "completed" : "pending",
    }));
    const plan = JSON.stringify(entries);
    if (plan === told) return nothing;
    told = plan;
    return tell({ kind: "plan", entries });
  };
}

/** A turn that fails repeats the error before it. */
function createErrorTranslator(): (text: string) => Translated {
  let told = "";
  return (text) => {
    if (text === told) return nothing;
    told = text;
    return isReconnecting(text) ? notice("warning", "reconnecting", text) : notice("error", "error", text);
  };
}

/** codex goes on by itself after such an error. */
export function isReconnecting(error: string): boolean {
  return /^Reconnecting\.\.\. \d+\/\d+/.test(error);
}

const nothing: Translated = { events: [], unknown: [] };

function tell(...events: TranscriptEvent[]): Translated {
  return { events, unknown: [] };
}

function notice(level: "info" | "warning" | "error", code: string, text: string): Translated {
  return text.trim() === "" ? nothing : tell({ kind: "notice", level, code, text });
}

function ignore(kind: string): Translated {
  return { events: [], unknown: [kind] };
}
