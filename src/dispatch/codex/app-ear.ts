import type { Masks } from "../../execution/masks.ts";
import { fieldsField, textField, type Fields } from "../stream/fields.ts";
import type { HeardMessage } from "../stream/message-reader.ts";
import type { AppPlan } from "./app-plan.ts";
import { openAppTalk, type AppTalk } from "./app-talk.ts";
import { createAppTranslator } from "./app-translation.ts";
import type { ServerWatch } from "./server-watch.ts";

/** Hears `codex app-server`: the conversation by its own messages, everything else as `codex exec` would tell it. */
export function openAppEar(
  plan: AppPlan,
  masks: Masks,
  { servers, hearExec }: { servers: ServerWatch; hearExec: (message: Fields) => HeardMessage },
): { talk: AppTalk; hear: (message: Fields) => HeardMessage } {
  const talk = openAppTalk(plan, masks);
  const translator = createAppTranslator(talk.state, plan);

  function hear(message: Fields): HeardMessage {
    talk.hear(message, translator.itemOf);
    const method = textField(message, "method");
    const { messages, isKnown } = translator.translate(message);
    if (method === null) servers.hearLine(textField(fieldsField(message, "error"), "message") ?? "");
    const hasFailed = method === "mcpServer/startupStatus/updated" && hearStatus(message);
    const heard = messages.map(hearExec);
    return {
      events: heard.flatMap(({ events }) => events),
      unknown: [...(isKnown ? [] : [method ?? ""]), ...heard.flatMap(({ unknown }) => unknown)],
      endsTurn: heard.some(({ endsTurn }) => endsTurn),
      isNeeded:
        hasFailed ||
        Object.hasOwn(message, "id") ||
        needed.has(method ?? "") ||
        heard.some(({ isNeeded }) => isNeeded),
    };
  }

  function hearStatus(message: Fields): boolean {
    const params = fieldsField(message, "params");
    if (textField(params, "status") !== "failed") return false;
    servers.hearFailure(textField(params, "name") ?? "");
    return true;
  }

  return { talk, hear };
}

const needed = new Set(["thread/tokenUsage/updated", "serverRequest/resolved", "turn/completed"]);
