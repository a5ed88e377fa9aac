import type { PermissionAsked } from "../execution/permission.ts";

/**
 * What a running step's actor knows of the permissions that its agent has asked for. Everything that the agent is
 * answered follows from it, so that each engine gives the same answers in the same order.
 */
export interface PermissionState {
  /** In the order in which they were asked. */
  open: OpenRequest[];
  /** In the order in which they were decided, which is the order in which the agent gets them. */
  answers: StoredAnswer[];
  /**
   * What was decided of calls whose agent was gone before it was told: the same call is answered so, once. Absent in
   * earlier versions.
   */
  carried?: CarriedDecision[];
  /** Tools that are allowed for the rest of the step, and by whom. */
  always: { tool: string; actor: string }[];
  /** What was left of the attempt's time when it began to wait, in ms. */
  leftMs: number;
}

export interface OpenRequest {
  id: string;
  tool: string;
  deadline_at: string;
  /** Absent in earlier versions. */
  call?: CallMark;
}

/** What tells a call from others; secrets are hidden in it. */
export interface CallMark {
  title: string;
  fingerprint: string;
}

export interface CarriedDecision extends CallMark {
  tool: string;
  actor: string;
  allows: boolean;
  message: string | null;
}

interface StoredAnswer extends PermissionAnswer {
  /** Absent for what nobody was asked about, and in earlier versions. */
  call?: CallMark & { tool: string; actor: string };
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
  /** True: nobody was asked, because it follows from an earlier decision or from a limit. */
  isAutomatic: boolean;
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
  { request, fingerprint, leftMs }: { request: PermissionAsked; fingerprint: string; leftMs: number },
): PermissionState {
  const { request_id: id, tool, title, deadline_at } = request;
  const isFirst = state.open.length === 0;
  return {
    ...state,
    open: [...state.open, { id, tool, deadline_at, call: { title, fingerprint } }],
    leftMs: isFirst ? leftMs : state.leftMs,
  };
}

export function addAnswer(state: PermissionState, settled: PermissionSettled): PermissionState {
  const { request_id: id, decision, actor, comment, always, isAutomatic } = settled;
  const asked = state.open.find((each) => each.id === id);
  const tool = asked?.tool ?? "";
  const allows = decision === "withdrawn" ? null : decision === "approved";
  const call = asked?.call && !isAutomatic ? { call: { ...asked.call, tool, actor } } : {};
  return {
    ...state,
    open: state.open.filter((each) => each.id !== id),
    answers: [...state.answers, { id, allows, message: allows === false ? comment : null, ...call }],
    always: always ? [...state.always, { tool, actor }] : state.always,
    ...(state.carried ? { carried: withoutFirst(state.carried, asked?.call?.fingerprint) } : {}),
  };
}

/** A decision holds for one call. */
function withoutFirst(carried: CarriedDecision[], fingerprint: string | undefined): CarriedDecision[] {
  const at = carried.findIndex((each) => each.fingerprint === fingerprint);
  return at < 0 ? carried : carried.toSpliced(at, 1);
}

/** The agent is gone and goes on with its session. What it was not told holds for its next call of the same. */
export function carryOn(
  { always, answers, carried = [] }: PermissionState,
  told: readonly string[],
): PermissionState {
  const untold = answers.flatMap(({ id, allows, message, call }) =>
    call === undefined || allows === null || told.includes(id) ? [] : { ...call, allows, message },
  );
  return { ...nothing, always, carried: [...carried, ...untold] };
}

/** A new attempt asks anew, but what is allowed for the rest of the step stays so. */
export function forgetAttempt({ always }: PermissionState): PermissionState {
  return { ...nothing, always };
}
