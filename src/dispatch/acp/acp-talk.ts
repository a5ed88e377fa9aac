import { askedCall } from "../asked-call.ts";
import type { Masks } from "../../execution/masks.ts";
import type { AskedCall } from "../../execution/permission.ts";
import type { Denials, PermissionAnswer } from "../dispatcher.ts";
import type { AgentTalk, TalkEvent } from "../process/agent-talk.ts";
import { fieldsField, parseFields, textField, type Fields } from "../stream/fields.ts";
import type { AcpSetting } from "./acp-plan.ts";
import { hearMessage, nothingSaid, type AcpState, type AgentRequest } from "./acp-state.ts";
import { inputOf, titleOf } from "./acp-calls.ts";
import { chosenOption, judgeRequest, requestName } from "./judge-request.ts";
import { openRejections } from "./acp-rejections.ts";
import { isOver, owedMessages } from "./owed-messages.ts";
import { toolOf } from "./tool-names.ts";

/** A conversation with an agent over the Agent Client Protocol. */
export interface AcpTalk extends AgentTalk {
  readonly state: AcpState;
  /** Takes one message of the agent. `callOf`: what was told of a call before. */
  hear(message: Fields, callOf: (id: string) => Fields | null): void;
  /** What the rules did not allow, and nobody was asked about. */
  denials(): Denials;
}

const mostDenials = 20;
const mostTitle = 200;

export function openAcpTalk(setting: AcpSetting, masks: Masks): AcpTalk {
  let state = nothingSaid;
  let heard: TalkEvent[] = [];
  let isInterrupted = false;
  let known: readonly PermissionAnswer[] = [];
  const denied: Denials = { calls: [], count: 0 };
  const rejections = openRejections(setting);
  const wishes = () => ({ answers: known, isInterrupted, followUp: rejections.followUp(state, known) });

  function hearRequest(request: AgentRequest, callOf: (id: string) => Fields | null): void {
    if (request.method !== "session/request_permission") return;
    const verdict = judgeRequest(request, setting);
    const call = describeRequest(request, callOf, masks);
    rejections.ask(request, call);
    if (verdict === "ask") heard.push({ kind: "ask", call });
    else if (verdict === "deny" || !hasOnceOption(request)) {
      denied.count++;
      const { tool, title } = call;
      if (denied.calls.length < mostDenials) denied.calls.push({ tool, title: title.slice(0, mostTitle) });
    }
  }

  return {
    get state() {
      return state;
    },
    hear(message, callOf) {
      state = hearMessage(state, "agent", message);
      rejections.hear(message);
      const method = textField(message, "method");
      const id = message["id"];
      if (method === null || (typeof id !== "string" && typeof id !== "number")) return;
      hearRequest({ id, method, params: fieldsField(message, "params") ?? {} }, callOf);
    },
    hearOwn(line) {
      const message = parseFields(line);
      if (message === null) return;
      state = hearMessage(state, "client", message);
      rejections.hearOwn(message);
    },
    take() {
      const taken = heard;
      heard = [];
      return taken;
    },
    owed(answers) {
      known = answers;
      return owedMessages(state, setting, wishes());
    },
    interrupt() {
      isInterrupted = true;
    },
    get isOver() {
      return isOver(state, setting, wishes());
    },
    denials: () => ({ calls: [...denied.calls], count: denied.count }),
  };
}

/** The request that a message to the agent decides. One that was given up, because the agent is stopped, does not. */
export function answeredRequest(line: string): string | null {
  const message = parseFields(line);
  const outcome = fieldsField(fieldsField(message, "result"), "outcome");
  const id = message?.["id"];
  const isDecided = textField(outcome, "outcome") === "selected";
  return isDecided && (typeof id === "string" || typeof id === "number") ? requestName({ id }) : null;
}

/** False where the agent offers only to allow it for ever, which is never chosen. */
function hasOnceOption(request: AgentRequest): boolean {
  return chosenOption(request, true) !== chosenOption(request, false);
}

function describeRequest(
  request: AgentRequest,
  callOf: (id: string) => Fields | null,
  masks: Masks,
): AskedCall {
  const asked = fieldsField(request.params, "toolCall");
  const known = callOf(textField(asked, "toolCallId") ?? "") ?? asked;
  const facts = { tool: toolOf(known), title: titleOf(known), input: inputOf(known), reason: null };
  return { id: requestName(request), ...askedCall(facts, masks) };
}
