import { setTimeout as pause } from "node:timers/promises";

const lookMs = 5;

/**
 * Looks again and again until `look` gives something, and gives that. Throws with what was waited for when it takes
 * longer than `mostMs`.
 */
export async function until<T>(
  what: string,
  look: () => T | null | false | undefined | Promise<T | null | false | undefined>,
  mostMs = 15_000,
): Promise<T> {
  const endMs = performance.now() + mostMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== false && found !== undefined) return found;
    if (performance.now() > endMs) throw new Error(`waited ${mostMs} ms in vain until ${what}`);
    await pause(lookMs);
  }
}
