import { isAsking } from "../../src/execution/permission.ts";
import type { ExecutionRecord, StepRecord } from "../../src/execution/record.ts";
import { hasEnded } from "../../src/execution/status.ts";
import type { IconName } from "./icon-names.ts";
import { stageKind } from "../../src/workflow/stage-kind.ts";

/** How a state is drawn; also the name of its CSS class. */
export type Mark =
  | "pending"
  | "running"
  | "completed"
  | "failed"
  | "paused"
  | "waiting"
  | "retrying"
  | "cancelled"
  | "skipped";

/** A state as people see it: never by colour alone. */
export interface State {
  mark: Mark;
  word: string;
}

export const markIcons: Readonly<Record<Mark, IconName>> = {
  pending: "circle-dashed",
  running: "loader-circle",
  completed: "circle-check",
  failed: "circle-x",
  paused: "circle-pause",
  waiting: "hand",
  retrying: "rotate-cw",
  cancelled: "ban",
  skipped: "skip-forward",
};

/** The most urgent state of an execution: a used up budget, then a waiting gate, then everything that runs. */
export function executionState(
  execution: Pick<ExecutionRecord, "status" | "waiting_gates" | "had_failures"> &
    Partial<Pick<ExecutionRecord, "pause_reason">>,
): State {
  const { status, waiting_gates, had_failures } = execution;
  const isOutOfBudget = execution.pause_reason === "budget";
  if (!hasEnded(status) && !isOutOfBudget && waiting_gates.length > 0)
    return { mark: "waiting", word: "Approval waiting" };
  switch (status) {
    case "pending":
      return { mark: "pending", word: "Pending" };
    case "running":
      return { mark: "running", word: "Running" };
    case "paused":
      return { mark: "paused", word: isOutOfBudget ? "Paused: budget" : "Paused" };
    case "completed":
      return { mark: "completed", word: had_failures ? "Completed with failures" : "Completed" };
    case "failed":
      return { mark: "failed", word: "Failed" };
    case "cancelled":
      return { mark: "cancelled", word: "Cancelled" };
    default:
      return status satisfies never;
  }
}

export function stepState(
  step: Pick<StepRecord, "status" | "type" | "decided_by" | "error_class"> &
    Partial<Pick<StepRecord, "permission_requests">>,
): State {
  const { status, type, permission_requests = [] } = step;
  switch (status) {
    case "pending":
      return { mark: "pending", word: "Pending" };
    case "running":
      return isAsking({ status, permission_requests })
        ? { mark: "waiting", word: "Waits for permission" }
        : { mark: "running", word: "Running" };
    case "retry_wait":
      return { mark: "retrying", word: "Retrying" };
    case "waiting_for_approval":
      return { mark: "waiting", word: "Waits for approval" };
    case "completed":
      return { mark: "completed", word: stageKind(type).isDecided ? "Approved" : "Completed" };
    case "failed":
      return { mark: "failed", word: stageKind(type).isDecided ? failedGateWord(step) : "Failed" };
    case "timed_out":
      return { mark: "failed", word: "Timed out" };
    case "cancelled":
      return { mark: "cancelled", word: "Cancelled" };
    case "skipped":
      return { mark: "skipped", word: "Skipped" };
    default:
      return status satisfies never;
  }
}

/** A gate that nobody decided in time was not rejected by anybody, and one that could not be asked was not either. */
function failedGateWord({ error_class, decided_by }: Pick<StepRecord, "decided_by" | "error_class">): string {
  if (error_class === "timeout") return "Timed out";
  if (error_class !== "rejected") return "Failed";
  return decided_by === byDeadline ? "Timed out, rejected" : "Rejected";
}

/** The name that is shown when a gate's deadline decides. */
const byDeadline = "timeout";
