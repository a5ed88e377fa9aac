import type { PermissionAnswer } from "../dispatcher.ts";
import { fieldsField, numberField, textField, type Fields } from "../stream/fields.ts";
import {
  cancelMessage,
  goOnMessage,
  initializeMessage,
  newSessionMessage,
  permissionReply,
  promptMessage,
  protocolVersion,
  takesRole,
  unknownMethodReply,
} from "./acp-messages.ts";
import { offersMode, wantedSettings } from "./acp-options.ts";
import type { AcpSetting } from "./acp-plan.ts";
import {
  errorOf,
  isInTurn,
  nextPromptId,
  promptIds,
  requestIds,
  resultOf,
  sessionIn,
  type AcpSession,
  type AcpState,
} from "./acp-state.ts";
import { chosenOption, judgeRequest, requestName } from "./judge-request.ts";

/** What decides what the agent is told next, besides what was said. */
export interface AcpWishes {
  /** What people have decided, in any order. */
  answers: readonly PermissionAnswer[];
  /** True when the agent is to end its turn. */
  isInterrupted: boolean;
  /** The text of one more prompt; null: nothing is left to say. */
  followUp: string | null;
}

/** Everything that the agent is to be told now and was not told yet. */
export function owedMessages(state: AcpState, setting: AcpSetting, wishes: AcpWishes): string[] {
  const step = wishes.isInterrupted
    ? interruption(state, setting)
    : nextStep(state, setting, wishes.followUp);
  return [...owedReplies(state, setting, wishes), ...(step === null ? [] : [step])];
}

/** True when nothing more is to come of the conversation. */
export function isOver(
  state: AcpState,
  setting: AcpSetting,
  { isInterrupted, followUp }: Pick<AcpWishes, "isInterrupted" | "followUp">,
): boolean {
  if (blocker(state, setting) !== null) return true;
  if (isInTurn(state)) return false;
  return isInterrupted || (promptIds(state).length > 0 && followUp === null);
}

/** What keeps the conversation from getting to its prompt; null while nothing does. */
export type Blocker =
  | { kind: "refused"; id: number }
  | { kind: "protocol"; version: number | null }
  | { kind: "session" }
  | { kind: "mode" };

export function blocker(state: AcpState, setting: AcpSetting): Blocker | null {
  const { initialize, session, freshSession, mode } = requestIds;
  const hello = resultOf(state, initialize);
  if (errorOf(state, initialize)) return { kind: "refused", id: initialize };
  if (hello === null) return null;
  const version = numberField(hello, "protocolVersion");
  if (version !== protocolVersion) return { kind: "protocol", version };
  const refused = [session, freshSession].find((id) => errorOf(state, id) && !mayBeginAnew(state, id));
  if (refused !== undefined) return { kind: "refused", id: refused };
  const opened = sessionIn(state, setting.resumes);
  if (opened === null) {
    const isAnswered = resultOf(state, session) !== null || resultOf(state, freshSession) !== null;
    return isAnswered ? { kind: "session" } : null;
  }
  if (errorOf(state, mode)) return { kind: "refused", id: mode };
  // Without that mode the agent might do what its file keeps it from.
  return setting.mode === "plan" && !offersMode(opened, "plan") ? { kind: "mode" } : null;
}

/** A session that cannot be gone on with is begun anew. */
function mayBeginAnew({ asked }: AcpState, id: number): boolean {
  return id === requestIds.session && asked.get(id) !== "session/new";
}

function nextStep(state: AcpState, setting: AcpSetting, followUp: string | null): string | null {
  if (!state.asked.has(requestIds.initialize)) return initializeMessage();
  const hello = resultOf(state, requestIds.initialize);
  if (hello === null || blocker(state, setting) !== null) return null;
  const session = sessionIn(state, setting.resumes);
  if (session === null) return sessionStep(state, setting, hello);
  const prompts = promptIds(state);
  if (prompts.length === 0) return sessionSteps(state, setting, session);
  return followUp === null || isInTurn(state)
    ? null
    : promptMessage(nextPromptId(prompts), session.id, followUp);
}

function sessionStep(state: AcpState, setting: AcpSetting, hello: Fields): string | null {
  const { session, freshSession } = requestIds;
  if (state.asked.has(session)) {
    const isLost = errorOf(state, session) !== null && !state.asked.has(freshSession);
    return isLost ? newSessionMessage(freshSession, setting, hello) : null;
  }
  const method = setting.resumes === null ? null : wayBack(hello);
  return method === null || setting.resumes === null
    ? newSessionMessage(session, setting, hello)
    : goOnMessage(method, setting.resumes, setting, hello);
}

/** How the agent goes on with a session; null: it cannot. */
export function wayBack(hello: Fields): "session/resume" | "session/load" | null {
  const capabilities = fieldsField(hello, "agentCapabilities");
  if (fieldsField(fieldsField(capabilities, "sessionCapabilities"), "resume") !== null)
    return "session/resume";
  return capabilities?.["loadSession"] === true ? "session/load" : null;
}

/** One after the other, because an agent may do beside each other what it is told at once. */
function sessionSteps(state: AcpState, setting: AcpSetting, session: AcpSession): string | null {
  for (const { id, message } of wantedSettings(session, setting)) {
    if (!state.asked.has(id)) return message;
    if (!state.answers.has(id)) return null;
  }
  return promptMessage(requestIds.prompt, session.id, promptOf(state, setting, session));
}

function promptOf(state: AcpState, { role, prompt, resumePrompt }: AcpSetting, session: AcpSession): string {
  if (session.isResumed) return resumePrompt;
  const isToldApart = takesRole(resultOf(state, requestIds.initialize));
  return role === "" || isToldApart ? prompt : `# Your role\n\n${role}\n\n${prompt}`;
}

function interruption(state: AcpState, { resumes }: AcpSetting): string | null {
  const session = sessionIn(state, resumes);
  return session === null || !isInTurn(state) || state.isCancelled ? null : cancelMessage(session.id);
}

function owedReplies(state: AcpState, setting: AcpSetting, { answers, isInterrupted }: AcpWishes): string[] {
  return [...state.open.values()].flatMap((request) => {
    if (request.method !== "session/request_permission") return unknownMethodReply(request);
    if (isInterrupted) return permissionReply(request, null);
    const verdict = judgeRequest(request, setting);
    if (verdict !== "ask") return permissionReply(request, chosenOption(request, verdict === "allow"));
    const answer = answers.find(({ id }) => id === requestName(request));
    if (!answer) return [];
    return permissionReply(request, answer.allows === null ? null : chosenOption(request, answer.allows));
  });
}

/** Why the last turn has ended; null while it goes on, and for one that failed. */
export function stopReasonIn(state: AcpState): string | null {
  const last = promptIds(state).at(-1);
  return last === undefined ? null : textField(resultOf(state, last), "stopReason");
}
