import type { ToolKind, TranscriptEvent } from "../../execution/transcript.ts";
import type { Value } from "../../expression/value.ts";
import { fieldsField, fieldsOf, listField, numberField, textField, type Fields } from "../stream/fields.ts";
import { titleOfCall } from "../title-of-call.ts";
import { toolNames, toolOf } from "./tool-names.ts";

/** The calls of tools that an agent tells of, each in several messages of which any may be missing. */
export interface CallReader {
  /** A call, or what is new about one. */
  hear(update: Fields): TranscriptEvent[];
  /** A call for which the agent asks for a permission: told as far as it was not told yet, then what is asked. */
  ask(call: Fields): TranscriptEvent[];
  /** The calls that were not told yet. */
  end(): TranscriptEvent[];
  /** What is known of a call by now. */
  of(id: string): Fields | null;
}

interface OpenCall {
  facts: Fields;
  isTold: boolean;
}

/** A call whose end was told is forgotten; of unfinished ones as many are kept. */
const mostOpen = 1_000;

/** `before` gives the events that have to be told before those of a call. */
export function openCallReader(before: () => TranscriptEvent[]): CallReader {
  const calls = new Map<string, OpenCall>();

  function take(update: Fields): OpenCall {
    const id = textField(update, "toolCallId") ?? "";
    const call = calls.get(id) ?? { facts: {}, isTold: false };
    call.facts = merge(call.facts, update);
    calls.set(id, call);
    const [oldest] = calls.keys();
    if (calls.size > mostOpen && oldest !== undefined) calls.delete(oldest);
    return call;
  }

  function tell(call: OpenCall): TranscriptEvent[] {
    if (call.isTold) return [];
    call.isTold = true;
    return [...before(), callEvent(call.facts)];
  }

  return {
    hear(update) {
      const isKnown = calls.has(textField(update, "toolCallId") ?? "");
      const call = take(update);
      const status = textField(call.facts, "status");
      const isOver = status === "completed" || status === "failed";
      // Some agents begin a call before they know its input, and tell that with the next message.
      const isClear = isOver || isKnown || status === "in_progress";
      const told = isClear ? tell(call) : [];
      if (!isOver) return told;
      calls.delete(textField(call.facts, "toolCallId") ?? "");
      return [...told, ...before(), resultOf(call.facts, status === "completed")];
    },
    ask(asked) {
      const call = take(asked);
      const { facts } = call;
      const event: TranscriptEvent = {
        kind: "permission_request",
        call: textField(facts, "toolCallId") ?? "",
        title: `${toolOf(facts)}: ${titleOf(facts)}`,
        input: inputOf(facts),
      };
      return [...tell(call), event];
    },
    end: () => [...calls.values()].flatMap(tell),
    of: (id) => calls.get(id)?.facts ?? null,
  };
}

/** What an update does not say stays as it was. */
function merge(before: Fields, update: Fields): Fields {
  const said = Object.entries(update).filter(([, value]) => value !== null && value !== undefined);
  return { ...before, ...Object.fromEntries(said) };
}

function callEvent(facts: Fields): TranscriptEvent {
  const parent = parentOf(facts);
  return {
    kind: "tool_call",
    ...idOf(facts),
    ...(parent === null ? {} : { parent }),
    name: toolOf(facts),
    tool: kindOf(facts),
    title: titleOf(facts),
    input: inputOf(facts),
    files: listField(facts, "locations").flatMap((location) => textField(location, "path") ?? []),
  };
}

function resultOf(facts: Fields, ok: boolean): TranscriptEvent {
  const parent = parentOf(facts);
  const output = fieldsField(facts, "rawOutput");
  const code = numberField(output, "exitCode") ?? numberField(output, "exit_code");
  return {
    kind: "tool_result",
    ...idOf(facts),
    ...(parent === null ? {} : { parent }),
    ok,
    text: contentText(facts) || outputText(facts["rawOutput"]),
    ...(code === null ? {} : { exit_code: code }),
  };
}

const kinds: Readonly<Record<string, ToolKind>> = {
  read: "read",
  edit: "edit",
  delete: "edit",
  move: "edit",
  search: "search",
  execute: "run",
  fetch: "fetch",
};

function kindOf(facts: Fields): ToolKind {
  if (toolNames(facts).some((name) => /^(task|agent)$/i.test(name))) return "agent";
  return kinds[textField(facts, "kind") ?? ""] ?? "other";
}

/** Some agents only name the tool there. */
export function titleOf(facts: Fields | null): string {
  const title = textField(facts, "title") ?? "";
  const input = fieldsField(facts, "rawInput");
  const isWord = /^[\w-]*$/.test(title);
  return (isWord && input !== null ? titleOfCall(input) : "") || title;
}

/** Some agents tell of a call only in its content: a command, or the change of a file. */
export function inputOf(facts: Fields | null): Value {
  // It was read from JSON, so it holds nothing else.
  const input = facts?.["rawInput"] as Value | undefined;
  if (input !== undefined && input !== null) return input;
  const content = listField(facts, "content");
  return content.length === 0 ? {} : ({ content } as unknown as Value);
}

/** The protocol shows texts and changes of files; everything else is named by its type. */
function contentText(facts: Fields): string {
  return listField(facts, "content")
    .map((item) => {
      const type = textField(item, "type") ?? "something";
      if (type === "diff") return `changed ${textField(item, "path") ?? "a file"}`;
      const block = fieldsField(item, "content");
      return textField(block, "text") ?? `(${textField(block, "type") ?? type})`;
    })
    .join("\n");
}

function outputText(output: unknown): string {
  if (output === undefined || output === null) return "";
  return typeof output === "string"
    ? output
    : (textField(fieldsOf(output), "output") ?? JSON.stringify(output));
}

export function parentOf(update: Fields): string | null {
  return textField(fieldsField(fieldsField(update, "_meta"), "claudeCode"), "parentToolUseId");
}

function idOf(facts: Fields): { id?: string } {
  const id = textField(facts, "toolCallId");
  return id === null ? {} : { id };
}
