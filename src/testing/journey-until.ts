import { setTimeout as pause } from "node:timers/promises";
import { longestWaitMs } from "./limits.ts";

const lookMs = 5;

/**
 * Looks again and again until `look` gives something, and gives that. Throws with what was waited for when it takes
 * longer than anything that works may take.
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
    // Looking must not keep the machine busy that does what is looked for.
    await pause(Math.max(lookMs, nowMs - beganMs));
  }
}
