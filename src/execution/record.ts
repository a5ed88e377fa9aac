import type { Budget } from "../workflow/effective.ts";
import type { ContractProblem } from "../workflow/contract.ts";
import type { HandedIn } from "./handed-in.ts";
import type { Value, ValueObject } from "../expression/value.ts";
import type { PermissionRequest } from "./permission.ts";
import type { ExecutionStatus, PauseReason, StepStatus, Trigger } from "./status.ts";

/** Token counts are disjoint; money is integer micro-dollars. `unknown` is never shown as 0. */
export interface Usage {
  input: number;
  cache_read: number;
  cache_write: number;
  output: number;
  cost_micro_usd: number;
  basis: "reported" | "price_table" | "unknown";
}

/** One run of a workflow, as it is stored. Times are ISO 8601 UTC with milliseconds. */
export interface ExecutionRecord {
  run_id: string;
  /** The stored workflow's id; null when a file was run without being stored. */
  workflow_id: string | null;
  /** `workflow.id` of the definition. */
  workflow_slug: string;
  workflow_name: string;
  workflow_version: string;
  definition_hash: string;
  /**
   * Key of the merged definition and the agents of this execution, which stay the same whatever happens to the files.
   */
  snapshot_hash: string;
  status: ExecutionStatus;
  had_failures: boolean;
  trigger: Trigger;
  parameters: ValueObject;
  overrides: ValueObject | null;
  /** How its stages are done: see `RunOptions` of the engine. */
  options: RunOptions;
  progress_done: number;
  progress_total: number;
  waiting_gates: string[];
  started_at: string | null;
  completed_at: string | null;
  error_message: string | null;
  parent_id: string | null;
  /** Number of the newest event or log line; 0 before the first. */
  last_event: number;
  usage: Usage | null;
  /** What it may spend; at first what its definition says. */
  budget: Budget | null;
  /** Null while it is not paused. */
  pause_reason: PauseReason | null;
  created_at: string;
  updated_at: string;
}

/** What the run was told about how to do its stages; stored, so that a restart does the same. */
export interface RunOptions {
  workdir: string;
  /** Dispatcher for every stage; null: each agent's own. */
  dispatcher: string | null;
  /** Script of the simulated dispatcher. */
  script: Value;
  sim_delay_ms: number;
  /** Variables of the starter's environment that the agents may see (allow-listed). */
  env: Record<string, string>;
  /**
   * Variables of the starter's environment for the providers of the agents' models. Each dispatcher gets only its own.
   * Absent when there are none.
   */
  provider_env?: Record<string, string>;
  /** `--agent stage=ref`, already merged into the snapshot; kept for display. */
  context_modules: string[];
  /** What is masked in the record and the snapshot because it is secret; absent when nothing is. */
  kept_apart?: KeptApart;
}

/** What an execution needs besides the database; it is in `<home>/secrets` for as long as the execution lives. */
export interface KeptApart {
  /** Names. */
  parameters: string[];
  options: boolean;
  definition: boolean;
  /** Absolute path of the definition's file; null: the definition came from no file. */
  file: string | null;
}

/** The record of one stage in an execution. */
export interface StepRecord {
  run_id: string;
  stage_id: string;
  stage_name: string;
  type: "agent" | "gate";
  /** From 1. */
  batch: number;
  /** Position in the file, from 0. */
  position: number;
  status: StepStatus;
  attempt_number: number;
  agent_id: string | null;
  model: string | null;
  inputs: ValueObject | null;
  outputs: ValueObject | null;
  context_consumed: ContextConsumed[];
  /** The agent's own text, kept for `raw` handoff. */
  text: string | null;
  handoff_summary: string | null;
  error_message: string | null;
  error_class: string | null;
  skip_reason: string | null;
  skip_cause: SkipCause | null;
  /** What a gate asks, from the moment it waits; null before, and for an agent's stage. */
  gate: GateQuestion | null;
  started_at: string | null;
  completed_at: string | null;
  /** The instant at which the present state ends by itself: attempt timeout, next try, gate deadline. */
  deadline_at: string | null;
  recovered: boolean;
  reused: boolean;
  /** What its agents have asked people for: all that waits, and the last ones that were decided. */
  permission_requests: PermissionRequest[];
  decided_by: string | null;
  decision_comment: string | null;
  attempts: AttemptRecord[];
  usage: Usage | null;
  /** Null before it has completed, and for a stage without a git worktree of its own. */
  workspace: StepWorkspace | null;
}

/** What a stage has changed in its own git worktree. */
export interface StepWorkspace {
  branch: string;
  /** The last commit of the branch; null where the stage has made none. */
  commit: string | null;
  /** Paths in the repository that differ from where the stage began, sorted; at most 1,000, and 64 KiB of them. */
  changed_files: string[];
}

/** Why a stage was skipped: its own condition is false, or a stage before it does not let it go on. */
export type SkipCause = (typeof skipCauses)[number];

export const skipCauses = ["condition", "dependency"] as const;

export interface GateQuestion {
  message: string | null;
  /** Who may decide; empty: everybody. */
  approvers: string[];
}

export interface AttemptRecord {
  number: number;
  status: StepStatus;
  started_at: string;
  completed_at: string | null;
  error_class: string | null;
  error_message: string | null;
  /** What exactly was wrong with the outputs; absent for every other failure. */
  findings?: ContractProblem[];
  /** What it had handed in when it failed; absent when that was nothing. */
  handed_in?: HandedIn;
  usage: Usage | null;
}

export interface ContextConsumed {
  module_id: string;
  name: string;
  tokens: number;
  bytes: number;
}
