import { AppError } from "../errors.ts";
import type { BudgetChange } from "../execution/budget.ts";
import { shortId } from "../execution/short-id.ts";
import { takeOverExecution } from "../operation/resume-execution.ts";
import type { ExecutionControl } from "../operation/signal-execution.ts";

/** Takes over an execution whose engine is gone, and resumes it if it is paused; returns its id. */
export async function takeOver(
  control: ExecutionControl,
  runId: string,
  budget: BudgetChange | null = null,
): Promise<string> {
  const result = await takeOverExecution(control, runId, budget);
  if (result === "taken") return runId;
  if (result === "held") throw new AppError("conflict", `execution "${runId}" is driven by another process`);
  throw new AppError(
    "conflict",
    `execution "${runId}" has ended. skillmeat workflow rerun ${shortId(runId)} starts it again`,
  );
}
