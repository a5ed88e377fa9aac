import { limitText, nearlyUsedLimit, usedUpLimit, type LimitUse } from "../execution/budget.ts";
import type { BudgetWarning } from "../execution/event.ts";
import type { Usage } from "../execution/record.ts";
import { mayRetry, type Failure } from "../execution/retry.ts";
import { addUsage } from "../execution/usage.ts";
import { isEnding, type ExecutionState, type StepState } from "./execution-state.ts";
import type { Moment } from "./moment.ts";
import { stopForBudget } from "./orchestration.ts";
import { stopStep } from "./start-step.ts";
import { recordFact, tellExecution } from "./tell-actor.ts";

/** What becomes of an attempt that did not succeed because of a budget. */
export type BudgetVerdict =
  /** The execution's is used up: the attempt goes on when it is raised. */
  | { kind: "suspended"; failure: Failure }
  /** The stage's is used up, or nothing goes on any more. */
  | { kind: "failed"; failure: Failure };

/**
 * Looks at the budgets as they are with what the attempt has used. Null: they have nothing to do with its end.
 * `failure`: how it failed; null where its agent was gone. `isInterrupted`: it was told to stop because of the
 * execution's budget.
 */
export function budgetVerdict(
  execution: ExecutionState,
  step: StepState,
  { usage, failure, isInterrupted }: { usage: Usage | null; failure: Failure | null; isInterrupted: boolean },
): BudgetVerdict | null {
  const { stage } = step.plan;
  const ofStage = usedUpLimit(stage.budget ?? null, addUsage(step.record.usage, usage));
  const isOutOfBudget = isInterrupted || failure?.class === "budget";
  if (ofStage && (isOutOfBudget || (failure && isRetried(step, failure)))) {
    const last = isOutOfBudget || failure === null ? "" : `. the last attempt failed: ${failure.message}`;
    const message = `the budget of the stage is used up: ${limitText(ofStage)}${last}`;
    return { kind: "failed", failure: { class: "budget", message, retryable: false } };
  }
  const others = usageSoFar(execution, step);
  const ofExecution = usedUpLimit(execution.record.budget, addUsage(others, usage));
  if (!isInterrupted && !(ofExecution && failure?.class === "budget")) return null;
  const spent = ofExecution ? `: ${limitText(ofExecution)}` : "";
  const message = `interrupted, because the budget of the run is used up${spent}`;
  const kind = isEnding(execution) ? "failed" : "suspended";
  return { kind, failure: { class: "budget", message, retryable: false } };
}

/** What an execution and one of its steps have used, with what running agents have used so far. */
export interface UsedSoFar {
  execution: Usage | null;
  step: Usage | null;
}

export function usedSoFar(execution: ExecutionState, step: StepState): UsedSoFar {
  return {
    execution: usageSoFar(execution),
    step: addUsage(step.record.usage, step.attempt?.spent ?? null),
  };
}

/** What an execution has used, with what its running agents have used so far, save that of one step. */
export function usageSoFar({ record, steps }: ExecutionState, without?: StepState): Usage | null {
  const running = steps.filter(({ attempt }) => attempt !== null && attempt !== without?.attempt);
  return running.reduce((sum, { attempt }) => addUsage(sum, attempt?.spent ?? null), record.usage);
}

/** Warns of budgets that are nearly used up, and pauses the execution when its own is. */
export function watchBudgets(
  execution: ExecutionState,
  step: StepState,
  before: UsedSoFar,
  moment: Moment,
): void {
  warnOfBudgets(execution, step, before, moment);
  if (execution.unsettled > 0) pauseForBudget(execution, moment);
}

/**
 * Looks at the budgets while an agent works that has used `spent` so far: when one is used up, whoever spends it is
 * stopped. True when anything has changed that has to be stored or done.
 */
export function watchSpending(
  execution: ExecutionState,
  step: StepState,
  spent: Usage,
  moment: Moment,
): boolean {
  if (!step.attempt || step.attempt.stopping !== null) return false;
  const before = usedSoFar(execution, step);
  step.attempt.spent = spent;
  const isWarned = warnOfBudgets(execution, step, before, moment);
  const isPaused = pauseForBudget(execution, moment);
  if (step.attempt.stopping !== null) return true;
  const ofStage = usedUpLimit(step.plan.stage.budget ?? null, usedSoFar(execution, step).step);
  if (ofStage) stopStep(execution, step, "budget");
  return isWarned || isPaused || ofStage !== null;
}

/** False when nothing of it is used up, or the execution is not to go on anyway. */
function pauseForBudget(execution: ExecutionState, moment: Moment): boolean {
  if (usedUpLimit(execution.record.budget, usageSoFar(execution)) === null) return false;
  if (!tellExecution(execution, { type: "PAUSE", isBusy: true, pauseReason: "budget" }, moment.at))
    return false;
  stopForBudget(execution);
  return true;
}

function warnOfBudgets(
  execution: ExecutionState,
  step: StepState,
  before: UsedSoFar,
  { at }: Moment,
): boolean {
  const now = usedSoFar(execution, step);
  const ofStage = nearlyUsedLimit(step.plan.stage.budget ?? null, before.step, now.step);
  if (ofStage) warn(execution, step, ofStage, { isOfStage: true, at });
  const ofExecution = nearlyUsedLimit(execution.record.budget, before.execution, now.execution);
  if (ofExecution) warn(execution, step, ofExecution, { isOfStage: false, at });
  return ofStage !== null || ofExecution !== null;
}

function warn(
  execution: ExecutionState,
  { record: { stage_id, attempt_number: attempt } }: StepState,
  use: LimitUse,
  { isOfStage, at }: { isOfStage: boolean; at: string },
): void {
  const { limit, most, spent, ratio } = use;
  const data: BudgetWarning = {
    limit,
    budget: most,
    spent,
    spent_ratio: Math.round(ratio * 10_000) / 10_000,
  };
  const type = "budget_warning" as const;
  recordFact(execution, isOfStage ? { type, data, stage_id, attempt } : { type, data }, at);
  const whose = isOfStage ? "stage" : "run";
  const text = `warning: the budget of the ${whose} is used to ${Math.floor(ratio * 100)} %: ${limitText(use)}`;
  execution.changes.feed.push({ kind: "line", stage_id, attempt, stream: "system", text, at });
}

function isRetried({ record, plan }: StepState, failure: Failure): boolean {
  return mayRetry(plan.stage.error_policy.retry, record.attempt_number, failure);
}
