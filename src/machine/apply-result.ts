import type { AgentSession } from "../execution/agent-session.ts";
import type { StageCompleted } from "../execution/event.ts";
import type { HandedIn } from "../execution/handed-in.ts";
import type { Usage } from "../execution/record.ts";
import type { Failure } from "../execution/retry.ts";
import { formatDuration } from "../workflow/duration.ts";
import {
  isEnding,
  mayStart,
  type ExecutionState,
  type RunningAttempt,
  type StepState,
} from "./execution-state.ts";
import { budgetVerdict, usedSoFar, watchBudgets } from "./watch-budgets.ts";
import { isoTime, type Moment } from "./moment.ts";
import { follow } from "./orchestration.ts";
import { tellStep } from "./tell-actor.ts";

interface FailedResult {
  kind: "failed";
  failure: Failure;
  handed_in: HandedIn | null;
  usage: Usage | null;
  /** What the agent has left; absent where that is nothing. */
  session?: AgentSession;
}

/** The result of an attempt; its outputs have been checked against the contract. */
export type AttemptResult =
  | { kind: "succeeded"; data: StageCompleted }
  | FailedResult
  /**
   * The agent is gone and has left no result: an earlier engine's, or one that had asked people. `asked`: of the
   * latter.
   */
  | { kind: "gone"; asked?: GoneAsker }
  /** The earlier engine was gone before its agent began. */
  | { kind: "unbegun" };

/** An agent that is gone after it had asked people; what it has asked for is decided. */
export interface GoneAsker {
  /** The requests whose answers it was told. */
  told: readonly string[];
  usage: Usage | null;
}

/**
 * Applies the result of a step's attempt: the step goes on, and so do the steps that waited for it. An attempt that is
 * gone or never began runs again under the same number, unless it was told to stop or the policy forbids it.
 */
export function applyResult(
  execution: ExecutionState,
  step: StepState,
  result: AttemptResult,
  moment: Moment,
): void {
  const stopping = step.attempt?.stopping ?? null;
  const before = usedSoFar(execution, step);
  if ((result.kind === "gone" || result.kind === "unbegun") && stopping === null) {
    if (result.kind === "gone") reportGone(execution, step, result.asked ?? null, moment);
    else tellUnbegun(execution, step, moment);
    if (step.record.status === "running" && step.attempt) return dispatchAgain(execution, step);
  } else tellResult(execution, step, result, { moment, stopping });
  step.attempt = null;
  watchBudgets(execution, step, before, moment);
  moment.queue.freePlace(execution);
  follow(execution, step, moment);
}

function tellResult(
  execution: ExecutionState,
  step: StepState,
  result: AttemptResult,
  { moment, stopping }: { moment: Moment; stopping: RunningAttempt["stopping"] },
): void {
  const usage = usageOf(result) ?? step.attempt?.spent ?? null;
  if (stopping === "cancel" || stopping === "execution_timeout") {
    tellStep(
      execution,
      step,
      { type: "CANCEL", failure: stopFailure(execution, stopping), usage },
      moment.at,
    );
    return;
  }
  // An attempt that succeeded although it was told to stop had finished before it was told.
  if (result.kind === "succeeded") {
    tellStep(execution, step, { type: "SUCCEEDED", data: result.data }, moment.at);
    return;
  }
  const failure = result.kind === "failed" ? result.failure : null;
  const verdict = budgetVerdict(execution, step, { usage, failure, isInterrupted: stopping === "budget" });
  if (verdict?.kind === "suspended") {
    suspend(execution, step, { failure: verdict.failure, usage, moment });
    return;
  }
  const isTimeout = verdict === null && (stopping === "timeout" || failure?.class === "timeout");
  tellStep(
    execution,
    step,
    {
      type: "FAILED",
      status: isTimeout ? "timed_out" : "failed",
      failure: verdict?.failure ?? (stopping === "timeout" ? null : failure) ?? timeoutFailure(step),
      handed_in: result.kind === "failed" ? result.handed_in : null,
      usage,
      session: (result.kind === "failed" ? result.session : null) ?? null,
      policy: step.plan.stage.error_policy.retry,
      mayStart: !isEnding(execution),
      atMs: moment.atMs,
      seed: `${execution.runId}/${step.record.stage_id}`,
    },
    moment.at,
  );
}

function usageOf(result: AttemptResult): Usage | null {
  if (result.kind === "succeeded") return result.data.usage;
  if (result.kind === "gone") return result.asked?.usage ?? null;
  return result.kind === "failed" ? result.usage : null;
}

/** The attempt goes on as soon as its execution does. */
function suspend(
  execution: ExecutionState,
  step: StepState,
  { failure, usage, moment }: { failure: Failure; usage: Usage | null; moment: Moment },
): void {
  tellStep(execution, step, { type: "SUSPENDED", failure, usage, at: moment.at }, moment.at);
  if (mayStart(execution)) moment.queue.push(execution, step);
  else execution.held.add(step);
}

/**
 * The agent is gone and left no result: the attempt runs again, unless the policy forbids it for an agent that had not
 * asked people.
 */
function reportGone(
  execution: ExecutionState,
  step: StepState,
  asked: GoneAsker | null,
  moment: Moment,
): void {
  const { agent_id, model, inputs, context_consumed } = step.record;
  const facts = {
    agent_id: agent_id ?? "",
    model: model ?? "",
    inputs: inputs ?? {},
    context_consumed,
    deadline_at: isoTime(moment.atMs + step.plan.timeoutMs),
    ...(asked?.usage ? { usage: asked.usage } : {}),
  };
  const policy = step.plan.stage.error_policy.retry;
  const mayStart = !isEnding(execution);
  const told = asked === null ? {} : { told: asked.told };
  tellStep(execution, step, { type: "INTERRUPTED", facts, policy, mayStart, ...told }, moment.at);
  // What it has used is in the record now.
  if (step.attempt) step.attempt.spent = null;
}

/** The earlier engine died before its agent began: the attempt begins only now and gets its whole timeout. */
function tellUnbegun(execution: ExecutionState, step: StepState, moment: Moment): void {
  if (isEnding(execution)) {
    const failure = { class: "cancelled", message: "the execution ended before its agent began" };
    tellStep(execution, step, { type: "CANCEL", failure, usage: null }, moment.at);
    return;
  }
  step.leftMs = step.plan.timeoutMs;
  step.record = { ...step.record, deadline_at: isoTime(moment.atMs + step.plan.timeoutMs) };
  execution.changes.steps.add(step);
}

function dispatchAgain({ changes }: ExecutionState, { record }: StepState): void {
  changes.effects.push({ kind: "dispatch", stage_id: record.stage_id, recovered: false });
}

function stopFailure(execution: ExecutionState, stopping: "cancel" | "execution_timeout"): Failure {
  const message = execution.actor.state.context.message ?? "the execution was cancelled";
  return { class: stopping === "cancel" ? "cancelled" : "timeout", message };
}

function timeoutFailure({ plan }: StepState): Failure {
  return { class: "timeout", message: `took longer than ${formatDuration(plan.timeoutMs)} and was stopped` };
}
