import type { ValueObject } from "../expression/value.ts";
import type { AgentFile, ContextModule } from "../execution/snapshot.ts";
import type { StoredEvent } from "../execution/event.ts";
import type { PartialMessage } from "../execution/partial-message.ts";
import type { RunOptions } from "../execution/record.ts";
import type { Signal, SignalAnswer } from "../execution/signal.ts";
import type { Trigger } from "../execution/status.ts";
import type { EffectiveDefinition } from "../workflow/effective.ts";
import type { EngineTrouble } from "./trouble.ts";

/** The engine as its callers see it. Only the engine moves executions; cli and http start, signal and follow them. */
export interface Engine {
  /** Stores a new execution and, where this engine drives any, begins it; resolves with its id once that is on disk. */
  start(request: StartRequest): Promise<string>;
  /**
   * Gives an execution a signal, whoever drives it, and waits for the answer. With no living holder this engine takes
   * the lease, applies it and gives the lease back without doing any stage.
   */
  signal(runId: string, signal: Signal): Promise<SignalAnswer>;
  /**
   * A new execution of the same snapshot and parameters. `secrets`: values of the secret parameters, which are not kept
   * once an execution has ended.
   */
  rerun(runId: string, from: RerunFrom, secrets?: ValueObject): Promise<string>;
  /** The names of the secret parameters that such a rerun needs in `secrets`. Throws as `rerun` does. */
  secretsOfRerun(runId: string, from: RerunFrom): readonly string[];
  /** Takes over one execution whose holder is dead and goes on with it. */
  takeOver(runId: string): Promise<"taken" | "held" | "ended">;
  /** Takes over every execution whose holder is dead; the ids taken. */
  recover(): Promise<string[]>;
  /** Calls back after each commit of this process with its events, in order. Returns the way to stop that. */
  subscribe(listener: (events: readonly StoredEvent[]) => void): () => void;
  /**
   * Calls back as agents of this engine write a message, at most ten times a second for each stage. This is the one
   * thing that is announced before it is stored: it never is, and the message that follows replaces it.
   */
  followPartials(listener: (partial: PartialMessage) => void): () => void;
  /** Ends this engine. `leave`: agents run on and are re-adopted later; `wait`: until they end; `stop`: ends them. */
  stop(mode: "leave" | "wait" | "stop"): Promise<void>;
  /** Resolves when the execution has ended and everything of it is cleared away. */
  ended(runId: string): Promise<void>;
  /** Why the engine accepts nothing at present; null: it accepts everything. */
  trouble(): EngineTrouble | null;
  /** Reports that another part of the program found the database failed for good. */
  giveUp(error: unknown): void;
  /** Rejects when the database failed for good: nothing is accepted any more. */
  readonly failed: Promise<never>;
}

export type RerunFrom =
  | { kind: "start" }
  /** `isFresh`: no agent goes on with the session that it had. Absent: it does where that can be. */
  | { kind: "failed"; isFresh?: boolean }
  | { kind: "stage"; stage_id: string };

/**
 * Everything an execution is made of, checked: the definition is valid, the parameters are typed, the agents are found.
 */
export interface StartRequest {
  definition: EffectiveDefinition;
  /** sha256 of the source text, hex. */
  definition_hash: string;
  workflow_id: string | null;
  parameters: ValueObject;
  overrides: ValueObject | null;
  trigger: Trigger;
  options: RunOptions;
  agents: Record<string, AgentFile>;
  /** Absolute path of the file the definition was read from; absent when it came from elsewhere. */
  definition_file?: string;
  /** The context modules it names, by reference; those that were found. */
  modules: Record<string, ContextModule>;
  /** The id of the execution (UUIDv7), for callers that must know it before it is stored. Default: a new one. */
  run_id?: string;
}
