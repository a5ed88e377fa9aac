import type { ValueObject } from "../expression/value.ts";
import type { Budget } from "../workflow/effective.ts";
import type { ContractProblem } from "../workflow/contract.ts";
import type { HandedIn } from "./handed-in.ts";
import type { PermissionAsked, PermissionDecided } from "./permission.ts";
import type { ContextConsumed, GateQuestion, SkipCause, StepWorkspace, Usage } from "./record.ts";
import type { ExecutionStatus, PauseReason, StepStatus } from "./status.ts";

/**
 * What a transition says has happened; the runner adds run, number and time. Names are in the past tense, with one
 * meaning each.
 */
export type ExecutionEvent = WholeExecutionEvent | StageEvent;

type WholeExecutionEvent =
  | { type: "execution_started"; data: { total: number } }
  | { type: "execution_paused"; data: { reason: PauseReason } }
  /** `budget`: the one that holds from now on, where it was changed. */
  | { type: "execution_resumed"; data: { budget?: Budget } }
  | { type: "budget_warning"; data: BudgetWarning }
  | { type: "execution_completed"; data: ExecutionCompleted };

export type StageEvent = { stage_id: string; attempt: number | null } & (
  | { type: "stage_started"; data: StageStarted }
  | { type: "stage_completed"; data: StageCompleted }
  | { type: "stage_failed"; data: StageFailed }
  | { type: "stage_retrying"; data: StageRetrying }
  | { type: "stage_skipped"; data: StageSkipped }
  /** A gate begins to wait, or a running agent asks for a permission (then it has a `request_id`). */
  | { type: "gate_waiting"; data: GateWaiting | PermissionAsked }
  | { type: "gate_resolved"; data: GateResolved | PermissionDecided }
  /** Of the stage's own budget. */
  | { type: "budget_warning"; data: BudgetWarning }
);

const isEventType = {
  execution_started: true,
  execution_paused: true,
  execution_resumed: true,
  execution_completed: true,
  stage_started: true,
  stage_completed: true,
  stage_failed: true,
  stage_retrying: true,
  stage_skipped: true,
  gate_waiting: true,
  gate_resolved: true,
  budget_warning: true,
} as const satisfies Record<ExecutionEvent["type"], true>;

export const eventTypes = Object.keys(isEventType) as [ExecutionEvent["type"], ...ExecutionEvent["type"][]];

export interface ExecutionCompleted {
  status: ExecutionStatus;
  had_failures: boolean;
  error_message: string | null;
}

/** Most of a budget is spent. Money is in dollars. */
export interface BudgetWarning {
  limit: "usd" | "tokens";
  budget: number;
  spent: number;
  spent_ratio: number;
}

export interface StageStarted {
  agent_id: string;
  model: string;
  inputs: ValueObject;
  context_consumed: ContextConsumed[];
  deadline_at: string;
  /** True when the same attempt runs again because its agent was gone without a result. */
  recovered: boolean;
  /** What the agent had used that is gone; absent where that is unknown or nothing. */
  usage?: Usage;
}

export interface StageCompleted {
  outputs: ValueObject;
  text: string | null;
  handoff_summary: string | null;
  usage: Usage | null;
  warnings: string[];
  /** Absent for a stage without a git worktree of its own. */
  workspace?: StepWorkspace;
}

export interface StageFailed {
  status: Extract<StepStatus, "failed" | "timed_out" | "cancelled">;
  error_class: string;
  error_message: string;
  findings?: ContractProblem[];
  handed_in?: HandedIn;
  usage: Usage | null;
}

export interface StageRetrying {
  status: Extract<StepStatus, "failed" | "timed_out">;
  error_class: string;
  error_message: string;
  findings?: ContractProblem[];
  handed_in?: HandedIn;
  /** The next try starts then, or when a place is free. */
  due_at: string;
  usage: Usage | null;
}

export interface StageSkipped {
  /** For people. */
  reason: string;
  cause: SkipCause;
  /** The declared defaults or null, as the stages after it see them. */
  outputs: ValueObject;
}

export interface GateWaiting extends GateQuestion {
  deadline_at: string;
}

export interface GateResolved {
  decision: "approved" | "rejected" | "timed_out";
  status: Extract<StepStatus, "completed" | "failed">;
  /** Null when it was approved. */
  error_class: "rejected" | "timeout" | null;
  actor: string;
  comment: string | null;
}

/** A line of an agent's log, as it stands among the events. */
export interface LogEvent {
  type: "log_line";
  /** Null where a damaged row no longer tells the stage. */
  stage_id: string | null;
  attempt: number | null;
  data: { stream: LogStream; text: string };
}

/**
 * An event as it is stored and sent: `seq` counts from 1 in each execution, without gap, log lines included. `at` is
 * ISO 8601, UTC. An event of the whole execution has no stage and no attempt.
 */
export type StoredEvent = { seq: number; run_id: string; at: string } & (
  (WholeExecutionEvent & { stage_id: null; attempt: null }) | StageEvent | LogEvent
);

export interface LogLine {
  seq: number;
  run_id: string;
  stage_id: string;
  attempt: number;
  at: string;
  stream: LogStream;
  text: string;
}

/** What an agent did (a transcript's event as JSON a line), what a program printed, and what skillmeat says. */
export const logStreams = ["agent", "stdout", "stderr", "system"] as const;
export type LogStream = (typeof logStreams)[number];
