import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

const mostBytes = 10 * 1024 * 1024;

/** The lifecycle log of one invocation. Commands that only read append to an existing log, but do not begin one. */
export interface InvocationLog {
  (entry: object): void;
  /** From now on entries are written, including the earlier ones: the home is in use. */
  begin(): void;
}

const mostEarly = 100;

/** With `debug` all entries also go to stderr. */
export function openInvocationLog(
  home: string,
  { note, debug }: { note: (message: string) => void; debug: boolean },
): InvocationLog {
  const write = openLifecycleLog(home, note);
  const early: string[] = [];
  let isKept: boolean | null = null;
  const log = (entry: object): void => {
    const line = JSON.stringify(entry);
    if (debug) note(line);
    isKept ??= existsSync(lifecycleLogFile(home));
    if (isKept) write(line);
    else if (early.length < mostEarly) early.push(line);
  };
  const begin = (): void => {
    isKept = true;
    for (const line of early.splice(0)) write(line);
  };
  return Object.assign(log, { begin });
}

export function lifecycleLogFile(home: string): string {
  return join(home, "logs", "skillmeat.jsonl");
}

/** The size is checked once in so many lines. */
const checkEvery = 64;

/**
 * Appends lines to `<home>/logs/skillmeat.jsonl` (0600). At 10 MiB the file becomes `skillmeat.1.jsonl`, over the one
 * before. Several processes write to it; an append of one line is whole. A log that cannot be written stops no
 * execution: `onTrouble` is told, once, and what comes later is tried all the same.
 */
function openLifecycleLog(home: string, onTrouble: (message: string) => void): (line: string) => void {
  const file = lifecycleLogFile(home);
  let count = 0;
  let isTold = false;
  return (line) => {
    try {
      if (count === 0) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      if (count++ % checkEvery === 0 && bytesOf(file) > mostBytes) rotate(file);
      appendFileSync(file, `${line}\n`, { mode: 0o600 });
    } catch (error) {
      if (isTold) return;
      isTold = true;
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
    // Another process has just renamed it.
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
