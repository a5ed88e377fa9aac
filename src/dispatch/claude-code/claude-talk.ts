import type { Masks } from "../../execution/masks.ts";
import type { Value } from "../../expression/value.ts";
import { askedCall } from "../asked-call.ts";
import type { PermissionAnswer } from "../dispatcher.ts";
import type { AgentTalk, TalkEvent } from "../process/agent-talk.ts";
import { fieldsField, parseFields, textField, type Fields } from "../stream/fields.ts";
import { titleOfCall } from "../title-of-call.ts";

/** Reads what claude asks for, and writes the answers (`--permission-prompt-tool stdio`). */
export interface ClaudeTalk extends AgentTalk {
  hear(message: Fields): void;
}

/** The first message to claude: its task. */
export function userMessage(text: string): string {
  return JSON.stringify({ type: "user", message: { role: "user", content: text } });
}

export function openClaudeTalk(masks: Masks): ClaudeTalk {
  /** In clear, because a call that is allowed is repeated to claude as it is. */
  const inputs = new Map<string, Fields>();
  /** Requests of kinds that are unknown, by their ids. */
  const unknown = new Map<string, string>();
  const answered = new Set<string>();
  let heard: TalkEvent[] = [];
  let isOver = false;
  return {
    hear(message) {
      const id = textField(message, "request_id");
      switch (textField(message, "type")) {
        case "control_request": {
          const request = fieldsField(message, "request") ?? {};
          const kind = textField(request, "subtype") ?? "";
          if (id === null) return;
          if (kind !== "can_use_tool") {
            unknown.set(id, kind);
            return;
          }
          if (!answered.has(id)) inputs.set(id, fieldsField(request, "input") ?? {});
          heard.push({ kind: "ask", call: { id, ...describeCall(request, masks) } });
          return;
        }
        case "control_cancel_request":
          if (id !== null) heard.push({ kind: "withdraw", id });
          return;
        case "result":
          isOver = true;
          return;
        default:
          return;
      }
    },
    take() {
      const taken = heard;
      heard = [];
      return taken;
    },
    hearOwn(message) {
      const id = answeredRequest(message);
      if (id === null) return;
      answered.add(id);
      inputs.delete(id);
    },
    owed: (answers) => [
      ...[...unknown].flatMap(([id, kind]) => (answered.has(id) ? [] : errorResponse(id, kind))),
      ...answers.flatMap((answer) => {
        const input = inputs.get(answer.id);
        if (answer.allows === null || input === undefined || answered.has(answer.id)) return [];
        return controlResponse(answer, input);
      }),
    ],
    get isOver() {
      return isOver;
    },
  };
}

function controlResponse({ id, allows, message }: PermissionAnswer, input: Fields): string {
  const response =
    allows === true
      ? { behavior: "allow", updatedInput: input }
      : { behavior: "deny", message: refusal(message) };
  return JSON.stringify({
    type: "control_response",
    response: { subtype: "success", request_id: id, response },
  });
}

/** The request that a message to claude answers. */
export function answeredRequest(message: string): string | null {
  return textField(fieldsField(parseFields(message), "response"), "request_id");
}

/** Claude waits for an answer to everything that it asks. */
function errorResponse(id: string, kind: string): string {
  const error = `"${kind}" is not supported here: only "can_use_tool" is`;
  return JSON.stringify({ type: "control_response", response: { subtype: "error", request_id: id, error } });
}

function refusal(message: string | null): string {
  return message === null ? "This was rejected. Go on without it." : `This was rejected: ${message}`;
}

function describeCall(request: Fields, masks: Masks) {
  const input = fieldsField(request, "input") ?? {};
  const path = textField(request, "blocked_path");
  const facts = {
    tool: textField(request, "tool_name") ?? "a tool",
    title: titleOfCall(input),
    // It was read from JSON, so it holds nothing else.
    input: input as Value,
    reason: textField(request, "decision_reason") ?? (path === null ? null : `it reaches ${path}`),
  };
  return askedCall(facts, masks);
}
