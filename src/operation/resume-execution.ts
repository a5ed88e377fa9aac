import { AppError } from "../errors.ts";
import type { BudgetChange } from "../execution/budget.ts";
import type { Signal } from "../execution/signal.ts";
import { hasEnded } from "../execution/status.ts";
import { getExecution } from "../store/executions.ts";
import { isDriven } from "./is-driven.ts";
import { signalExecution, type ExecutionControl } from "./signal-execution.ts";

/**
 * Lets an execution go on: this engine takes over one that no living process drives; any other gets the signal.
 * `budget`: the limits that are to hold from then on. Throws what `signalExecution` throws.
 */
export async function resumeExecution(
  control: ExecutionControl,
  runId: string,
  budget: BudgetChange | null = null,
): Promise<void> {
  const { status } = getExecution(control.store, runId);
  if (!hasEnded(status) && !isDriven(control.store, runId)) {
    const result = await takeOverExecution(control, runId, budget);
    if (result === "taken" || status !== "paused") return;
  }
  await signalExecution(control, runId, resumeSignal(budget));
}

/** The request to go on. */
export function resumeSignal(budget: BudgetChange | null): Signal {
  return { type: "resume", ...(budget && { budget }) };
}

/**
 * Takes over an execution whose engine is gone, and resumes it if it is paused. Resolves with `held` when another
 * process drives it, with `ended` when there is nothing left to drive.
 */
export async function takeOverExecution(
  control: ExecutionControl,
  runId: string,
  budget: BudgetChange | null = null,
): Promise<"taken" | "held" | "ended"> {
  const { status } = getExecution(control.store, runId);
  if (budget !== null && !hasEnded(status) && status !== "paused") {
    const message = `execution "${runId}" is ${status}: its budget is changed when it goes on after a pause`;
    throw new AppError("conflict", `${message}. resume it without a budget, or pause it first`);
  }
  const result = await control.engine.takeOver(runId);
  if (result !== "taken" || getExecution(control.store, runId).status !== "paused") return result;
  try {
    await signalExecution(control, runId, resumeSignal(budget));
  } catch (error) {
    const isConflict = error instanceof AppError && error.code === "conflict";
    // Another process may have resumed it meanwhile.
    if (!isConflict || getExecution(control.store, runId).status === "paused") throw error;
  }
  return result;
}
