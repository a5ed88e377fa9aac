import type { ToolKind, TranscriptEvent } from "../../execution/transcript.ts";
import type { Value } from "../../expression/value.ts";
import { filesOf, titleOfCall } from "../title-of-call.ts";
import { fieldsField, listField, numberField, textField, type Fields } from "../stream/fields.ts";

/** What a message of claude's stream tells people, and what of it is of a kind that this program does not know. */
export interface Translated {
  events: TranscriptEvent[];
  /** Names of the kinds, each as often as it was met. */
  unknown: string[];
}

/** Messages that say nothing of interest to people, or say again what other messages say. */
const silentTypes = new Set([
  "stream_event",
  "rate_limit_event",
  "tool_progress",
  "tool_use_summary",
  "keep_alive",
  "control_response",
  "control_cancel_request",
  "result",
]);
const silentSubtypes = new Set([
  "status",
  "thinking_tokens",
  "background_tasks_changed",
  "task_started",
  "task_updated",
  "task_progress",
  "task_notification",
  "hook_started",
  "hook_progress",
  "hook_response",
  "files_persisted",
]);

/** Translates one message. The usage of results is left out, because it depends on the messages before. */
export function translateMessage(message: Fields): Translated {
  const type = textField(message, "type");
  if (type === "assistant") return translateBlocks(message, assistantBlock);
  if (type === "user") return translateBlocks(message, userBlock);
  if (type === "system") return translateSystem(message);
  if (type === "control_request") return translateRequest(message);
  return { events: [], unknown: type !== null && silentTypes.has(type) ? [] : [type ?? "no type"] };
}

/** What claude asks for; there is no other request that it makes of a program without hooks and servers. */
function translateRequest(message: Fields): Translated {
  const request = fieldsField(message, "request");
  const subtype = textField(request, "subtype") ?? "no subtype";
  if (request === null || subtype !== "can_use_tool")
    return { events: [], unknown: [`control_request/${subtype}`] };
  const input = fieldsField(request, "input") ?? {};
  const reason = textField(request, "decision_reason");
  const event: TranscriptEvent = {
    kind: "permission_request",
    call: textField(request, "tool_use_id") ?? "",
    title: `${textField(request, "tool_name") ?? "a tool"}: ${titleOfCall(input)}`,
    // It was read from JSON, so it holds nothing else.
    input: input as Value,
    ...(reason === null ? {} : { reason }),
  };
  return { events: [event], unknown: [] };
}

type TranslateBlock = (
  block: Fields,
  type: string,
  message: Fields,
) => TranscriptEvent | "silent" | "unknown";

function translateBlocks(message: Fields, translate: TranslateBlock): Translated {
  const translated: Translated = { events: [], unknown: [] };
  const parent = textField(message, "parent_tool_use_id");
  for (const block of listField(fieldsField(message, "message"), "content")) {
    const type = textField(block, "type") ?? "no type";
    const event = translate(block, type, message);
    if (event === "unknown") translated.unknown.push(type);
    else if (event !== "silent") translated.events.push(parent === null ? event : { ...event, parent });
  }
  return translated;
}

function assistantBlock(block: Fields, type: string, message: Fields): ReturnType<TranslateBlock> {
  const text = textField(block, type === "thinking" ? "thinking" : "text") ?? "";
  switch (type) {
    case "text":
      if (text.trim() === "") return "silent";
      return textField(message, "error") === null
        ? { kind: "message", text }
        : { kind: "notice", level: "error", code: "api_error", text };
    case "thinking":
      return text.trim() === "" ? "silent" : { kind: "thinking", text };
    case "redacted_thinking":
      return "silent";
    case "tool_use":
    case "server_tool_use":
    case "mcp_tool_use":
      return toolCall(block);
    default:
      return type.endsWith("tool_result") ? toolResult(block) : "unknown";
  }
}

/** What the program itself says to the model is worth a notice; the task and a sub-agent's task are known. */
function userBlock(block: Fields, type: string, message: Fields): ReturnType<TranslateBlock> {
  if (type.endsWith("tool_result")) return toolResult(block);
  const text = textField(block, "text") ?? "";
  const isTold = type === "text" && message["isSynthetic"] === true && text.trim() !== "";
  return isTold
    ? { kind: "notice", level: "info", code: "reminder", text: `told the model: ${text}` }
    : "silent";
}

function toolCall(block: Fields): TranscriptEvent {
  const name = textField(block, "name") ?? "a tool without a name";
  const input = fieldsField(block, "input") ?? {};
  const id = idOf(block, "id");
  if (name === "TodoWrite") {
    const entries = listField(input, "todos").map((todo) => ({
      text: textField(todo, "content") ?? "",
      status: textField(todo, "status") ?? "pending",
    }));
    return { kind: "plan", ...id, entries };
  }
  const files = filesOf(input);
  return {
    kind: "tool_call",
    ...id,
    name,
    tool: Object.hasOwn(tools, name) ? (tools[name] ?? "other") : "other",
    title: titleOfCall(input),
    // It was read from JSON, so it holds nothing else.
    input: input as Value,
    files,
  };
}

const tools: Record<string, ToolKind> = {
  Read: "read",
  NotebookRead: "read",
  Edit: "edit",
  MultiEdit: "edit",
  Write: "edit",
  NotebookEdit: "edit",
  Bash: "run",
  Grep: "search",
  Glob: "search",
  WebSearch: "search",
  ToolSearch: "search",
  WebFetch: "fetch",
  Task: "agent",
  Agent: "agent",
};

function toolResult(block: Fields): TranscriptEvent {
  const plain = textField(block, "content");
  const parts = listField(block, "content").map(
    (part) => textField(part, "text") ?? `(${textField(part, "type") ?? "something"})`,
  );
  const ok = block["is_error"] !== true;
  return { kind: "tool_result", ...idOf(block, "tool_use_id"), ok, text: plain ?? parts.join("\n") };
}

function translateSystem(message: Fields): Translated {
  const subtype = textField(message, "subtype") ?? "system";
  const notice = (level: "info" | "warning" | "error", text: string): Translated => ({
    events: [{ kind: "notice", level, code: subtype, text }],
    unknown: [],
  });
  switch (subtype) {
    case "init":
      return describeStart(message);
    case "api_retry":
      return notice("warning", describeRetry(message));
    case "permission_denied":
      return notice("warning", `${textField(message, "tool_name") ?? "a tool"} was denied`);
    case "informational":
      return notice("info", textField(message, "content") ?? "");
    case "compact_boundary":
      return notice("info", "the conversation was compacted, because it had become too long for the model");
    case "model_refusal_no_fallback":
    case "model_refusal_fallback":
      return notice("warning", "the model declined to go on");
    default:
      return { events: [], unknown: silentSubtypes.has(subtype) ? [] : [`system/${subtype}`] };
  }
}

function describeStart(message: Fields): Translated {
  const version = textField(message, "claude_code_version") ?? "of an unknown version";
  const model = textField(message, "model") ?? "an unknown model";
  const failed = failedServers(message).map((name): TranscriptEvent => ({
    kind: "notice",
    level: "warning",
    code: "mcp_failed",
    text: `the MCP server "${name}" did not start; the agent works without it`,
  }));
  const begun: TranscriptEvent = {
    kind: "notice",
    level: "info",
    code: "init",
    text: `Claude Code ${version} begins with ${model}`,
  };
  return { events: [begun, ...failed], unknown: [] };
}

/** The MCP servers that claude could not start or log in to, as the message that it begins with tells. */
export function failedServers(message: Fields): string[] {
  return listField(message, "mcp_servers")
    .filter((server) => ["failed", "needs-auth"].includes(textField(server, "status") ?? ""))
    .map((server) => textField(server, "name") ?? "without a name");
}

function describeRetry(message: Fields): string {
  const status = numberField(message, "error_status");
  const error = textField(message, "error") ?? "an error";
  const seconds = Math.ceil((numberField(message, "retry_delay_ms") ?? 0) / 1000);
  const answer = status === null ? `could not be reached (${error})` : `answered ${status} (${error})`;
  return `the model's API ${answer} and is asked again in ${seconds} s`;
}

function idOf(block: Fields, name: string): { id?: string } {
  const id = textField(block, name);
  return id === null ? {} : { id };
}
