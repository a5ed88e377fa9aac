import { closeSync, fsyncSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { attemptFiles, hasCode } from "./attempt-folder.ts";
import { carriesMark, signalProcess } from "./processes.ts";

/**
 * The file that a two-way agent's stdin is fed from. The engine that started the agent, and each that adopts it, only
 * append to it.
 */
export interface InputFile {
  /** The messages that it held when it was opened. */
  readonly said: readonly string[];
  /**
   * Appends messages, one line each, and returns those that were said when they are on disk. Half a line that a crash
   * has left is completed by the message that begins with it, which comes first then. Until there is one, nothing is
   * said; with `isComplete` there will be none, and the half is ended, which the agent reads as no message. Throws the
   * system's errors, and for a message with a line break in it.
   */
  say(messages: readonly string[], isComplete: boolean): readonly string[];
  close(): void;
}

/** Makes the file where it is not there yet. Throws the system's errors. */
export function openInputFile(attemptDir: string): InputFile {
  const path = join(attemptDir, attemptFiles.twoWayInput);
  const file = openSync(path, "a", 0o600);
  const content = readFileSync(path);
  const end = content.lastIndexOf(10) + 1;
  let half = content.subarray(end);

  function append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
  }

  return {
    said: content.toString("utf8", 0, end).split("\n").slice(0, -1),
    say(messages, isComplete) {
      if (messages.length === 0) return [];
      const lines = messages.map(lineOf);
      const begun = lines.findIndex((line) => half.length > 0 && line.indexOf(half) === 0);
      if (half.length > 0 && begun < 0) {
        if (!isComplete) return [];
        append(Buffer.from("\n"));
      }
      if (begun >= 0) append((lines[begun] ?? half).subarray(half.length));
      half = half.subarray(half.length);
      lines.forEach((line, at) => at !== begun && append(line));
      fsyncSync(file);
      return begun < 0 ? messages : [...messages.slice(begun, begun + 1), ...messages.toSpliced(begun, 1)];
    },
    close: () => closeSync(file),
  };
}

function lineOf(message: string): Buffer {
  if (message.includes("\n")) throw new Error("a message to an agent holds a line break");
  return Buffer.from(`${message}\n`);
}

/**
 * Ends a two-way agent's input: its stdin closes. Its supervisor waits until the agent has read everything; under a
 * shell it closes at once. Nothing happens for an agent that is gone.
 */
export function endInput(attemptDir: string, attemptId: string): void {
  const feeder = feederOf(attemptDir);
  if (feeder !== null && carriesMark(feeder, attemptId, attemptDir)) signalProcess(feeder, "SIGKILL");
  writeFileSync(join(attemptDir, attemptFiles.inputEnd), "", { mode: 0o600 });
}

/** The process that feeds the agent under a shell; null under a supervisor of our own. */
function feederOf(attemptDir: string): number | null {
  try {
    return Number(readFileSync(join(attemptDir, attemptFiles.feeder), "utf8")) || null;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}
