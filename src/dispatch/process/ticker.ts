import { nextTurn } from "../../next-turn.ts";
import { longestTurnMs } from "./attempt-logs.ts";
import { openGarbageCollector } from "./garbage-collector.ts";

/** One timer for everything that is polled. It runs only while something is followed. */
export interface Ticker {
  /**
   * Calls back about every 40 ms; the callback returns how many bytes it has read. Returns the way to end it. A
   * callback that throws is not called again, and `failed` gets the error; the others go on.
   */
  follow(look: () => number, failed: (error: unknown) => void): () => void;
}

/** A line should reach its reader within 100 ms. */
const intervalMs = 40;

export function createTicker(): Ticker {
  const looks = new Map<() => number, (error: unknown) => void>();
  const collector = openGarbageCollector({ collect: () => Bun.gc(true), nowMs: () => performance.now() });
  let isPlanned = false;

  function plan(): void {
    if (isPlanned || looks.size === 0) return;
    isPlanned = true;
    setTimeout(() => void round(), intervalMs);
  }

  function bytesOf(look: () => number): number {
    try {
      const bytes = look();
      collector.add(bytes);
      return bytes;
    } catch (error) {
      looks.get(look)?.(error);
      looks.delete(look);
      return 0;
    }
  }

  /** A file that grows fast is read on without a pause, but the others get a turn in between. */
  async function round(): Promise<void> {
    let eager = new Set(looks.keys());
    let restedAt = performance.now();
    while (eager.size > 0) {
      const next = new Set<() => number>();
      for (const look of eager) {
        if (!looks.has(look)) continue;
        if (bytesOf(look) >= eagerFrom) next.add(look);
        if (performance.now() - restedAt < longestTurnMs) continue;
        await nextTurn();
        restedAt = performance.now();
      }
      eager = next;
    }
    isPlanned = false;
    plan();
  }

  return {
    follow(look, failed) {
      looks.set(look, failed);
      plan();
      return () => looks.delete(look);
    },
  };
}

/** A file that gave so much at once probably has more. */
const eagerFrom = 128 * 1024;
