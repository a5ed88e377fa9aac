import type { AskedCall } from "../../execution/permission.ts";
import type { PermissionAnswer } from "../dispatcher.ts";
import { fieldsField, listField, textField, type Fields } from "../stream/fields.ts";
import { inOneLine } from "../prompt.ts";
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
}

/** An agent that does not go on after so many prompts will not. */
const mostPrompts = 6;
const mostListed = 50;

export function openRejections({
  permissions,
  followUpEnd,
}: Pick<AcpPlan, "permissions" | "followUpEnd">): Rejections {
  let asked: AskedRequest[] = [];
  let turns = 0;
  /** After so many of them the agent has said something. */
  let followed = 0;
  /** The chosen option by the request's key; null: none was. */
  const chosen = new Map<string, string | null>();

  const isRejected = ({ key, allowing }: AskedRequest): boolean => {
    const option = chosen.get(key);
    return option !== undefined && (option === null || !allowing.includes(option));
  };

  return {
    hear(message) {
      const kind = textField(fieldsField(fieldsField(message, "params"), "update"), "sessionUpdate");
      if (kind === "agent_message_chunk") followed = asked.length;
      if (textField(message, "method") !== null || !isPromptId(message["id"])) return;
      turns++;
      const ended = asked.filter(({ turn }) => turn === turns - 1);
      followed = Math.max(0, followed - (asked.length - ended.length));
      asked = ended;
    },
    ask(request, { tool, title }) {
      const allowing = listField(request.params, "options")
        .filter((option) => textField(option, "kind")?.startsWith("allow"))
        .map((option) => textField(option, "optionId") ?? "");
      const [key, name] = [JSON.stringify(request.id), String(request.id)];
      asked.push({ turn: turns, key, name, says: `${tool}: ${title}`, allowing });
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
      const messages = new Map(answers.map(({ id, message }) => [id, message]));
      const told = asked.flatMap((each, at) => {
        if (each.turn !== turns - 1 || !isRejected(each)) return [];
        const comment = messages.get(each.name) ?? null;
        const text =
          comment === null ? inOneLine(each.says) : `${inOneLine(each.says)}: ${inOneLine(comment)}`;
        return { isNews: comment !== null || at >= followed, line: `- ${text}` };
      });
      if (!told.some(({ isNews }) => isNews)) return null;
      const lines = told.slice(0, mostListed).map((each) => each.line);
      if (told.length > mostListed) lines.push(`- and ${told.length - mostListed} more`);
      return `What you asked for was rejected:\n\n${lines.join("\n")}\n\n${followUpEnd}`;
    },
  };
}
