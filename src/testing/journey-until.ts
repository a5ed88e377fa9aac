import { setTimeout as pause } from "node:timers/promises";
import { longestWaitMs } from "./limits.ts";

const lookMs = 5;

/**
 * Calls `look` again and again until it returns something, and returns that. Throws an error that names `what` when it
 * takes longer than anything that works would take.
 */
export async function until<T>(
  what: string,
  look: () => T | null | false | undefined | Promise<T | null | false | undefined>,
): Promise<T> {
  const endMs = performance.now() + longestWaitMs;
  for (;;) {
    const beganMs = performance.now();
    const found = await look();
    if (found !== null && found !== false && found !== undefined) return found;
    const nowMs = performance.now();
    if (nowMs > endMs) throw new Error(`waited ${longestWaitMs} ms in vain until ${what}`);
    // The checks must not take processor time from the work that they wait for.
    await pause(Math.max(lookMs, nowMs - beganMs));
  }
}
