import type { Value, ValueObject } from "../expression/value.ts";
import type { EarlierSession } from "../execution/agent-session.ts";
import type { LogStream } from "../execution/event.ts";
import type { Masks } from "../execution/masks.ts";
import type { AskedCall } from "../execution/permission.ts";
import type { PreviousError } from "../execution/previous-error.ts";
import type { RunOptions, Usage } from "../execution/record.ts";
import type { AgentFile } from "../execution/snapshot.ts";
import type { UnpricedTokens } from "../execution/usage.ts";
import type { EffectiveOutput, Permissions } from "../workflow/effective.ts";

/** The port that carries a stage's work to an agent. Nothing else in the engine knows how a stage is done. */
export interface StageDispatcher {
  readonly name: string;
  /** Runs one attempt. Never rejects for an agent's failure: that is a result with `ok: false`. */
  dispatch(request: StageRequest, control: DispatchControl): Promise<StageResult>;
  /**
   * Goes on with an attempt that an earlier engine started. `gone`: its agent has ended and left no result; `unbegun`:
   * it never began, so nothing has been done.
   */
  readopt(request: StageRequest, control: DispatchControl): Promise<StageResult | "gone" | "unbegun">;
  /** How long an attempt's agent that an earlier engine started has lived, in ms; null when none runs. */
  livedMs?(attempt: AttemptPlace): number | null;
  /**
   * Ends whatever is left of an attempt; `what` is `attempt` unless it is given. It is safe to call this for an attempt
   * that never existed.
   */
  sweep(attempt: AttemptPlace, what?: Leftovers): Promise<void>;
  /**
   * The id of the session that an attempt's agent has left and that a later attempt can go on with; null where there is
   * none. Ask before the attempt is swept. Absent where no agent keeps one.
   */
  sessionLeft?(request: StageRequest): Promise<string | null>;
  /**
   * Which of its requests an attempt's agent was answered, also if it is gone; null when that cannot be known any more.
   * Absent where no agent asks.
   */
  answered?(attempt: AttemptPlace): string[] | null;
}

/**
 * `processes`: the attempt goes on later, and its files tell with which session; until then it counts as one that never
 * began; `attempt`: its files as well; `stage`:
 * it was the stage's last one, so its worktree is removed, too, unless there are changes in it.
 */
export type Leftovers = "processes" | "attempt" | "stage";

/** What identifies an attempt, and where it leaves its traces. */
export interface AttemptPlace {
  /** `run/stage/attempt`: the idempotency key, and the mark that every descendant process carries. */
  attempt_id: string;
  /** Absolute folder of this attempt's files; made by the dispatcher. */
  attempt_dir: string;
  /**
   * The path of the stage's own git worktree for all its attempts, which the dispatcher makes; null: the stage works in
   * `workdir`. A dispatcher that runs no program does not need it.
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
  /** False: neither the stage nor the agent's file names a model, and `model` is the default. */
  is_model_named: boolean;
  instructions: string | null;
  /** The whole task prompt, composed. */
  prompt: string;
  tools: string[];
  inputs: ValueObject;
  /** The error of the attempt before this one; null for the first. */
  previous_error: PreviousError | null;
  context: string;
  outputs: Record<string, EffectiveOutput>;
  output_schema: Value;
  /** The run's. */
  workdir: string;
  /** The workflow's `env`, evaluated. */
  env: Record<string, string>;
  /** Variables for the provider of this dispatcher's model, its keys among them. */
  provider_env: Record<string, string>;
  /** The nearest stages before it whose changes are in a commit; its own worktree is made from these. */
  worktree_from: { stage_id: string; commit: string }[];
  /** How long the agent may log nothing before it is stopped; null: there is no limit. */
  idle_timeout_ms: number | null;
  /** What follows when the agent wants what no rule in `tools` allows. */
  permissions: Permissions;
  /** Dollars that the attempt may still spend; null: as much as it takes. */
  dollars_left: number | null;
  /** What was charged for this very attempt before it was interrupted; null for one that begins. */
  charged: Usage | null;
  /** What an earlier attempt has left, to go on with; null: it begins anew. */
  session: EarlierSession | null;
  /** What people have decided that this attempt's agent had asked for, before it was gone. */
  decided: DecidedCall[];
}

/** A call of an agent that is gone, and what was decided of it. */
export interface DecidedCall {
  tool: string;
  title: string;
  allows: boolean;
  /** What the agent is told with a refusal. */
  message: string | null;
}

export interface DispatchControl {
  signal: AbortSignal;
  log: LogSink;
  /** Says that the agent cannot begin yet, so that its time does not run; the returned function says that it begins. */
  holdTime?(): () => void;
  /** Takes what the agent has used so far, as often as that is known to have changed while it works. */
  spend?(usage: MeteredUsage): void;
  /** Present when the agent's stage has `permissions: ask`. */
  permissions?: PermissionDesk;
  /** The execution's masks: everything that is recorded is hidden by them. An agent may name more secrets. */
  masks: Masks;
}

/** Where a running agent asks people for permissions. What they decide is stored before the agent is told. */
export interface PermissionDesk {
  /** Secrets are hidden in the call. One that is known already, also to an earlier engine, is not asked again. */
  ask(call: AskedCall): void;
  /** The agent needs no answer any more. */
  withdraw(id: string): void;
  /** All that is stored, in the order in which the agent gets them; earlier ones never change. */
  answers(): readonly PermissionAnswer[];
  /** True while somebody has to decide. */
  isWaiting(): boolean;
  /** Calls back when there may be more answers. Returns the way to stop that. */
  follow(listener: () => void): () => void;
}

export interface PermissionAnswer {
  /** Of the call. */
  id: string;
  /** Null: it was withdrawn, so there is nothing to be told. */
  allows: boolean | null;
  /** What the agent is told with a refusal. */
  message: string | null;
}

/**
 * Takes log lines. `offset` is where reading goes on after this line in the attempt's own file of that stream, in
 * bytes; it is stored with the line, so that a later engine neither loses nor repeats one.
 */
export interface LogSink {
  write(stream: LogStream, text: string, offset?: number): void;
  /** Takes a piece of a message that the agent is still writing, and that is written as an event once it is whole. */
  partial?(piece: TextPiece): void;
  /** Where an earlier engine had got to in each file, in bytes. */
  readonly offsets: Readonly<Record<"stdout" | "stderr", number>>;
  /** Up to where the lines are in the database, in bytes; nobody reads the files before that for their lines again. */
  readonly stored: Readonly<Record<"stdout" | "stderr", number>>;
}

/** `message` names the message: pieces of the same one follow each other. */
export interface TextPiece {
  message: string;
  text: string;
}

export interface StageError {
  class: string;
  message: string;
  retry_after_ms?: number;
  /** False: never tried again, whatever the retry policy says. */
  retryable?: boolean;
}

export interface Denials {
  /** The first ones. */
  calls: { tool: string; title: string }[];
  /** Of all that were denied. */
  count: number;
}

/** What an attempt has used. */
export type MeteredUsage = Pick<StageResult, "usage" | "unpriced">;

export interface StageResult {
  ok: boolean;
  /**
   * The outputs as the agent gave them; the engine checks them against the contract. Outputs of a failure are only kept
   * for people to look at.
   */
  outputs?: Record<string, unknown>;
  /** The text that was given as outputs but cannot be read as such. */
  raw_outputs?: string;
  /** The exit code of the program, where there is one. */
  exit_code?: number;
  text?: string;
  error?: StageError;
  usage?: Usage;
  /** The part of `usage` without a reported cost; absent: all of it, used by the model that was asked for. */
  unpriced?: UnpricedTokens[];
  /** True: a two-way agent has ended before it has done its task, and not because it was told to stop. */
  endedEarly?: boolean;
  /** What the agent wanted to do and was not allowed to, without secrets. */
  denials?: Denials;
  warnings: string[];
}
