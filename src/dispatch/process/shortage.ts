import { setTimeout as sleep } from "node:timers/promises";

const codes: ReadonlySet<unknown> = new Set(["EMFILE", "ENFILE", "EAGAIN", "ENOMEM"]);
const firstWaitMs = 100;
const longestWaitMs = 5_000;

/** True when the system is short of files, processes or memory: others give some back, so that trying again helps. */
export function isShortage(error: unknown): error is Error & { code: string } {
  return error instanceof Error && "code" in error && codes.has(error.code);
}

/**
 * Does what the system may be short of something for, again and again until it is not. `waits` is told once, before the
 * first wait. Rejects with what else `work` throws, and with the signal's reason when that is aborted.
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
