import { fieldsField, listField, numberField, textField, type Fields } from "../stream/fields.ts";
import type { AppPlan } from "./app-plan.ts";
import { appIds, isOfThread, refusalIn, threadIn, type AppState } from "./app-state.ts";

/** Translates what `codex app-server` says into what `codex exec` would say of the same. */
export interface AppTranslator {
  /** The messages that this one means; `isKnown`: nothing of it is missed. Call it after the state has heard it. */
  translate(message: Fields): { messages: Fields[]; isKnown: boolean };
  /** What was told of an item. */
  itemOf(id: string): Fields | null;
}

/** Bounded, so that codex cannot fill the memory with items. */
const mostItems = 1_000;

export function createAppTranslator(state: AppState, plan: AppPlan): AppTranslator {
  const items = new Map<string, Fields>();
  let usage: Fields | null = null;

  function translateItem(type: string, params: Fields): Fields[] {
    const item = execItem(fieldsField(params, "item") ?? {});
    const id = textField(item, "id");
    if (id !== null && (items.has(id) || items.size < mostItems)) items.set(id, item);
    return textField(item, "type") === "user_message" || !isOfThread(state, params) ? [] : [{ type, item }];
  }

  function translateNotice(method: string, params: Fields): Fields[] | null {
    switch (method) {
      case "item/started":
        return translateItem("item.started", params);
      case "item/completed":
        return translateItem("item.completed", params);
      case "thread/tokenUsage/updated":
        if (isOfThread(state, params)) usage = fieldsField(fieldsField(params, "tokenUsage"), "total");
        return [];
      case "turn/started":
        return isOfThread(state, params) ? [{ type: "turn.started" }] : [];
      case "turn/completed":
        return isOfThread(state, params) ? [endOfTurn(fieldsField(params, "turn"), usage)] : [];
      case "turn/plan/updated":
        return [{ type: "item.updated", item: { type: "todo_list", items: planItems(params) } }];
      case "error":
        return [{ type: "error", message: textField(fieldsField(params, "error"), "message") ?? "" }];
      case "warning":
      case "configWarning": {
        const text = textField(params, "message") ?? textField(params, "summary") ?? "";
        return [{ type: "item.completed", item: { type: "error", message: text } }];
      }
      default:
        return quietRooms.test(method) || quietNotices.test(method) ? [] : null;
    }
  }

  function translateAnswer(id: unknown): Fields[] {
    const refusal = refusalIn(state, plan.resumes);
    if (refusal !== null) return [{ type: "turn.failed", error: { message: refusal } }];
    const isThread = id === appIds.thread || id === appIds.freshThread;
    const thread = isThread ? threadIn(state) : null;
    if (thread !== null) return [{ type: "thread.started", thread_id: thread }];
    const text = "codex cannot go on with its thread and begins anew";
    return isThread ? [{ type: "item.completed", item: { type: "error", message: text } }] : [];
  }

  return {
    translate(message) {
      const method = textField(message, "method");
      if (method === null) return { messages: translateAnswer(message["id"]), isKnown: true };
      if (Object.hasOwn(message, "id")) return { messages: [], isKnown: true };
      const messages = translateNotice(method, fieldsField(message, "params") ?? {});
      return { messages: messages ?? [], isKnown: messages !== null };
    },
    itemOf: (id) => items.get(id) ?? null,
  };
}

/** What is told besides, or once more elsewhere. */
const quietRooms = /^(account|remoteControl|serverRequest|skills|mcpServer|thread|hook|fs|app|model)\//;
const quietNotices =
  /^(item\/.*([dD]elta|progress|PartAdded|terminalInteraction)|turn\/diff|deprecationNotice)/;

function endOfTurn(turn: Fields | null, total: Fields | null): Fields {
  const usage = total === null ? {} : { usage: execUsage(total) };
  if (textField(turn, "status") === "completed") return { type: "turn.completed", ...usage };
  const message = textField(fieldsField(turn, "error"), "message") ?? "the turn was interrupted";
  return { type: "turn.failed", error: { message }, ...usage };
}

function execUsage(total: Fields): Fields {
  const count = (name: string): number => numberField(total, name) ?? 0;
  return {
    input_tokens: count("inputTokens"),
    cached_input_tokens: count("cachedInputTokens"),
    cache_write_input_tokens: count("cacheWriteInputTokens"),
    output_tokens: count("outputTokens"),
  };
}

function execItem(item: Fields): Fields {
  const type = snakeCase(textField(item, "type") ?? "no type").replace("collab_agent", "collab");
  const summary = item["summary"];
  const text = Array.isArray(summary)
    ? { text: summary.filter((part) => typeof part === "string").join("\n") }
    : {};
  return {
    ...item,
    ...text,
    type,
    ...(Object.hasOwn(item, "aggregatedOutput") ? { aggregated_output: item["aggregatedOutput"] } : {}),
    ...(Object.hasOwn(item, "exitCode") ? { exit_code: item["exitCode"] } : {}),
    ...(type === "file_change" ? { changes: listField(item, "changes").map(execChange) } : {}),
  };
}

function execChange(change: Fields): Fields {
  const kind = textField(fieldsField(change, "kind"), "type") ?? textField(change, "kind");
  return { ...change, kind };
}

function planItems(params: Fields): Fields[] {
  return listField(params, "plan").map((entry) => ({
    text: textField(entry, "step") ?? "",
    completed: textField(entry, "status") === "completed",
  }));
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
