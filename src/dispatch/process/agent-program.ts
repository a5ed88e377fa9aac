import type { LogStream } from "../../execution/event.ts";
import type { Masks } from "../../execution/masks.ts";
import type { AgentTalk } from "./agent-talk.ts";
import type { MeteredUsage, StageError, StageRequest, StageResult, TextPiece } from "../dispatcher.ts";

/**
 * Everything that distinguishes one kind of agent program from another; the rest of an attempt is the same for all. `R`
 * is what it reads an agent's output with.
 */
export interface AgentProgram<R extends OutputReader = OutputReader> {
  /** The dispatcher's name. */
  name: string;
  /** How the agent is to be started, or the error that the attempt fails with. */
  prepare(
    request: StageRequest,
  ): AgentStart | { error: StageError } | Promise<AgentStart | { error: StageError }>;
  /** Variables of the agent's environment that name the files in the attempt's folder, absolute, to it. */
  variables(attemptDir: string): Record<string, string>;
  /** Called once by each engine that follows the attempt, before anything of its output is read. */
  openReader(masks: Masks, request: StageRequest): R;
  /** The request of the agent that a message to it answers; absent where no agent asks. */
  answeredIn?(message: string): string | null;
  /** The result of an agent that has ended by itself. Throws the system's errors. */
  readResult(ended: EndedAgent<R> & { status: number }): StageResult;
  /** As a dispatcher's. Throws the system's errors. */
  sessionLeft?(request: StageRequest): string | null;
  /** What an agent that was stopped has left: its usage is paid for, and its outputs can be looked at. */
  readLeft(stopped: EndedAgent<R>): MeteredUsage & Pick<StageResult, "outputs" | "raw_outputs" | "text">;
}

export interface AgentStart {
  /** The program's absolute path and its arguments. */
  argv: string[];
  /** What the agent reads on its stdin. It is stored as `input.json` in the attempt's folder. */
  input: string;
  /**
   * True: the agent is talked to while it works. `input` is then the first message, one line without its end.
   */
  isTwoWay?: boolean;
  /** More files for the attempt's folder by their paths in it; a text alone is the content of a plain file. */
  files?: Readonly<Record<string, string | AttemptFile>>;
  /** A file for the attempt's folder that names the folder in which the agent works: its worktree, if it has one. */
  workdirFile?: string;
  /** What the log should say before the agent begins. */
  warnings?: readonly string[];
}

export interface AttemptFile {
  content: string | Uint8Array;
  isExecutable: boolean;
}

export interface EndedAgent<R extends OutputReader = OutputReader> {
  request: StageRequest;
  reader: R;
  masks: Masks;
}

export type OutputStream = "stdout" | "stderr";

/** Reads what an agent prints line by line from the first line on, also after the engine has changed. */
export interface OutputReader {
  /** How many bytes of one line are kept in memory. */
  readonly longestLineBytes: Readonly<Record<OutputStream, number>>;
  /**
   * Takes one line without its end. `bytes` are the line, cut at `longestLineBytes`, and only good during the call;
   * `length` is how many bytes it really has.
   */
  hear(stream: OutputStream, bytes: Buffer, length: number): HeardLine;
  /** Warnings that the agent itself gave. */
  readonly warnings: readonly string[];
  /** Why the agent says that it failed; null when it has not said anything. */
  readonly complaint: string | null;
  /** Present where the program may be started as a two-way agent. */
  readonly talk?: AgentTalk;
  /**
   * Present where it is known what the agent uses while it works. False: it has said how it ended, so that nothing is
   * saved by stopping it.
   */
  readonly isInTurn?: boolean;
  /** Called at the end, when nothing is read any more. */
  close?(): void;
  /** Aborted when nothing good can come of the agent any more: it is stopped, and the attempt fails with the error. */
  readonly givesUp?: { readonly signal: AbortSignal; readonly error: StageError };
}

export interface HeardLine {
  /** What the log keeps of the line: one line, several or none. */
  texts: readonly string[];
  /** The log's stream that they belong to; absent: the one that the line came from. */
  stream?: LogStream;
  /** True when a later engine must read this line again, so that it has to stay in the file. */
  isToKeep: boolean;
  /** A piece of a message that comes whole later. Secrets are still in it. */
  piece?: TextPiece;
}
