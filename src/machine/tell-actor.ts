import { applyToExecution, applyToStep, endStep } from "../execution/apply-event.ts";
import type { ExecutionEvent, StageEvent } from "../execution/event.ts";
import { isAsking } from "../execution/permission.ts";
import type { StepRecord } from "../execution/record.ts";
import { isSettled } from "../execution/status.ts";
import type { Actor, ActorEvent } from "./actor.ts";
import type { ExecutionState, StepState } from "./execution-state.ts";
import { hideFacts } from "./hide-facts.ts";

/**
 * Sends an event to the execution's actor and applies what it records. False when the event is not lawful in the
 * actor's state, which then stays. `at`: ISO 8601.
 */
export function tellExecution(
  execution: ExecutionState,
  event: ActorEvent<"execution">,
  at: string,
): boolean {
  const effects = execution.send(execution.actor, hideFacts(event, execution.masks));
  if (!effects) return false;
  for (const effect of effects) record(execution, effect, at);
  return true;
}

/** The same for the actor of one step. */
export function tellStep(
  execution: ExecutionState,
  step: StepState,
  event: ActorEvent<"stage"> | ActorEvent<"gate">,
  at: string,
): boolean {
  // The plan says which of the two machines it is; the machine says which events are lawful.
  const actor: Actor<"stage" | "gate"> = step.actor;
  const effects = execution.send(actor, hideFacts(event, execution.masks));
  if (!effects) return false;
  const before = step.record;
  execution.changes.steps.add(step);
  for (const { type, data, attempt } of effects) {
    const stageEvent = { type, data, attempt, stage_id: step.record.stage_id } as StageEvent;
    step.record = applyToStep(step.record, stageEvent, at);
    record(execution, stageEvent, at);
  }
  time(execution, step, at);
  if (event.type === "END") step.record = endStep(step.record, at);
  count(execution, step, before);
  return true;
}

/** Records a fact that no actor decides. `at`: ISO 8601. */
export function recordFact(execution: ExecutionState, event: ExecutionEvent, at: string): void {
  record(execution, event, at);
}

function record(execution: ExecutionState, event: ExecutionEvent, at: string): void {
  execution.record = applyToExecution(execution.record, event, at);
  execution.changes.feed.push({ kind: "event", event, at });
}

/** The instant was computed for this very moment, so from now on only its distance counts. */
function time(execution: ExecutionState, step: StepState, at: string): void {
  const { status, deadline_at } = step.record;
  const isTimed = (status === "running" && !isAsking(step.record)) || status === "retry_wait";
  step.leftMs = isTimed && deadline_at !== null ? Date.parse(deadline_at) - Date.parse(at) : null;
  if (isTimed) execution.timed.add(step);
  else execution.timed.delete(step);
}

function count(execution: ExecutionState, step: StepState, earlier: StepRecord): void {
  const [before, now] = [earlier.status, step.record.status];
  execution.asking += Number(isAsking(step.record)) - Number(isAsking(earlier));
  if (before !== "running" && now === "running") execution.running++;
  if (before === "running" && now !== "running") execution.running--;
  if (now === "retry_wait" && before !== "retry_wait") execution.retrying++;
  if (before === "retry_wait" && now !== "retry_wait") execution.retrying--;
  if (isSettled(before) || !isSettled(now)) return;
  execution.unsettled--;
  const batch = step.plan.batch - 1;
  execution.batchLeft[batch] = (execution.batchLeft[batch] ?? 1) - 1;
  execution.scope.update(step.record);
}
