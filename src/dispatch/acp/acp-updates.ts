import type { TranscriptEvent } from "../../execution/transcript.ts";
import type { TextPiece } from "../dispatcher.ts";
import { fieldsField, listField, textField, type Fields } from "../stream/fields.ts";
import { openCallReader, parentOf } from "./acp-calls.ts";

/** What an agent tells of its work, as events of a transcript. */
export interface UpdateReader {
  hear(update: Fields): { events: TranscriptEvent[]; unknown: string[]; piece?: TextPiece | null };
  /** A request for a permission: the call that it is for, as far as that was not told yet, and what is asked. */
  ask(params: Fields): TranscriptEvent[];
  /** The end of a turn: what was not finished is told. */
  end(): TranscriptEvent[];
  /** What the agent has said last. */
  readonly lastText: string | null;
  /** What is known of a call by now. */
  callOf(id: string): Fields | null;
}

export function openUpdateReader(): UpdateReader {
  const texts = openTextJoin();
  const calls = openCallReader(texts.end);
  return {
    hear(update) {
      const kind = textField(update, "sessionUpdate") ?? "no kind";
      if (silentKinds.has(kind)) return { events: [], unknown: [] };
      switch (kind) {
        case "agent_message_chunk":
          return { events: texts.hear("message", update), unknown: [], piece: texts.piece(update) };
        case "agent_thought_chunk":
          return { events: texts.hear("thinking", update), unknown: [] };
        case "tool_call":
        case "tool_call_update":
          return { events: calls.hear(update), unknown: [] };
        case "plan":
          return { events: [...texts.end(), planEvent(update)], unknown: [] };
        case "notice":
          return { events: [...texts.end(), noticeEvent(update)], unknown: [] };
        default:
          return { events: [], unknown: [kind] };
      }
    },
    ask: (params) => calls.ask(fieldsField(params, "toolCall") ?? {}),
    end: () => [...calls.end(), ...texts.end()],
    get lastText() {
      return texts.last;
    },
    callOf: calls.of,
  };
}

/** Told elsewhere, or of no interest to people. `user_message_chunk` repeats what the agent was told. */
const silentKinds = new Set([
  "user_message_chunk",
  "available_commands_update",
  "current_mode_update",
  "config_option_update",
  "session_info_update",
  "usage_update",
]);

interface OpenText {
  kind: "message" | "thinking";
  id: string | null;
  parent: string | null;
  parts: string[];
}

/** Agents say their texts in small parts; a text has ended when something else begins. */
function openTextJoin() {
  let open: OpenText | null = null;
  let last: string | null = null;
  let count = 0;

  function end(): TranscriptEvent[] {
    if (open === null) return [];
    const { kind, parent, parts } = open;
    const text = parts.join("");
    open = null;
    if (text.trim() === "") return [];
    if (kind === "message" && parent === null) last = text;
    return [{ kind, text, ...(parent === null ? {} : { parent }) }];
  }

  return {
    hear(kind: OpenText["kind"], update: Fields): TranscriptEvent[] {
      const content = fieldsField(update, "content");
      const part = textField(content, "text") ?? `(${textField(content, "type") ?? "something"})`;
      const [id, parent] = [textField(update, "messageId"), parentOf(update)];
      const goesOn = open !== null && open.kind === kind && open.id === id && open.parent === parent;
      const ended = goesOn ? [] : end();
      if (open === null) count++;
      open ??= { kind, id, parent, parts: [] };
      open.parts.push(part);
      return ended;
    },
    /** The part of a message that was heard last; null for what a sub-agent says. */
    piece(update: Fields): TextPiece | null {
      const text = textField(fieldsField(update, "content"), "text");
      return text === null || parentOf(update) !== null ? null : { message: String(count), text };
    },
    end,
    get last() {
      return open?.kind === "message" && open.parent === null ? open.parts.join("") : last;
    },
  };
}

function planEvent(update: Fields): TranscriptEvent {
  const entries = listField(update, "entries").map((entry) => ({
    text: textField(entry, "content") ?? "",
    status: textField(entry, "status") ?? "pending",
  }));
  return { kind: "plan", entries };
}

function noticeEvent(update: Fields): TranscriptEvent {
  const severity = textField(update, "severity");
  const level = severity === "error" || severity === "warning" ? severity : "info";
  const [title, description] = [textField(update, "title") ?? "", textField(update, "description")];
  const text = description === null ? title : `${title}: ${description}`;
  return { kind: "notice", level, code: "agent", text };
}
