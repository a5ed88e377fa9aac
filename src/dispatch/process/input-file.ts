import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { attemptFiles, hasCode } from "./attempt-folder.ts";
import { carriesMark, signalProcess } from "./processes.ts";

/**
 * The file that a two-way agent's stdin is fed from. The engine that started the agent, and each that adopts it, only
 * append to it. Its content is known from elsewhere: the messages to the agent are stored before they are sent.
 */
export interface InputFile {
  /**
   * Appends what the file does not hold yet of all messages so far, one line each, and returns when they are on disk.
   * Half a line that a crash has left is completed. Each call's messages begin with those of the call before. Throws
   * the system's errors, and for a message with a line break in it.
   */
  catchUp(messages: readonly string[]): void;
  close(): void;
}

/** Makes the file where it is not there yet. Throws the system's errors. */
export function openInputFile(attemptDir: string): InputFile {
  const file = openSync(join(attemptDir, attemptFiles.twoWayInput), "a", 0o600);
  const size = fstatSync(file).size;
  let known = 0;
  let end = 0;
  return {
    catchUp(messages) {
      const before = Math.max(size, end);
      for (const message of messages.slice(known)) {
        if (message.includes("\n")) throw new Error("a message to an agent holds a line break");
        const line = Buffer.from(`${message}\n`);
        const held = Math.min(line.length, Math.max(0, size - end));
        for (let at = held; at < line.length;) at += writeSync(file, line, at);
        end += line.length;
        known++;
      }
      if (end > before) fsyncSync(file);
    },
    close: () => closeSync(file),
  };
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
