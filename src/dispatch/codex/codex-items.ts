import type { TranscriptEvent } from "../../execution/transcript.ts";
import type { Value } from "../../expression/value.ts";
import { fieldsField, listField, textField, type Fields } from "../stream/fields.ts";

type ToolCall = Extract<TranscriptEvent, { kind: "tool_call" }>;

/** The call that an item of codex is; null for an item of another kind. */
export function callOf(item: Fields, type: string): ToolCall | null {
  const id = textField(item, "id");
  const call = describeCall(item, type);
  // It was read from JSON, so it holds nothing else.
  return call && { kind: "tool_call", ...(id === null ? {} : { id }), ...call, input: call.input as Value };
}

type CallParts = Pick<ToolCall, "name" | "tool" | "title" | "files"> & { input: unknown };

function describeCall(item: Fields, type: string): CallParts | null {
  switch (type) {
    case "command_execution": {
      const command = textField(item, "command") ?? "";
      return { name: "shell", tool: "run", title: withoutShell(command), input: { command }, files: [] };
    }
    case "file_change": {
      const changes = listField(item, "changes");
      const files = changes.map((change) => textField(change, "path") ?? "").filter((path) => path !== "");
      return {
        name: "apply_patch",
        tool: "edit",
        title: describeChanges(changes),
        input: { changes },
        files,
      };
    }
    case "mcp_tool_call": {
      const name = [textField(item, "server"), textField(item, "tool")]
        .filter((part) => part !== null)
        .join(".");
      const given = item["arguments"] ?? {};
      return { name, tool: "other", title: JSON.stringify(given), input: given, files: [] };
    }
    case "web_search":
      return describeSearch(item);
    case "collab_tool_call": {
      const prompt = textField(item, "prompt") ?? "";
      return {
        name: textField(item, "tool") ?? "agent",
        tool: "agent",
        title: prompt,
        input: { prompt },
        files: [],
      };
    }
    default:
      return null;
  }
}

function describeSearch(item: Fields): CallParts {
  const action = fieldsField(item, "action");
  const url = textField(action, "url");
  if (url !== null) return { name: "web_search", tool: "fetch", title: url, input: { url }, files: [] };
  const query = textField(item, "query") ?? "";
  return { name: "web_search", tool: "search", title: query, input: { query }, files: [] };
}

/** What is known of a call at its end. */
export function resultOf(item: Fields): TranscriptEvent {
  const id = textField(item, "id");
  const exitCode = item["exit_code"];
  const status = textField(item, "status") ?? "completed";
  const isWrong = typeof exitCode === "number" && exitCode !== 0;
  return {
    kind: "tool_result",
    ...(id === null ? {} : { id }),
    ok: status === "completed" && !isWrong,
    text: describeResult(item, status),
    ...(typeof exitCode === "number" && Number.isInteger(exitCode) ? { exit_code: exitCode } : {}),
  };
}

function describeResult(item: Fields, status: string): string {
  const output = textField(item, "aggregated_output");
  if (output !== null) return output;
  const error = textField(fieldsField(item, "error"), "message");
  if (error !== null) return error;
  const parts = listField(fieldsField(item, "result"), "content");
  const texts = parts.map((part) => textField(part, "text") ?? `(${textField(part, "type") ?? "something"})`);
  return texts.length > 0 ? texts.join("\n") : status;
}

function describeChanges(changes: readonly Fields[]): string {
  return changes
    .map((change) => `${textField(change, "kind") ?? "change"} ${textField(change, "path") ?? "?"}`)
    .join(", ");
}

/** The command that codex gives to a shell, where it can be told without reading the shell's quotes in full. */
function withoutShell(command: string): string {
  const inner = /^(?:\/\S*\/)?(?:ba|z)?sh -l?c ([^]*)$/.exec(command)?.[1] ?? null;
  if (inner === null) return command;
  const single = /^'([^']*)'$/.exec(inner)?.[1];
  if (single !== undefined) return single;
  const double = /^"((?:[^"\\]|\\[^])*)"$/.exec(inner)?.[1];
  return double === undefined ? inner : double.replace(/\\([\\"$`])/g, "$1");
}
