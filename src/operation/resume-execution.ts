import { AppError } from "../errors.ts";
import { hasEnded } from "../execution/status.ts";
import { getExecution } from "../store/executions.ts";
import { isDriven } from "./is-driven.ts";
import { signalExecution, type ExecutionControl } from "./signal-execution.ts";

/**
 * Lets an execution go on: this engine takes over one that no living process drives; any other gets the signal. Throws
 * what `signalExecution` throws.
 */
export async function resumeExecution(control: ExecutionControl, runId: string): Promise<void> {
  const { status } = getExecution(control.store, runId);
  if (!hasEnded(status) && !isDriven(control.store, runId)) {
    const result = await takeOverExecution(control, runId);
    if (result === "taken" || status !== "paused") return;
  }
  await signalExecution(control, runId, { type: "resume" });
}

/**
 * Takes over an execution whose engine is gone, and resumes it if it is paused. Resolves with `held` when another
 * process drives it, with `ended` when there is nothing left to drive.
 */
export async function takeOverExecution(
  control: ExecutionControl,
  runId: string,
): Promise<"taken" | "held" | "ended"> {
  const result = await control.engine.takeOver(runId);
  if (result !== "taken" || getExecution(control.store, runId).status !== "paused") return result;
  try {
    await signalExecution(control, runId, { type: "resume" });
  } catch (error) {
    // Another process has resumed it meanwhile.
    if (!(error instanceof AppError && error.code === "conflict")) throw error;
  }
  return result;
}
