import type { AgentFile } from "../dispatch/dispatcher.ts";
import type { LogLine, StoredEvent } from "../execution/event.ts";
import type { ExecutionRecord, StepRecord } from "../execution/record.ts";
import type { SignalAnswer } from "../execution/signal.ts";
import type { EffectiveDefinition } from "../workflow/effective.ts";

/** Everything that becomes durable in one commit: the transitions that were ready together. */
export interface TransitionBatch {
  holder_id: string;
  created: NewExecution[];
  updated: ExecutionUpdate[];
}

/** A record with its actor's snapshot, which only the engine reads. */
export interface Persisted<R> {
  record: R;
  /** JSON of the actor's snapshot. */
  machine: string;
}

export interface NewExecution {
  execution: Persisted<ExecutionRecord>;
  steps: Persisted<StepRecord>[];
  snapshot: ExecutionSnapshot;
  events: StoredEvent[];
}

/** What an execution keeps to: stored once for all executions that have the same. */
export interface ExecutionSnapshot {
  /** sha256 over definition and agents, hex. */
  hash: string;
  definition: EffectiveDefinition;
  agents: Record<string, AgentFile>;
}

export interface ExecutionUpdate {
  /** Always given: its `last_event` and `updated_at` move with everything. */
  execution: Persisted<ExecutionRecord>;
  /** Only the steps that changed. */
  steps: Persisted<StepRecord>[];
  events: StoredEvent[];
  logs: LogLine[];
  /** How far each attempt's own log files have been taken in, in bytes. */
  offsets: { stage_id: string; stdout: number; stderr: number }[];
  answers: { signal_id: string; answer: SignalAnswer }[];
  /** True: the lease is given back with this commit. */
  release: boolean;
}
