import { fieldsField, fieldsOf, numberField, textField, type Fields } from "../stream/fields.ts";

/**
 * What has been said in a conversation over the Agent Client Protocol. It follows from what the agent has printed and
 * from what was put into its input, whichever of the two is read first, so that every engine finds the same.
 */
export interface AcpState {
  /** The methods of our own requests by their ids. */
  asked: ReadonlyMap<number, string>;
  /** The agent's answers to them. */
  answers: ReadonlyMap<number, AcpAnswer>;
  /** What the agent has asked and has no answer to yet, in its order. */
  open: ReadonlyMap<string, AgentRequest>;
  /** The keys of the agent's requests that have their answer. */
  replied: ReadonlySet<string>;
  /** True once the agent was told to end its turn. */
  isCancelled: boolean;
}

export type AcpAnswer = { result: Fields } | { error: AcpError };

export interface AcpError {
  code: number | null;
  message: string;
}

export interface AgentRequest {
  id: string | number;
  method: string;
  params: Fields;
}

/** Each request has its own id in a conversation, so that the id says which it is. */
export const requestIds = {
  initialize: 0,
  session: 1,
  prompt: 2,
  mode: 3,
  model: 4,
  effort: 5,
  /** A new session instead of the one that could not be gone on with. */
  freshSession: 6,
} as const;

/** Further prompts have the ids from here on. */
const firstMore = 100;

/** The ids of our prompts, in their order. */
export function promptIds({ asked }: AcpState): number[] {
  return [...asked.keys()].filter(isPromptId).toSorted((a, b) => a - b);
}

export function isPromptId(id: unknown): boolean {
  return typeof id === "number" && (id === requestIds.prompt || id >= firstMore);
}

/** The id of the prompt after these. */
export function nextPromptId(ids: readonly number[]): number {
  return ids.length === 0 ? requestIds.prompt : firstMore + ids.length - 1;
}

/** True while the agent works on a prompt. */
export function isInTurn(state: AcpState): boolean {
  const last = promptIds(state).at(-1);
  return last !== undefined && !state.answers.has(last);
}

export const nothingSaid: AcpState = {
  asked: new Map(),
  answers: new Map(),
  open: new Map(),
  replied: new Set(),
  isCancelled: false,
};

/** The state after one more message; messages that tell nothing about it leave it as it is. */
export function hearMessage(state: AcpState, from: "agent" | "client", message: Fields): AcpState {
  return from === "agent" ? hearAgent(state, message) : hearClient(state, message);
}

function hearClient(state: AcpState, message: Fields): AcpState {
  const id = idOf(message);
  const method = textField(message, "method");
  if (method === "session/cancel") return { ...state, isCancelled: true };
  if (id === null) return state;
  if (method !== null) {
    return typeof id === "number" ? { ...state, asked: new Map(state.asked).set(id, method) } : state;
  }
  const open = new Map(state.open);
  open.delete(keyOf(id));
  return { ...state, open, replied: new Set(state.replied).add(keyOf(id)) };
}

function hearAgent(state: AcpState, message: Fields): AcpState {
  const id = idOf(message);
  const method = textField(message, "method");
  if (id === null) return state;
  if (method !== null) {
    if (state.replied.has(keyOf(id))) return state;
    const request = { id, method, params: fieldsField(message, "params") ?? {} };
    return { ...state, open: new Map(state.open).set(keyOf(id), request) };
  }
  if (typeof id !== "number" || state.answers.has(id)) return state;
  return { ...state, answers: new Map(state.answers).set(id, answerIn(message)) };
}

function answerIn(message: Fields): AcpAnswer {
  const error = fieldsField(message, "error");
  if (error === null) return { result: fieldsField(message, "result") ?? {} };
  const code = error["code"];
  const said = textField(error, "message") ?? "an error without a message";
  const details = detailsOf(error["data"]);
  return {
    error: {
      code: typeof code === "number" ? code : null,
      message: details === null || said.includes(details) ? said : `${said}: ${details}`,
    },
  };
}

/** Many agents say `Internal error` and what it was in the data. */
function detailsOf(data: unknown): string | null {
  if (typeof data === "string") return data === "" ? null : data;
  const fields = fieldsOf(data);
  return textField(fields, "details") ?? textField(fields, "message") ?? textField(fields, "error");
}

function idOf(message: Fields): string | number | null {
  return textField(message, "id") ?? numberField(message, "id");
}

/** The text and the number of the same digits are two ids. */
function keyOf(id: string | number): string {
  return JSON.stringify(id);
}

/** What the agent has answered to one of our requests; null: nothing yet, or an error. */
export function resultOf({ answers }: AcpState, id: number): Fields | null {
  const answer = answers.get(id);
  return answer && "result" in answer ? answer.result : null;
}

export function errorOf({ answers }: AcpState, id: number): AcpError | null {
  const answer = answers.get(id);
  return answer && "error" in answer ? answer.error : null;
}

/** The session in which the agent works; null while there is none. */
export interface AcpSession {
  id: string;
  /** What the agent said of its modes and options when it opened the session. */
  facts: Fields;
  /** True for one that an earlier agent had begun. */
  isResumed: boolean;
}

/** `resumes`: the session that the attempt goes on with, if it can. */
export function sessionIn(state: AcpState, resumes: string | null): AcpSession | null {
  const fresh = resultOf(state, requestIds.freshSession);
  const facts = fresh ?? resultOf(state, requestIds.session);
  if (facts === null) return null;
  const isResumed = fresh === null && state.asked.get(requestIds.session) !== "session/new";
  const id = textField(facts, "sessionId") ?? (isResumed ? resumes : null);
  return id === null ? null : { id, facts, isResumed };
}

/** True while the agent tells again what had happened in a session that it loads. */
export function isReplaying({ asked, answers }: AcpState): boolean {
  return asked.get(requestIds.session) === "session/load" && !answers.has(requestIds.session);
}
