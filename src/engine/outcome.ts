import type { Failure } from "../execution/retry.ts";
import { formatDuration } from "../workflow/duration.ts";
import type { AttemptOutcome } from "./agent-run.ts";
import { isoTime, type EngineState } from "./engine-state.ts";
import {
  mayStart,
  tellExecution,
  tellStep,
  type LiveExecution,
  type LiveStep,
  type RunningAttempt,
} from "./live-execution.ts";
import { conclude, follow, stopAll, type Moment } from "./orchestration.ts";

/** The moment, and the queue of this engine, for the pure orchestration. */
export function momentOf(engine: EngineState): Moment {
  const atMs = engine.alarm.now();
  const { push: enqueue, remove: dequeue } = engine.queue;
  return { atMs, at: isoTime(atMs), watchedMs: engine.deadlines.watchedMs(), enqueue, dequeue };
}

/** Takes in what an attempt came to: its step goes on, and with it what waited for it. */
export function takeOutcome(
  engine: EngineState,
  execution: LiveExecution,
  step: LiveStep,
  outcome: AttemptOutcome,
): void {
  const moment = momentOf(engine);
  const stopping = step.attempt?.stopping ?? null;
  if ((outcome.kind === "gone" || outcome.kind === "unbegun") && stopping === null) {
    if (engine.phase !== "open") return;
    if (outcome.kind === "gone") tellGone(execution, step, moment);
    else tellUnbegun(execution, step, moment);
    if (step.record.status === "running" && step.attempt) return beginAgain(execution, step, step.attempt);
  } else tellOutcome(execution, step, outcome, { moment, stopping });
  step.attempt = null;
  engine.running--;
  engine.queue.freed(execution);
  follow(execution, step, moment);
}

/** What a deadline that has passed does to the step it belongs to; `stage` null: to the whole execution. */
export function takeDeadline(engine: EngineState, execution: LiveExecution, step: LiveStep | null): void {
  const moment = momentOf(engine);
  if (step === null) return endInTime(execution, moment);
  switch (step.record.status) {
    case "running":
      if (step.attempt && step.attempt.stopping === null) {
        step.attempt.stopping = "timeout";
        execution.changes.effects.push({ kind: "stop", attempt: step.attempt });
      }
      return;
    case "retry_wait":
      if (step.isQueued) return;
      if (mayStart(execution)) engine.queue.push(execution, step);
      else execution.held.add(step);
      return;
    case "waiting_for_approval": {
      const onTimeout = step.plan.stage.gate?.on_timeout ?? "halt";
      if (tellStep(execution, step, { type: "DEADLINE", onTimeout }, moment.at))
        follow(execution, step, moment);
      return;
    }
    default:
      return;
  }
}

function endInTime(execution: LiveExecution, moment: Moment): void {
  const limit = formatDuration(execution.blueprint.timeoutMs);
  const message = `the execution took longer than ${limit} (config.timeout)`;
  if (!tellExecution(execution, { type: "HALT", message, stops: true }, moment.at)) return;
  stopAll(execution, moment, { class: "timeout", message }, { why: "execution_timeout", stopsRunning: true });
  conclude(execution, moment);
}

function tellOutcome(
  execution: LiveExecution,
  step: LiveStep,
  outcome: AttemptOutcome,
  { moment, stopping }: { moment: Moment; stopping: NonNullable<LiveStep["attempt"]>["stopping"] },
): void {
  const usage =
    outcome.kind === "succeeded" ? outcome.data.usage : outcome.kind === "failed" ? outcome.usage : null;
  if (stopping === "cancel" || stopping === "execution_timeout") {
    tellStep(execution, step, { type: "CANCEL", failure: stoppedBy(execution, stopping), usage }, moment.at);
    return;
  }
  // One that was told to stop and has done its work all the same had done it before.
  if (outcome.kind === "succeeded") {
    tellStep(execution, step, { type: "SUCCEEDED", data: outcome.data }, moment.at);
    return;
  }
  const isTimeout =
    stopping === "timeout" || (outcome.kind === "failed" && outcome.failure.class === "timeout");
  tellStep(
    execution,
    step,
    {
      type: "FAILED",
      status: isTimeout ? "timed_out" : "failed",
      failure: stopping === "timeout" || outcome.kind !== "failed" ? tookTooLong(step) : outcome.failure,
      handed_in: outcome.kind === "failed" ? outcome.handed_in : null,
      usage,
      policy: step.plan.stage.error_policy.retry,
      mayStart: !isEnding(execution),
      atMs: moment.atMs,
      seed: `${execution.runId}/${step.record.stage_id}`,
    },
    moment.at,
  );
}

/** The agent of an earlier engine is gone without a result: unless the policy says otherwise the attempt runs again. */
function tellGone(execution: LiveExecution, step: LiveStep, moment: Moment): void {
  const { agent_id, model, inputs, context_consumed } = step.record;
  const facts = {
    agent_id: agent_id ?? "",
    model: model ?? "",
    inputs: inputs ?? {},
    context_consumed,
    deadline_at: isoTime(moment.atMs + step.plan.timeoutMs),
  };
  const policy = step.plan.stage.error_policy.retry;
  const mayStart = !isEnding(execution);
  tellStep(execution, step, { type: "INTERRUPTED", facts, policy, mayStart }, moment.at);
}

/** The earlier engine was gone before its agent began: the attempt begins only now, and has all of its time. */
function tellUnbegun(execution: LiveExecution, step: LiveStep, moment: Moment): void {
  if (isEnding(execution)) {
    const failure = { class: "cancelled", message: "the execution ended before its agent began" };
    tellStep(execution, step, { type: "CANCEL", failure, usage: null }, moment.at);
    return;
  }
  step.leftMs = step.plan.timeoutMs;
  step.record = { ...step.record, deadline_at: isoTime(moment.atMs + step.plan.timeoutMs) };
  execution.changes.steps.add(step);
}

function beginAgain(execution: LiveExecution, step: LiveStep, attempt: RunningAttempt): void {
  step.offsets = { stdout: 0, stderr: 0 };
  execution.changes.offsets.set(step, step.offsets);
  execution.changes.effects.push({ kind: "dispatch", step, attempt, recovered: false });
}

function isEnding(execution: LiveExecution): boolean {
  const state = execution.actor.snapshot.value;
  return state === "halting" || state === "cancelling";
}

function stoppedBy(execution: LiveExecution, stopping: "cancel" | "execution_timeout"): Failure {
  const message = execution.actor.snapshot.context.message ?? "the execution was cancelled";
  return { class: stopping === "cancel" ? "cancelled" : "timeout", message };
}

function tookTooLong({ plan }: LiveStep): Failure {
  return { class: "timeout", message: `took longer than ${formatDuration(plan.timeoutMs)} and was stopped` };
}
