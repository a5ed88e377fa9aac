import type { RerunFrom } from "../engine/engine.ts";
import type { OnFailure } from "../workflow/effective.ts";

/**
 * Everything that happens in one simulated history, as a JSON value: what a seed is drawn into, what a failure is
 * shrunk to and what a regression is kept as. All times are milliseconds from the beginning.
 */
export interface Scenario {
  /** Decides the latencies and the order of what happens at the same moment. */
  seed: number;
  workflows: WorkflowPlan[];
  /** The first one is the server; the others are foreground runs. */
  processes: ProcessPlan[];
  actions: Action[];
  faults: Fault[];
  /** Followers of the feed of all executions, each at its own pace. */
  readers: number;
}

export interface WorkflowPlan {
  scheduling: "batch" | "eager";
  max_parallel: number;
  timeout_ms: number;
  stages: StagePlan[];
  /** In tokens; absent or null: it has none. */
  budget?: number | null;
}

export interface StagePlan {
  id: string;
  depends_on: string[];
  condition: string | null;
  on_failure: OnFailure;
  timeout_ms: number;
  /** Takes this output of an earlier stage in, which that one may not have given. */
  input_from: string | null;
  retry: { attempts: number; wait_ms: number };
  /** What the agents of this stage do, attempt for attempt; the last one is repeated. Empty for a gate. */
  agents: AgentPlan[];
  has_summary: boolean;
  gate: GatePlan | null;
  /** In tokens; absent or null: it has none of its own. */
  budget?: number | null;
}

export interface GatePlan {
  on_timeout: "halt" | "auto_approve" | "reject";
  on_skip: "skip_dependents" | "proceed";
  approvers: string[];
}

export interface AgentPlan {
  /**
   * `vanish`: it is gone without a result; `hang`: it never ends by itself; `stubborn`: it hangs, and when it is told
   * to stop it hands its result in all the same.
   */
  ends: "well" | "badly" | "for_good" | "without_outputs" | "vanish" | "hang" | "stubborn";
  ms: number;
  lines: number;
  /** For so long the machine has no room for it. Its engine waits, and the clock of its timeout stands still. */
  waits_ms: number;
  /** Its program shows up so long after it was launched, also when its engine has died in between. */
  begins_ms: number;
  /** Its result is read so long after its end. */
  told_ms: number;
  /** Tokens that it uses, evenly over its time; it tells with its lines what it has used so far. Absent: none. */
  spends?: number;
}

export interface ProcessPlan {
  max_steps: number;
}

/** Who does it: one of the processes, or a command that only passes by. */
export type Actor = number | "command";

/** `run`: the how-manieth start of the history it is about. */
export type Action = { at_ms: number } & (
  | { kind: "start"; by: Actor; workflow: number }
  | { kind: "rerun"; by: Actor; run: number; from: RerunFrom }
  | { kind: "pause" | "cancel"; by: Actor; run: number }
  /** `budget`: the tokens that it may spend in all from then on. */
  | { kind: "resume"; by: Actor; run: number; budget?: number }
  | { kind: "approve" | "reject"; by: Actor; run: number; stage_id: string; actor: string }
  | { kind: "take_over"; by: number; run: number }
  | { kind: "stop"; by: number; mode: "leave" | "wait" | "stop"; down_ms: number }
);

export type Fault =
  | CrashFault
  /** The n-th use of the database by a process fails. */
  | { kind: "failure"; process: number; operation: number; code: "FULL" | "IOERR" | "BUSY"; lasts_ms: number }
  | { kind: "clock"; at_ms: number; by_ms: number }
  /** The process gets no turn, as after SIGSTOP. */
  | { kind: "stall"; process: number; at_ms: number; ms: number }
  /** All others take the process for dead. */
  | { kind: "mistake"; process: number; at_ms: number; ms: number };

export interface CrashFault {
  kind: "crash";
  process: number;
  /** The n-th commit, use of the database or visible act of the process over all its lives, or a moment. */
  when:
    { commit: number; side: "before" | "after" } | { operation: number } | { act: number } | { ms: number };
  down_ms: number;
  /** `process`: only the process ends; `agents`: with all agents; `machine`: with all processes and agents. */
  takes: "process" | "agents" | "machine";
}
