import type { Value } from "../expression/value.ts";

/** Something that a running agent asks people for, because no rule of its tools allows it. */
export interface PermissionRequest {
  /** The agent's own name for the request, unique in its attempt. */
  id: string;
  tool: string;
  /** What the call is about, in the agent's words where there are any. */
  title: string;
  /** Of the call; secrets are hidden, and a long one is the beginning of its JSON. */
  input: Value;
  /** Why the agent asks; null where it does not say. */
  reason: string | null;
  asked_at: string;
  /** Who may decide; empty: everybody. */
  approvers: string[];
  /** The instant at which it is rejected by itself. */
  deadline_at: string;
  status: "waiting" | "approved" | "rejected" | "withdrawn";
  decided_by: string | null;
  comment: string | null;
}

/** What an agent asks for; secrets are hidden in it. */
export interface AskedCall {
  id: string;
  tool: string;
  title: string;
  input: Value;
  reason: string | null;
  /** The same for the same tool with the same whole input, also in a later session. */
  fingerprint: string;
}

/** A request that people have to decide. `approvers`: who may; empty: everybody. */
export interface PermissionAsked extends Pick<
  PermissionRequest,
  "tool" | "title" | "input" | "reason" | "approvers" | "deadline_at"
> {
  request_id: string;
}

export interface PermissionDecided {
  request_id: string;
  /** `withdrawn`: the agent does not need it any more. */
  decision: "approved" | "rejected" | "withdrawn";
  actor: string;
  comment: string | null;
  /** True: further calls of the same tool are approved without asking, for the rest of the step. */
  always: boolean;
  /** How many requests of the step still wait. */
  still_open: number;
  /** Of the step, from now on. */
  deadline_at: string;
}

/** The oldest decided requests are left out of the record; the events have them all. */
const mostDecided = 50;

interface Asking {
  permission_requests: PermissionRequest[];
}

export function openRequests({ permission_requests }: Asking): PermissionRequest[] {
  return permission_requests.filter(({ status }) => status === "waiting");
}

/** True for a running step whose agent waits for somebody's permission. */
export function isAsking(step: Asking & { status: string }): boolean {
  return step.status === "running" && openRequests(step).length > 0;
}

export function withRequest(step: Asking, asked: PermissionAsked, at: string): PermissionRequest[] {
  const { request_id: id, tool, title, input, reason, approvers, deadline_at } = asked;
  const undecided = { status: "waiting", decided_by: null, comment: null } as const;
  return [
    ...step.permission_requests,
    { id, tool, title, input, reason, asked_at: at, approvers, deadline_at, ...undecided },
  ];
}

export function withDecision(
  step: Asking,
  { request_id, decision, actor, comment }: PermissionDecided,
): PermissionRequest[] {
  const decided = step.permission_requests.map((request) =>
    request.id === request_id && request.status === "waiting"
      ? { ...request, status: decision, decided_by: decision === "withdrawn" ? null : actor, comment }
      : request,
  );
  const excess = decided.filter(({ status }) => status !== "waiting").length - mostDecided;
  if (excess <= 0) return decided;
  let left = excess;
  return decided.filter(({ status }) => status === "waiting" || left-- <= 0);
}

/** Nobody can decide what an agent asked for that is gone. */
export function withdrawAll(step: Asking): PermissionRequest[] {
  return openRequests(step).length === 0
    ? step.permission_requests
    : step.permission_requests.map((request) =>
        request.status === "waiting" ? { ...request, status: "withdrawn" } : request,
      );
}

/** True for a gate that waits, and for a running step whose agent waits for a permission. */
export function waitsForPeople(step: Asking & { status: string }): boolean {
  return step.status === "waiting_for_approval" || isAsking(step);
}
