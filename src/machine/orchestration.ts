import { absentOutputs } from "../execution/scope.ts";
import type { SkipCause } from "../execution/record.ts";
import type { Failure } from "../execution/retry.ts";
import { isSettled } from "../execution/status.ts";
import { mayStart, phaseOf, type ExecutionState, type StepState } from "./execution-state.ts";
import { isoTime, type Moment } from "./moment.ts";
import { stopStep } from "./start-step.ts";
import { conditionHolds, resolveInputs, textOf } from "./step-facts.ts";
import { tellExecution, tellStep } from "./tell-actor.ts";
import { stageKind } from "../workflow/stage-kind.ts";

/** Decides which step may go on when; that follows from the actors' states alone. */

/** Begins a new execution. */
export function begin(execution: ExecutionState, moment: Moment): void {
  tellExecution(execution, { type: "START", total: execution.steps.length }, moment.at);
  execution.changes.effects.push({ kind: "hook", name: "on_start", stage_id: null });
  reconsider(execution, moment);
}

/** Looks at every step that may have become ready. Used where no single event tells which. */
export function reconsider(execution: ExecutionState, moment: Moment): void {
  const ready = execution.steps.filter(
    (step) => step.record.status === "pending" && (step.waitsFor === 0 || step.blockedBy !== null),
  );
  work(execution, moment, ready);
}

/** Follows up a step that has just settled (or has started to wait): what it opens, skips, halts or ends. */
export function follow(execution: ExecutionState, step: StepState, moment: Moment): void {
  work(execution, moment, isSettled(step.record.status) ? openDependents(execution, step, moment) : []);
}

/** Stops everything in an execution that will not go on. */
export function stopAll(
  execution: ExecutionState,
  moment: Moment,
  failure: Failure,
  { why, stopsRunning }: { why: "cancel" | "execution_timeout"; stopsRunning: boolean },
): void {
  for (const step of execution.steps) {
    if (step.isQueued) moment.queue.remove(execution, step);
    const { status } = step.record;
    if (status === "retry_wait" || status === "waiting_for_approval") {
      tellStep(execution, step, { type: "CANCEL", failure, usage: null }, moment.at);
    }
    if (status === "running" && stopsRunning) stopStep(execution, step, why);
  }
}

/** Finishes stopping the running steps, where an engine died in the middle of it. */
export function finishStopping(execution: ExecutionState, moment: Moment): void {
  const { stops, message, pauseReason } = execution.actor.state.context;
  if (phaseOf(execution) === "pausing" && pauseReason === "budget") return stopForBudget(execution);
  if (!stops) return;
  const isCancel = phaseOf(execution) === "cancelling";
  const failure = { class: isCancel ? "cancelled" : "timeout", message: message ?? "cancelled" };
  const why = isCancel ? "cancel" : "execution_timeout";
  stopAll(execution, moment, failure, { why, stopsRunning: true });
}

/** Interrupts the agents of an execution whose budget is used up. One that stops already ends as it was told. */
export function stopForBudget(execution: ExecutionState): void {
  for (const step of execution.steps) {
    if (step.record.status === "running" && step.attempt?.stopping === null) {
      stopStep(execution, step, "budget");
    }
  }
}

/** Works through the steps one after the other without recursion: chains of skipped stages may be thousands long. */
function work(execution: ExecutionState, moment: Moment, first: StepState[]): void {
  const todo = first.toReversed();
  for (let step = todo.pop(); step; step = todo.pop()) {
    if (step.record.status !== "pending" || step.isQueued) continue;
    if (!mayStart(execution)) {
      execution.held.add(step);
      continue;
    }
    consider(execution, step, moment);
    if (isSettled(step.record.status)) todo.push(...openDependents(execution, step, moment).toReversed());
  }
  conclude(execution, moment);
}

/** Ends or pauses the execution when nothing that runs can change it any more, and updates its clock. */
export function conclude(execution: ExecutionState, moment: Moment): void {
  const state = phaseOf(execution);
  if (execution.unsettled === 0) tellExecution(execution, doneEvent(execution), moment.at);
  if (execution.running === 0 && (state === "pausing" || state === "halting" || state === "cancelling")) {
    tellExecution(execution, { type: "QUIET" }, moment.at);
  }
  const now = phaseOf(execution);
  const hasEnded = now === "completed" || now === "failed" || now === "cancelled";
  if (hasEnded && !(state === now)) {
    for (const step of execution.steps) tellStep(execution, step, { type: "END" }, moment.at);
    execution.changes.effects.push({
      kind: "hook",
      name: now === "completed" ? "on_complete" : "on_failure",
      stage_id: null,
    });
  }
  if (hasEnded) return;
  const waits = now === "running" ? execution.retrying + execution.inQueue : 0;
  const isSpending = execution.running - execution.asking + waits > 0;
  if (isSpending !== (execution.actor.state.context.sinceMs !== null)) {
    tellExecution(execution, { type: "CLOCK", runs: isSpending, atMs: moment.watchedMs }, moment.at);
  }
}

function doneEvent({ steps }: ExecutionState) {
  const hadFailures = steps.some(({ record: { status } }) => status === "failed" || status === "timed_out");
  return { type: "DONE" as const, hadFailures };
}

/** The steps that a settled step makes ready or blocks. A failure that halts stops the whole execution. */
function openDependents(execution: ExecutionState, step: StepState, moment: Moment): StepState[] {
  const verdict = verdictOf(step);
  if (verdict === "halts") halt(execution, step, moment);
  const next: StepState[] = [];
  for (const at of step.plan.dependents) {
    const dependent = execution.steps[at];
    if (!dependent || dependent.record.status !== "pending") continue;
    dependent.waitsFor--;
    if (verdict === "blocks") dependent.blockedBy ??= step.record.stage_id;
    if (dependent.waitsFor === 0 || dependent.blockedBy !== null) next.push(dependent);
  }
  if (
    execution.blueprint.definition.config.scheduling === "batch" &&
    execution.batchLeft[step.plan.batch - 1] === 0
  ) {
    next.push(
      ...execution.steps.filter(({ plan, waitsFor }) => plan.batch > step.plan.batch && waitsFor === 0),
    );
  }
  return next;
}

/** How a settled step lets the stages after it go on. */
export function verdictOf({
  record,
  plan: { stage },
  actor,
}: StepState): "opens" | "blocks" | "halts" | "ended" {
  switch (record.status) {
    case "completed":
      return "opens";
    case "skipped":
      return actor.state.context.blocks ? "blocks" : "opens";
    case "failed":
    case "timed_out":
      // A gate that nobody decided in time halts because its own on_timeout says so, whatever on_failure is.
      if (stageKind(stage.type).isDecided && record.error_class === "timeout") return "halts";
      if (stage.error_policy.on_failure === "halt") return "halts";
      return stage.error_policy.on_failure === "continue" ? "opens" : "blocks";
    default:
      return "ended";
  }
}

function halt(execution: ExecutionState, { record }: StepState, moment: Moment): void {
  const message = `stage "${record.stage_id}" ${record.status.replace("_", " ")}: ${record.error_message}`;
  if (!tellExecution(execution, { type: "HALT", message, stops: false }, moment.at)) return;
  const failure = {
    class: "cancelled",
    message: `stage "${record.stage_id}" failed, which ends the execution`,
  };
  stopAll(execution, moment, failure, { why: "cancel", stopsRunning: false });
}

function consider(execution: ExecutionState, step: StepState, moment: Moment): void {
  const { stage, batch } = step.plan;
  const skip = (cause: SkipCause, reason: string, blocks: boolean): void => {
    const outputs = absentOutputs(stage);
    tellStep(execution, step, { type: "SKIP", cause, reason, blocks, outputs }, moment.at);
  };
  if (step.blockedBy !== null) return skip("dependency", blockedReason(execution, step.blockedBy), true);
  if (!isBatchOpen(execution, batch)) return;
  const scope = execution.scope.values;
  const condition = conditionHolds(stage, scope);
  if (!condition.ok) return refuse(execution, step, condition.failure, moment);
  if (!condition.value) {
    const blocks = stageKind(stage.type).isDecided && stage.gate?.on_skip !== "proceed";
    return skip("condition", `the condition is false: ${stage.condition}`, blocks);
  }
  if (stageKind(stage.type).isDecided) return openGate(execution, step, moment);
  const inputs = resolveInputs(stage, scope);
  if (!inputs.ok) return refuse(execution, step, inputs.failure, moment);
  step.inputs = inputs.value;
  moment.queue.push(execution, step);
}

function openGate(execution: ExecutionState, step: StepState, moment: Moment): void {
  const { gate } = step.plan.stage;
  const message = gate?.message ? textOf("gate.message", gate.message, execution.scope.values) : null;
  if (message && !message.ok) return refuse(execution, step, message.failure, moment);
  const facts = {
    deadline_at: isoTime(moment.atMs + step.plan.timeoutMs),
    approvers: gate?.approvers ?? [],
    message: message?.value ?? null,
  };
  tellStep(execution, step, { type: "OPEN", facts }, moment.at);
  execution.changes.effects.push({ kind: "hook", name: "on_gate", stage_id: step.record.stage_id });
}

function refuse(execution: ExecutionState, step: StepState, failure: Failure, moment: Moment): void {
  tellStep(execution, step, { type: "REFUSED", failure }, moment.at);
}

function isBatchOpen({ blueprint, batchLeft }: ExecutionState, batch: number): boolean {
  if (blueprint.definition.config.scheduling === "eager") return true;
  return batchLeft.slice(0, batch - 1).every((left) => left === 0);
}

function blockedReason({ byId }: ExecutionState, id: string): string {
  const step = byId.get(id);
  const isGate = step !== undefined && stageKind(step.plan.stage.type).isDecided;
  if (step?.record.status === "skipped") {
    return `${isGate ? "gate" : "stage"} "${id}" was skipped${isGate ? ": nobody was asked" : ""}`;
  }
  return `${isGate ? "gate" : "stage"} "${id}" failed`;
}
