import { limitText, nearlyUsedLimit, usedUpLimit, type LimitUse } from "../execution/budget.ts";
import type { BudgetWarning } from "../execution/event.ts";
import type { Usage } from "../execution/record.ts";
import { mayRetry, type Failure } from "../execution/retry.ts";
import { addUsage } from "../execution/usage.ts";
import { isEnding, type ExecutionState, type StepState } from "./execution-state.ts";
import type { Moment } from "./moment.ts";
import { stopForBudget } from "./orchestration.ts";
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
    const message = `the budget of the stage is used up: ${limitText(ofStage)}${lastError(failure)}`;
    return { kind: "failed", failure: { class: "budget", message, retryable: false } };
  }
  const ofExecution = usedUpLimit(execution.record.budget, addUsage(execution.record.usage, usage));
  if (!isInterrupted && !(ofExecution && failure?.class === "budget")) return null;
  const spent = ofExecution ? `: ${limitText(ofExecution)}` : "";
  const message = `interrupted, because the budget of the run is used up${spent}`;
  const kind = isEnding(execution) ? "failed" : "suspended";
  return { kind, failure: { class: "budget", message, retryable: false } };
}

/** Warns of budgets that are nearly used up, and pauses the execution when its own is. */
export function watchBudgets(
  execution: ExecutionState,
  step: StepState,
  before: { execution: Usage | null; step: Usage | null },
  moment: Moment,
): void {
  const ofStage = nearlyUsedLimit(step.plan.stage.budget ?? null, before.step, step.record.usage);
  if (ofStage) warn(execution, step, ofStage, { isOfStage: true, at: moment.at });
  const { budget, usage } = execution.record;
  const ofExecution = nearlyUsedLimit(budget, before.execution, usage);
  if (ofExecution) warn(execution, step, ofExecution, { isOfStage: false, at: moment.at });
  if (usedUpLimit(budget, usage) === null || execution.unsettled === 0) return;
  if (tellExecution(execution, { type: "PAUSE", isBusy: true, pauseReason: "budget" }, moment.at))
    stopForBudget(execution);
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

function lastError(failure: Failure | null): string {
  return failure === null || failure.class === "budget"
    ? ""
    : `. the last attempt failed: ${failure.message}`;
}
