import { isAsking, openRequests, type AskedCall } from "../execution/permission.ts";
import type { Signal, SignalAnswer } from "../execution/signal.ts";
import { parseDuration } from "../workflow/duration.ts";
import type { ActorState } from "./actor.ts";
import type { ExecutionState, StepState } from "./execution-state.ts";
import { isoTime, type Moment } from "./moment.ts";
import { conclude } from "./orchestration.ts";
import { isKnown, mostRequests, permissionsOf, type PermissionState } from "./permission-state.ts";
import { tellStep } from "./tell-actor.ts";

type Decision = Extract<Signal, { stage_id: string }>;

/** Who is named when nobody decided in time, or more was asked for than people can answer. */
const deadlineActor = "timeout";
const limitActor = "limit";

export function permissionState({ actor }: StepState): PermissionState {
  return permissionsOf(actor.state.context as ActorState<"stage">["context"]);
}

/**
 * Takes in what a running agent asks for. `leftMs`: what is left of the attempt's time. What was asked before, by this
 * engine or an earlier one, changes nothing.
 */
export function askPermission(
  execution: ExecutionState,
  step: StepState,
  call: AskedCall,
  { moment, leftMs }: { moment: Moment; leftMs: number },
): void {
  const state = permissionState(step);
  if (isKnown(state, call.id) || step.record.status !== "running") return;
  const { permission_timeout = "24h", permissions_approvers = [] } = execution.blueprint.definition.config;
  const { id: request_id, fingerprint, ...asked } = call;
  const request = {
    request_id,
    ...asked,
    approvers: permissions_approvers,
    deadline_at: isoTime(moment.atMs + (parseDuration(permission_timeout) ?? 0)),
  };
  tellStep(execution, step, { type: "ASK", request, fingerprint, leftMs }, moment.at);
  const known = knownDecision(state, call);
  if (known) {
    settle(execution, step, moment, { request_id, ...known, isAutomatic: true });
  } else if (state.answers.length + state.open.length >= mostRequests) {
    const comment = `more than ${mostRequests} permissions were asked for in one attempt`;
    settle(execution, step, moment, {
      request_id,
      decision: "rejected",
      actor: limitActor,
      comment,
      isAutomatic: true,
    });
  } else execution.changes.effects.push({ kind: "hook", name: "on_gate", stage_id: step.record.stage_id });
  conclude(execution, moment);
}

/** What people have decided before of the same call, or of its tool for good. */
function knownDecision(
  { carried = [], always }: PermissionState,
  { tool, fingerprint }: AskedCall,
): Omit<Settled, "request_id"> | null {
  const same = carried.find((each) => each.fingerprint === fingerprint);
  if (same) {
    const { allows, actor, message: comment } = same;
    return { decision: allows ? "approved" : "rejected", actor, comment };
  }
  const allowed = always.find((each) => each.tool === tool);
  return allowed ? { decision: "approved", actor: allowed.actor, comment: null } : null;
}

/** The instant at which an agent is stopped that waits for an answer, in ms; Infinity when it waits for none. */
export function parkMs({ blueprint }: ExecutionState, { record }: StepState): number {
  const [oldest] = isAsking(record) ? openRequests(record) : [];
  const { park_after = "30m" } = blueprint.definition.config;
  return oldest ? Date.parse(oldest.asked_at) + (parseDuration(park_after) ?? 0) : Infinity;
}

/** The agent no longer needs what it has asked for. */
export function withdrawRequest(
  execution: ExecutionState,
  step: StepState,
  request_id: string,
  moment: Moment,
): void {
  if (!permissionState(step).open.some(({ id }) => id === request_id)) return;
  settle(execution, step, moment, { request_id, decision: "withdrawn", actor: "agent", comment: null });
  conclude(execution, moment);
}

/** Rejects what nobody has decided in time. */
export function rejectOverdue(execution: ExecutionState, step: StepState, moment: Moment): void {
  for (const { id, deadline_at } of permissionState(step).open) {
    if (Date.parse(deadline_at) > moment.atMs) continue;
    const comment = "nobody decided before the deadline";
    settle(execution, step, moment, { request_id: id, decision: "rejected", actor: deadlineActor, comment });
  }
  conclude(execution, moment);
}

/** Decides what a step's agent has asked for: the request that is named, or the oldest one. */
export function decidePermission(
  execution: ExecutionState,
  step: StepState,
  signal: Decision,
  moment: Moment,
): SignalAnswer {
  const { actor, comment, request_id = null, always = false, type } = signal;
  const stage = step.record.stage_id;
  const approvers = execution.blueprint.definition.config.permissions_approvers ?? [];
  if (approvers.length > 0 && !approvers.includes(actor)) {
    const message =
      `"${actor}" may not ${type} what stage "${stage}" asks for. config.permissions_approvers: ` +
      approvers.join(", ");
    return { outcome: "refused", code: "forbidden", message };
  }
  if (isAsking(step.record)) rejectOverdue(execution, step, moment);
  const open = openRequests(step.record);
  const request = request_id === null ? open[0] : open.find(({ id }) => id === request_id);
  if (!request) return answerNothingOpen(step, signal);
  const decision = type === "approve" ? "approved" : "rejected";
  settle(execution, step, moment, { request_id: request.id, decision, actor, comment, always });
  conclude(execution, moment);
  const forGood = always && decision === "approved" ? `, and every call of ${request.tool} in this step` : "";
  return { outcome: "applied", message: `${decision} "${stage}": ${request.tool}${forGood}` };
}

/** Repeating the same decision is harmless; a different one is refused. */
function answerNothingOpen({ record }: StepState, { type, request_id = null }: Decision): SignalAnswer {
  const { stage_id, status, permission_requests } = record;
  const past = type === "approve" ? "approved" : "rejected";
  const decided = permission_requests.filter((each) => each.status !== "waiting");
  const meant = request_id === null ? decided.at(-1) : decided.find(({ id }) => id === request_id);
  if (request_id !== null && !meant) {
    const message = `stage "${stage_id}" has no permission request "${request_id}"`;
    return { outcome: "refused", code: "not_found", message };
  }
  if (meant && meant.status === past) {
    const message = `the request of stage "${stage_id}" is ${past} already, by ${meant.decided_by}`;
    return { outcome: "unchanged", message };
  }
  const by = meant?.decided_by ? ` by ${meant.decided_by}` : "";
  const message = meant
    ? `the request of stage "${stage_id}" was ${meant.status}${by}; it cannot be ${past} now`
    : `stage "${stage_id}" is no gate and asks for no permission (it is ${status}): there is nothing to ${type}`;
  return { outcome: "refused", code: "conflict", message };
}

interface Settled {
  request_id: string;
  decision: "approved" | "rejected" | "withdrawn";
  actor: string;
  comment: string | null;
  always?: boolean;
  isAutomatic?: boolean;
}

function settle(
  execution: ExecutionState,
  step: StepState,
  { at, atMs }: Moment,
  { always = false, isAutomatic = false, ...decided }: Settled,
): void {
  const forGood = always && decided.decision === "approved";
  if (!tellStep(execution, step, { type: "DECIDE", ...decided, always: forGood, isAutomatic, atMs }, at))
    return;
  execution.changes.effects.push({
    kind: "answer",
    stage_id: step.record.stage_id,
    count: permissionState(step).answers.length,
  });
}
