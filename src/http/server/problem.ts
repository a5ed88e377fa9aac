import { AppError, type AppErrorCode, type AppErrorDetail } from "../../errors.ts";
import { storeFailure } from "../../store/store-failure.ts";

/** An error of the request itself, which only this room knows. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.name = "HttpError";
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export interface Problem {
  status: number;
  code: string;
  message: string;
  details: readonly AppErrorDetail[];
  headers: Readonly<Record<string, string>>;
}

/** What a thrown value means to a client; null: a bug, about which it learns nothing. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof HttpError) {
    const { status, code, message, headers } = error;
    return { status, code, message, details: [], headers };
  }
  if (error instanceof AppError) return { ...plain(error.code, error.message), details: error.details };
  const failure = storeFailure(error);
  if (failure === "busy") {
    const said = plain("unavailable", "another process keeps the database locked. try again");
    return { ...said, headers: { "retry-after": "1" } };
  }
  if (failure === "full" || isNoSpace(error)) {
    return plain("unavailable", "the disk is full. make room and try again: nothing of it was stored");
  }
  if (failure === "fatal") return plain("unavailable", "the database cannot be used. see the server's log");
  return null;
}

/** Files (workflows, uploads) can meet a full disk or an exceeded quota, as well as the database. */
function isNoSpace(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

/** The one form of every error answer. */
export function problemResponse(problem: Problem, traceId: string): Response {
  const { status, code, message, details, headers } = problem;
  const body = {
    error: { code, message, ...(details.length > 0 ? { details } : {}), trace_id: traceId },
  };
  return Response.json(body, { status, headers: { ...headers } });
}

/** The answer to a bug: it reveals only the id under which the log has it. */
export function bugProblem(): Problem {
  return {
    ...plain("unavailable", "something went wrong inside skillmeat. its log has the trace id"),
    status: 500,
    code: "internal",
  };
}

function plain(code: AppErrorCode, message: string): Problem {
  return { status: statuses[code], code, message, details: [], headers: {} };
}

const statuses: Record<AppErrorCode, number> = {
  invalid_usage: 400,
  invalid_parameters: 400,
  invalid_definition: 422,
  preflight_failed: 422,
  workdir_not_allowed: 422,
  not_found: 404,
  conflict: 409,
  forbidden: 403,
  unavailable: 503,
  interrupted: 503,
  declined: 409,
};
