import type { Masks } from "../../execution/masks.ts";
import type { AskedCall } from "../../execution/permission.ts";
import { askedCall } from "../asked-call.ts";
import type { AgentTalk, TalkEvent } from "../process/agent-talk.ts";
import { fieldsField, numberField, parseFields, textField, type Fields } from "../stream/fields.ts";
import { approvalKind, isOver, owedMessages } from "./app-messages.ts";
import type { AppPlan } from "./app-plan.ts";
import { appIds, openAppRecord, type AppRequest, type AppState } from "./app-state.ts";
import { callOf } from "./codex-items.ts";

/** A conversation with `codex app-server`. */
export interface AppTalk extends AgentTalk {
  readonly state: AppState;
  /** Takes one message of codex. `itemOf`: what was told of an item before, as `codex exec` tells it. */
  hear(message: Fields, itemOf: (id: string) => Fields | null): void;
}

export function openAppTalk(plan: AppPlan, masks: Masks): AppTalk {
  const record = openAppRecord();
  let heard: TalkEvent[] = [];
  let isInterrupted = false;
  return {
    state: record,
    hear(message, itemOf) {
      const [before, closed] = [record.requests.size, record.closed.size];
      record.hear(message);
      const request = [...record.requests.values()].at(-1);
      if (record.requests.size > before && request && isAsked(request)) {
        heard.push({
          kind: "ask",
          call: { id: String(request.id), ...describeRequest(request, itemOf, masks) },
        });
      }
      // A request that ends with the turn, because the agent is stopped, stays open for people.
      const isStopped = isInterrupted || record.asked.has(appIds.interrupt);
      if (record.closed.size > closed && !isStopped) {
        const resolved = fieldsField(message, "params");
        const id = textField(resolved, "requestId") ?? numberField(resolved, "requestId");
        heard.push({ kind: "withdraw", id: String(id) });
      }
    },
    hearOwn(line) {
      const message = parseFields(line);
      if (message !== null) record.hearOwn(message);
    },
    take() {
      const taken = heard;
      heard = [];
      return taken;
    },
    owed: (answers) => owedMessages(record, plan, { answers, isInterrupted }),
    interrupt() {
      isInterrupted = true;
    },
    get isOver() {
      return isOver(record, plan);
    },
  };
}

/** The request that a message to codex decides. */
export function answeredRequest(line: string): string | null {
  const message = parseFields(line);
  const result = fieldsField(message, "result");
  const id = textField(message, "id") ?? numberField(message, "id");
  const isDecided = textField(result, "decision") !== null || textField(result, "action") !== null;
  return isDecided && id !== null ? String(id) : null;
}

function isAsked(request: AppRequest): boolean {
  return ["command", "change", "tool"].includes(approvalKind(request));
}

function describeRequest(
  request: AppRequest,
  itemOf: (id: string) => Fields | null,
  masks: Masks,
): Omit<AskedCall, "id"> {
  const { params } = request;
  const item = itemOfRequest(request, itemOf);
  const call = callOf(item, textField(item, "type") ?? "");
  const facts = { tool: call?.name ?? "a tool", title: call?.title ?? "", input: call?.input ?? null };
  return askedCall({ ...facts, reason: textField(params, "reason") }, masks);
}

function itemOfRequest(request: AppRequest, itemOf: (id: string) => Fields | null): Fields {
  const { params } = request;
  switch (approvalKind(request)) {
    case "command":
      return { type: "command_execution", command: textField(params, "command") ?? "" };
    case "tool": {
      const meta = fieldsField(params, "_meta");
      const [server, tool] = [textField(params, "serverName"), textField(meta, "tool_name")];
      return { type: "mcp_tool_call", server, tool, arguments: fieldsField(meta, "tool_params") ?? {} };
    }
    default:
      return itemOf(textField(params, "itemId") ?? "") ?? { type: "file_change", changes: [] };
  }
}
