import { setTimeout as sleep } from "node:timers/promises";

const codes: ReadonlySet<unknown> = new Set(["EMFILE", "ENFILE", "EAGAIN", "ENOMEM"]);
const firstWaitMs = 100;
const longestWaitMs = 5_000;

/**
 * True when the system is short of files, processes or memory. Other processes give some back, so trying again helps.
 */
export function isShortage(error: unknown): error is Error & { code: string } {
  return error instanceof Error && "code" in error && codes.has(error.code);
}

/**
 * Repeats `work` until the system is no longer short of what it needs. `waits` is called once, before the first wait.
 * Rejects with any other error of `work`, and with the signal's reason when that is aborted.
 */
export async function untilPossible<T>(
  work: () => T | Promise<T>,
  waits: (shortage: Error) => void = () => {},
  signal?: AbortSignal,
): Promise<T> {
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
    try {
      return await work();
    } catch (error) {
      if (!isShortage(error)) throw error;
      if (waitMs === firstWaitMs) waits(error);
    }
    await sleep(waitMs, undefined, signal ? { signal } : {});
  }
}
