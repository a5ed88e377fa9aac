import type { PermissionAnswer } from "../dispatcher.ts";
import { fieldsField, textField } from "../stream/fields.ts";
import type { AppPlan } from "./app-plan.ts";
import { answerTo, appIds, refusalIn, threadIn, type AppRequest, type AppState } from "./app-state.ts";

/** The first message to `codex app-server`. */
export function initializeMessage(): string {
  const clientInfo = { name: "skillmeat", title: "skillmeat", version: "1" };
  const params = { clientInfo, capabilities: { experimentalApi: true } };
  return JSON.stringify({ id: appIds.initialize, method: "initialize", params });
}

/** Everything that codex is to be told now and was not told yet. */
export function owedMessages(
  state: AppState,
  plan: AppPlan,
  { answers, isInterrupted }: { answers: readonly PermissionAnswer[]; isInterrupted: boolean },
): string[] {
  const step = isInterrupted ? interruption(state) : nextStep(state, plan);
  return [...owedReplies(state, answers), ...(step === null ? [] : [step])];
}

/** True when nothing more is to come of the conversation. */
export function isOver(state: AppState, { resumes }: AppPlan): boolean {
  return state.isTurnEnded || refusalIn(state, resumes) !== null;
}

function nextStep(state: AppState, plan: AppPlan): string | null {
  const { initialize, thread, freshThread, turn } = appIds;
  if (!state.asked.has(initialize)) return initializeMessage();
  if (answerTo(state, initialize) === null || refusalIn(state, plan.resumes) !== null) return null;
  if (!state.asked.has("initialized")) return JSON.stringify({ method: "initialized", params: {} });
  if (!state.asked.has(thread)) return threadMessage(thread, plan, plan.resumes);
  const id = threadIn(state);
  if (id === null) {
    const isLost = state.answers.has(thread) && !state.asked.has(freshThread);
    return isLost ? threadMessage(freshThread, plan, null) : null;
  }
  return state.asked.has(turn) ? null : turnMessage(id, plan, state.asked.has(freshThread));
}

function threadMessage(id: number, { role, model, sandbox }: AppPlan, resumes: string | null): string {
  const params = {
    ...(resumes === null ? {} : { threadId: resumes }),
    ...(model === null ? {} : { model }),
    approvalPolicy: "on-request",
    sandbox,
    ...(role === "" ? {} : { developerInstructions: role }),
  };
  return JSON.stringify({ id, method: resumes === null ? "thread/start" : "thread/resume", params });
}

function turnMessage(threadId: string, plan: AppPlan, isFresh: boolean): string {
  const { prompt, resumePrompt, resumes, schema } = plan;
  const text = resumes === null || isFresh ? prompt : resumePrompt;
  const outputSchema = schema === null ? {} : { outputSchema: schema };
  const params = { threadId, input: [{ type: "text", text }], ...outputSchema };
  return JSON.stringify({ id: appIds.turn, method: "turn/start", params });
}

function turnIn(state: AppState): string | null {
  return textField(fieldsField(answerTo(state, appIds.turn), "turn"), "id");
}

function interruption(state: AppState): string | null {
  const [threadId, turnId] = [threadIn(state), turnIn(state)];
  if (threadId === null || turnId === null || state.isTurnEnded || state.asked.has(appIds.interrupt))
    return null;
  return JSON.stringify({ id: appIds.interrupt, method: "turn/interrupt", params: { threadId, turnId } });
}

/** codex waits for an answer to everything that it asks. */
function owedReplies(state: AppState, answers: readonly PermissionAnswer[]): string[] {
  return [...state.requests.values()].flatMap((request) => {
    const answer = answers.find(({ id }) => id === String(request.id));
    const replies: string[] = [];
    if (!state.closed.has(request.id)) {
      const reply = replyTo(request, answer);
      if (reply !== null) replies.push(JSON.stringify({ id: request.id, ...reply }));
    }
    const comment = answer?.allows === false ? commentMessage(state, request, answer.message) : null;
    return comment === null ? replies : [...replies, comment];
  });
}

/** Null while nobody has decided. */
function replyTo(request: AppRequest, answer: PermissionAnswer | undefined): object | null {
  const kind = approvalKind(request);
  if (kind === "unknown") {
    return { error: { code: -32601, message: `"${request.method}" is not supported here` } };
  }
  if (kind === "question") return { result: { action: "decline", content: null } };
  if (answer === undefined || answer.allows === null) return null;
  if (kind === "tool")
    return { result: { action: answer.allows ? "accept" : "decline", content: answer.allows ? {} : null } };
  return { result: { decision: answer.allows ? "accept" : "decline" } };
}

/** What a request of codex is: only commands, changes and calls of tools are asked of people. */
export function approvalKind({
  method,
  params,
}: AppRequest): "command" | "change" | "tool" | "question" | "unknown" {
  if (method === "item/commandExecution/requestApproval") return "command";
  if (method === "item/fileChange/requestApproval") return "change";
  if (method !== "mcpServer/elicitation/request") return "unknown";
  const asksFor = textField(fieldsField(params, "_meta"), "codex_approval_kind");
  return asksFor === "mcp_tool_call" ? "tool" : "question";
}

/** A refusal says nothing, so what people said with it is told to the turn that goes on. */
function commentMessage(state: AppState, { id }: AppRequest, message: string | null): string | null {
  const [threadId, expectedTurnId] = [threadIn(state), turnIn(state)];
  const own = `steer-${id}`;
  if (message === null || threadId === null || expectedTurnId === null) return null;
  if (state.isTurnEnded || state.asked.has(own)) return null;
  const input = [{ type: "text", text: `This was rejected: ${message}` }];
  return JSON.stringify({ id: own, method: "turn/steer", params: { threadId, expectedTurnId, input } });
}
