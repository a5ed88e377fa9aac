import type { Value, ValueObject } from "../expression/value.ts";
import type { LogStream } from "../execution/event.ts";
import type { Masks } from "../execution/masks.ts";
import type { PreviousError } from "../execution/previous-error.ts";
import type { RunOptions, Usage } from "../execution/record.ts";
import type { AgentFile } from "../execution/snapshot.ts";
import type { EffectiveOutput } from "../workflow/effective.ts";

/** The port that carries a stage's work to an agent. Nothing else in the engine knows how a stage is done. */
export interface StageDispatcher {
  readonly name: string;
  /** Does one attempt. Never rejects for an agent's failure: that is a result with `ok: false`. */
  dispatch(request: StageRequest, control: DispatchControl): Promise<StageResult>;
  /**
   * Goes on with an attempt an earlier engine started. `gone`: its agent is no more and has left no result; `unbegun`:
   * it never began, so that nothing has been done.
   */
  readopt(request: StageRequest, control: DispatchControl): Promise<StageResult | "gone" | "unbegun">;
  /** For how long an attempt's agent that an earlier engine started has lived, in ms; null when none runs. */
  livedMs?(attempt: AttemptPlace): number | null;
  /**
   * Ends whatever is left of an attempt (processes, files); after the stage's last one its worktree, too, unless there
   * are changes in it. Safe to call for one that never was.
   */
  sweep(attempt: AttemptPlace, isLast?: boolean): Promise<void>;
}

/** What names an attempt, and where it leaves its traces. */
export interface AttemptPlace {
  /** `run/stage/attempt`: the idempotency key, and the mark that every descendant process carries. */
  attempt_id: string;
  /** Absolute folder of this attempt's files; made by the dispatcher. */
  attempt_dir: string;
  /**
   * Where the stage's own git worktree is, or is to be made by the dispatcher, for all attempts of the stage; null: it
   * works in `workdir`. What runs no program has no need of it.
   */
  worktree_dir: string | null;
  options: RunOptions;
}

export interface StageRequest extends AttemptPlace {
  run_id: string;
  stage_id: string;
  stage_name: string;
  attempt: number;
  agent: AgentFile | null;
  agent_ref: string;
  model: string;
  instructions: string | null;
  /** The whole task prompt, composed. */
  prompt: string;
  tools: string[];
  inputs: ValueObject;
  /** What the attempt before this one failed with; null for the first. */
  previous_error: PreviousError | null;
  context: string;
  outputs: Record<string, EffectiveOutput>;
  output_schema: Value;
  /** The run's. */
  workdir: string;
  /** The workflow's `env`, evaluated. */
  env: Record<string, string>;
  /** How long the agent may log nothing before it is stopped; null: as long as it likes. */
  idle_timeout_ms: number | null;
}

export interface DispatchControl {
  signal: AbortSignal;
  log: LogSink;
  /** Says that the agent cannot begin yet, so that its time does not run; the answer says that it begins. */
  holdTime?(): () => void;
  /** The execution's: whoever records something hides it by them. An agent may name more. */
  masks: Masks;
}

/**
 * Takes log lines. `offset` is where reading goes on after this line in the attempt's own file of that stream, in
 * bytes; it is stored with the line, so that a later engine neither loses nor repeats one.
 */
export interface LogSink {
  write(stream: LogStream, text: string, offset?: number): void;
  /** Where an earlier engine had got to in each file, in bytes. */
  readonly offsets: Readonly<Record<"stdout" | "stderr", number>>;
  /** Up to where the lines are in the database, in bytes: nobody reads the files before that for their lines again. */
  readonly stored: Readonly<Record<"stdout" | "stderr", number>>;
}

export interface StageError {
  class: string;
  message: string;
  retry_after_ms?: number;
  /** False: never tried again, whatever the retry policy says. */
  retryable?: boolean;
}

export interface StageResult {
  ok: boolean;
  /**
   * As the agent gave them; the engine checks them against the contract. Those of a failure are only kept to be looked
   * at.
   */
  outputs?: Record<string, unknown>;
  /** The text in the place of outputs that cannot be read. */
  raw_outputs?: string;
  /** The program's, where there is one. */
  exit_code?: number;
  text?: string;
  error?: StageError;
  usage?: Usage;
  warnings: string[];
}
