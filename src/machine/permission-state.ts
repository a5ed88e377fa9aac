import type { PermissionAsked } from "../execution/permission.ts";

/**
 * What a running step's actor knows of the permissions that its agent has asked for. Everything that the agent is
 * answered follows from it, so that each engine gives the same answers in the same order.
 */
export interface PermissionState {
  /** In the order in which they were asked. */
  open: OpenRequest[];
  /** In the order in which they were decided, which is the order in which the agent gets them. */
  answers: PermissionAnswer[];
  /** Tools that are allowed for the rest of the step, and by whom. */
  always: { tool: string; actor: string }[];
  /** What was left of the attempt's time when it began to wait, in ms. */
  leftMs: number;
}

export interface OpenRequest {
  id: string;
  tool: string;
  deadline_at: string;
}

export interface PermissionAnswer {
  id: string;
  /** Null: the agent needs no answer any more. */
  allows: boolean | null;
  /** What the agent is told with a refusal. */
  message: string | null;
}

/** What an agent asked for is decided, or it has withdrawn it. */
export interface PermissionSettled {
  type: "DECIDE";
  request_id: string;
  decision: "approved" | "rejected" | "withdrawn";
  actor: string;
  comment: string | null;
  always: boolean;
  atMs: number;
}

/** Of one attempt. An agent that asks for more is refused without anybody being asked. */
export const mostRequests = 1000;

const nothing: PermissionState = { open: [], answers: [], always: [], leftMs: 0 };

export function permissionsOf({ permissions }: { permissions?: PermissionState }): PermissionState {
  return permissions ?? nothing;
}

/** True for a request that was asked before, whether it has been decided or not. */
export function isKnown({ open, answers }: PermissionState, id: string): boolean {
  return open.some((each) => each.id === id) || answers.some((each) => each.id === id);
}

export function addRequest(
  state: PermissionState,
  { request, leftMs }: { request: PermissionAsked; leftMs: number },
): PermissionState {
  const { request_id: id, tool, deadline_at } = request;
  const isFirst = state.open.length === 0;
  return {
    ...state,
    open: [...state.open, { id, tool, deadline_at }],
    leftMs: isFirst ? leftMs : state.leftMs,
  };
}

export function addAnswer(state: PermissionState, settled: PermissionSettled): PermissionState {
  const { request_id: id, decision, actor, comment, always } = settled;
  const tool = state.open.find((each) => each.id === id)?.tool ?? "";
  const allows = decision === "withdrawn" ? null : decision === "approved";
  return {
    ...state,
    open: state.open.filter((each) => each.id !== id),
    answers: [...state.answers, { id, allows, message: allows === false ? comment : null }],
    always: always ? [...state.always, { tool, actor }] : state.always,
  };
}

/** A new attempt asks anew, but what is allowed for the rest of the step stays so. */
export function forgetAttempt({ always }: PermissionState): PermissionState {
  return { ...nothing, always };
}
