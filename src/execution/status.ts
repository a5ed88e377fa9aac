import { stageStatuses } from "../expression/stage-status.ts";

export const executionStatuses = [
  "pending",
  "running",
  "paused",
  "completed",
  "failed",
  "cancelled",
] as const;
export type ExecutionStatus = (typeof executionStatuses)[number];

/** Expressions see a step's status as the status of its stage. */
export const stepStatuses = stageStatuses;
export type StepStatus = (typeof stepStatuses)[number];

/** Why an execution is paused: somebody wanted it, or its budget is used up. */
export const pauseReasons = ["user", "budget"] as const;
export type PauseReason = (typeof pauseReasons)[number];

export type Trigger = "manual" | "scheduled" | "api";

const endedExecutions: ReadonlySet<ExecutionStatus> = new Set(["completed", "failed", "cancelled"]);
const settledSteps: ReadonlySet<StepStatus> = new Set([
  "completed",
  "failed",
  "timed_out",
  "cancelled",
  "skipped",
]);

/** True when no event can change the execution any more. */
export function hasEnded(status: ExecutionStatus): boolean {
  return endedExecutions.has(status);
}

/** True when the step came to an end of its own; a cancelled step was not finished, whether it had begun or not. */
export function isDone(status: StepStatus): boolean {
  return isSettled(status) && status !== "cancelled";
}

/** True when no event can change the step any more. */
export function isSettled(status: StepStatus): boolean {
  return settledSteps.has(status);
}
