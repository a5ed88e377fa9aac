import { fieldsField, numberField, textField, type Fields } from "../stream/fields.ts";

/** What was said in a conversation with `codex app-server`. It follows from what both have written alone. */
export interface AppState {
  /** The ids of our requests, and the methods of our notices. */
  readonly asked: ReadonlySet<string | number>;
  readonly answers: ReadonlyMap<string | number, AppAnswer>;
  /** Requests of codex, also those that were answered, by their ids. */
  readonly requests: ReadonlyMap<string | number, AppRequest>;
  /** Those that were answered, or that codex has withdrawn. */
  readonly closed: ReadonlySet<string | number>;
  readonly isTurnEnded: boolean;
}

export interface AppRequest {
  id: string | number;
  method: string;
  params: Fields;
}

export type AppAnswer = { result: Fields } | { error: string };

/** The ids of our requests. */
export const appIds = { initialize: 1, thread: 2, freshThread: 3, turn: 4, interrupt: 5 } as const;

export interface AppRecord extends AppState {
  hear(message: Fields): void;
  hearOwn(message: Fields): void;
}

export function openAppRecord(): AppRecord {
  const asked = new Set<string | number>();
  const answers = new Map<string | number, AppAnswer>();
  const requests = new Map<string | number, AppRequest>();
  const closed = new Set<string | number>();
  let isTurnEnded = false;
  const record: AppRecord = {
    asked,
    answers,
    requests,
    closed,
    get isTurnEnded() {
      return isTurnEnded;
    },
    hear(message) {
      const [id, method] = [idOf(message), textField(message, "method")];
      const params = fieldsField(message, "params") ?? {};
      if (id !== null && method === null) answers.set(id, answerIn(message));
      else if (id !== null && method !== null) requests.set(id, { id, method, params });
      else if (method === "serverRequest/resolved") {
        const resolved = textField(params, "requestId") ?? numberField(params, "requestId");
        if (resolved !== null) closed.add(resolved);
      } else if (method === "turn/completed" && isOfThread(record, params)) isTurnEnded = true;
    },
    hearOwn(message) {
      const [id, method] = [idOf(message), textField(message, "method")];
      if (method === null && id !== null) closed.add(id);
      else if (id !== null || method !== null) asked.add(id ?? method ?? "");
    },
  };
  return record;
}

function answerIn(message: Fields): AppAnswer {
  const result = fieldsField(message, "result");
  if (result !== null) return { result };
  return { error: textField(fieldsField(message, "error"), "message") ?? "an error without a message" };
}

function idOf(message: Fields): string | number | null {
  return textField(message, "id") ?? numberField(message, "id");
}

export function answerTo({ answers }: AppState, id: number): Fields | null {
  const answer = answers.get(id);
  return answer && "result" in answer ? answer.result : null;
}

/** The thread in which codex works; null while there is none. */
export function threadIn(state: AppState): string | null {
  const opened = answerTo(state, appIds.freshThread) ?? answerTo(state, appIds.thread);
  return textField(fieldsField(opened, "thread"), "id");
}

/** Agents that codex starts have threads of their own. */
export function isOfThread(state: AppState, params: Fields): boolean {
  const thread = textField(params, "threadId");
  return thread === null || thread === threadIn(state);
}

/** Why codex cannot get to its turn; null while it can. */
export function refusalIn(state: AppState, resumes: string | null): string | null {
  const ids = [
    appIds.initialize,
    ...(resumes === null ? [appIds.thread] : []),
    appIds.freshThread,
    appIds.turn,
  ];
  for (const id of ids) {
    const answer = state.answers.get(id);
    if (answer && "error" in answer) return answer.error;
  }
  return null;
}
