import type { AnswerSpec } from "./endpoint.ts";
import { Problem } from "./schemas.ts";

const meanings: Record<number, string> = {
  400: "the request is wrong: a broken body, an unknown field, a bad cursor or parameter",
  403: "the actor is not one of the gate's approvers",
  404: "there is no such thing",
  409: "the state forbids it, or the name is taken",
  413: "the body has more than 2 MiB",
  415: "the body's type is not taken",
  422: "the definition does not hold; details are its findings",
};

/**
 * The error answers of an endpoint. Any endpoint with a body may answer 413 and 415, and every endpoint 401, 403, 429,
 * 500 and 503, so these are described once.
 */
export function problems(...statuses: number[]): Record<number, AnswerSpec> {
  return Object.fromEntries(
    statuses.map((status) => [status, { description: meanings[status] ?? "an error", schema: Problem }]),
  );
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return Response.json(value, { status, headers });
}
