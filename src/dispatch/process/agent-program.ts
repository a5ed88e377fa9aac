import type { Masks } from "../../execution/masks.ts";
import type { StageError, StageRequest, StageResult } from "../dispatcher.ts";

/** Everything that distinguishes one kind of agent program from another; the rest of an attempt is the same for all. */
export interface AgentProgram {
  /** The dispatcher's name. */
  name: string;
  /** The program's absolute path and its arguments, or the error that the attempt fails with. */
  command(request: StageRequest): { argv: string[] } | { error: StageError };
  /** Variables of the agent's environment that name the files in the attempt's folder, absolute, to it. */
  variables(attemptDir: string): Record<string, string>;
  /** What the agent reads on its stdin. It is stored as `input.json` in the attempt's folder. */
  input(request: StageRequest): string;
  /** Called once by each engine that follows the attempt, before anything of its output is read. */
  openReader(masks: Masks): OutputReader;
  /** The result of an agent that has ended by itself. Throws the system's errors. */
  readResult(ended: EndedAgent & { status: number }): StageResult;
  /** What an agent that was stopped has left: its usage is paid for, and its outputs can be looked at. */
  readLeft(stopped: EndedAgent): Pick<StageResult, "usage" | "outputs" | "raw_outputs" | "text">;
}

export interface EndedAgent {
  request: StageRequest;
  reader: OutputReader;
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
}

export interface HeardLine {
  /** The line as the log shows it; null when the log does not show it. */
  text: string | null;
  /** True when a later engine must read this line again, so that it has to stay in the file. */
  isToKeep: boolean;
}
