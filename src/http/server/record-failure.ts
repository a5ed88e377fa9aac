import { isDamage, storeFailure } from "../../store/store-failure.ts";
import { pathOf } from "./address.ts";
import { problemOf } from "./problem.ts";
import type { ServerParts } from "./server-parts.ts";

const traces = new WeakMap<Request, string>();

/** The id under which a request's answer and the log speak of it. */
export function traceOf(request: Request): string {
  const known = traces.get(request);
  if (known !== undefined) return known;
  const traceId = Bun.randomUUIDv7();
  traces.set(request, traceId);
  return traceId;
}

interface Failure {
  error: unknown;
  request: Request;
  context: ServerParts;
}

/** The code of the error that a request is answered with, for the line that the log gets of it. */
const codes = new WeakMap<Request, string>();

/**
 * Writes into the log what is not the client's own trouble: a bug, or a database that cannot be used. The engine learns
 * of one that is damaged, and accepts nothing more.
 */
export function recordFailure({ error, request, context }: Failure): void {
  if (isDamage(error)) context.engine.giveUp(error);
  const problem = problemOf(error);
  noteCode(request, problem?.code ?? "internal");
  if (problem === null) record("http_bug", { error, request, context });
  else if (storeFailure(error) === "fatal") recordSeldom("database_failed", { error, request, context });
}

/** Call this for every error that a request is answered with. */
export function noteCode(request: Request, code: string): void {
  codes.set(request, code);
}

/** Writes a line for every answer that refuses a request. It holds nothing that was sent: a body may hold secrets. */
export function recordRefusal(request: Request, status: number, { log }: ServerParts): void {
  if (status < 400) return;
  log({
    at: new Date().toISOString(),
    level: status < 500 ? "warn" : "error",
    event: "http_refused",
    trace_id: traceOf(request),
    method: request.method,
    path: pathOf(request).slice(0, longestPath),
    status,
    code: codes.get(request) ?? null,
  });
}

const longestPath = 500;
const seldomMs = 60_000;
const recordedAt = new WeakMap<ServerParts, number>();

/** Pages ask again and again, so the reason is logged once a minute. */
function recordSeldom(event: string, failure: Failure): void {
  const now = Date.now();
  if (now - (recordedAt.get(failure.context) ?? 0) < seldomMs) return;
  recordedAt.set(failure.context, now);
  record(event, failure);
}

function record(event: string, { error, request, context }: Failure): void {
  const [message, stack] = error instanceof Error ? [error.message, error.stack] : [String(error), undefined];
  context.log({
    at: new Date().toISOString(),
    level: "error",
    event,
    trace_id: traceOf(request),
    method: request.method,
    path: pathOf(request),
    message,
    stack,
  });
}
