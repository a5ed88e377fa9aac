import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Invocation } from "./command.ts";

const mostBytes = 10 * 1024 * 1024;

/**
 * The log of a command that stores or runs. One that only `reads` adds to a log that is there and begins none: a home
 * stays as it is. With `--debug` all stands on stderr, too.
 */
export function lifecycleLog({ home, output, debug }: Invocation, reads = false): (entry: object) => void {
  const write = openLifecycleLog(home, output.note);
  const isKept = !reads || existsSync(lifecycleLogFile(home));
  return (entry) => {
    const line = JSON.stringify(entry);
    if (isKept) write(line);
    if (debug) output.note(line);
  };
}

export function lifecycleLogFile(home: string): string {
  return join(home, "logs", "skillmeat.jsonl");
}

/** The size is looked at once in so many lines. */
const checkEvery = 64;

/**
 * Appends lines to `<home>/logs/skillmeat.jsonl` (0600). At 10 MiB the file becomes `skillmeat.1.jsonl`, over the one
 * before. Several processes write to it; an append of one line is whole. A log that cannot be written stops no
 * execution: `onTrouble` is told, once.
 */
function openLifecycleLog(home: string, onTrouble: (message: string) => void): (line: string) => void {
  const file = lifecycleLogFile(home);
  let count = 0;
  let isBroken = false;
  return (line) => {
    if (isBroken) return;
    try {
      if (count === 0) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      if (count++ % checkEvery === 0 && bytesOf(file) > mostBytes) rotate(file);
      appendFileSync(file, `${line}\n`, { mode: 0o600 });
    } catch (error) {
      isBroken = true;
      onTrouble(`${file} cannot be written: ${error instanceof Error ? error.message : error}`);
    }
  };
}

function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function rotate(file: string): void {
  try {
    renameSync(file, file.replace(/\.jsonl$/, ".1.jsonl"));
  } catch (error) {
    // Another process has just done it.
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
