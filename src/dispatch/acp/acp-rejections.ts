import type { PermissionAnswer, AskedCall } from "../dispatcher.ts";
import { fieldsField, listField, textField, type Fields } from "../stream/fields.ts";
import type { AcpPlan } from "./acp-plan.ts";
import { isInTurn, isPromptId, promptIds, type AcpState, type AgentRequest } from "./acp-state.ts";
import { stopReasonIn } from "./owed-messages.ts";

/**
 * Remembers what was rejected in a turn. Some agents end their turn at a rejection, and none is told by the protocol
 * why: then one more prompt says so.
 */
export interface Rejections {
  /** Takes a message of the agent, after the state has. */
  hear(message: Fields): void;
  /** Takes a request for a permission. */
  ask(request: AgentRequest, call: Omit<AskedCall, "id">): void;
  /** Takes what the agent was told. */
  hearOwn(message: Fields): void;
  /** The text of one more prompt; null where none is needed. */
  followUp(state: AcpState, answers: readonly PermissionAnswer[]): string | null;
}

interface AskedRequest {
  /** How many turns had ended before. */
  turn: number;
  key: string;
  /** For people. */
  name: string;
  says: string;
  allowing: string[];
  /** True once the agent has said something after it. */
  isFollowed: boolean;
}

/** An agent that does not go on after so many prompts will not. */
const mostPrompts = 6;

export function openRejections({
  permissions,
  followUpEnd,
}: Pick<AcpPlan, "permissions" | "followUpEnd">): Rejections {
  let asked: AskedRequest[] = [];
  let turns = 0;
  /** The chosen option by the request's key; null: none was. */
  const chosen = new Map<string, string | null>();

  const isRejected = ({ key, allowing }: AskedRequest): boolean => {
    const option = chosen.get(key);
    return option !== undefined && (option === null || !allowing.includes(option));
  };

  return {
    hear(message) {
      const kind = textField(fieldsField(fieldsField(message, "params"), "update"), "sessionUpdate");
      if (kind === "agent_message_chunk") for (const each of asked) each.isFollowed = true;
      if (textField(message, "method") !== null || !isPromptId(message["id"])) return;
      turns++;
      asked = asked.filter(({ turn }) => turn === turns - 1);
    },
    ask(request, { tool, title }) {
      const allowing = listField(request.params, "options")
        .filter((option) => textField(option, "kind")?.startsWith("allow"))
        .map((option) => textField(option, "optionId") ?? "");
      const [key, name] = [JSON.stringify(request.id), String(request.id)];
      asked.push({ turn: turns, key, name, says: `${tool}: ${title}`, allowing, isFollowed: false });
    },
    hearOwn(message) {
      if (textField(message, "method") !== null) return;
      const outcome = fieldsField(fieldsField(message, "result"), "outcome");
      chosen.set(JSON.stringify(message["id"]), textField(outcome, "optionId"));
    },
    followUp(state, answers) {
      const hasEnded = ["end_turn", "cancelled"].includes(stopReasonIn(state) ?? "");
      if (isInTurn(state) || state.isCancelled || !hasEnded || permissions === "fail") return null;
      if (promptIds(state).length >= mostPrompts) return null;
      const rejected = asked.filter((each) => each.turn === turns - 1 && isRejected(each));
      const lines = rejected.map(({ name, says, isFollowed }) => {
        const comment = answers.find(({ id }) => id === name)?.message ?? null;
        return {
          isNews: comment !== null || !isFollowed,
          line: `- ${line(says)}${comment === null ? "" : `: ${line(comment)}`}`,
        };
      });
      if (!lines.some(({ isNews }) => isNews)) return null;
      return `What you asked for was rejected:\n\n${lines.map((each) => each.line).join("\n")}\n\n${followUpEnd}`;
    },
  };
}

/** It must not begin a line of its own that the agent could take for a command. */
function line(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
