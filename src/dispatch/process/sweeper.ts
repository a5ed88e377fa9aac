import { findMarked, signalProcess } from "./processes.ts";
import { isShortage } from "./shortage.ts";

/**
 * Ends every process that carries an attempt's id. Requests that come together share one pass over /proc, and passes
 * take at most about a tenth of the time, however many short attempts end.
 */
export interface Sweeper {
  /** Resolves when no process of the attempt is left; false when some could not be ended within 10 s. */
  sweep(attemptId: string): Promise<boolean>;
}

const restPerPass = 9;
const longestRestMs = 50;
const giveUpMs = 10_000;

interface SweepRequest {
  resolve: (isClean: boolean) => void;
  giveUpAt: number;
}

/** Null when the system is short of files, so that it cannot be told. */
function findMarkedNow(requests: ReadonlyMap<string, unknown>): Map<string, number[]> | null {
  try {
    return findMarked(new Set(requests.keys()));
  } catch (error) {
    if (isShortage(error)) return null;
    throw error;
  }
}

export function createSweeper(): Sweeper {
  const requests = new Map<string, SweepRequest[]>();
  let isPlanned = false;
  let restUntil = 0;

  function plan(waitMs: number): void {
    if (isPlanned) return;
    isPlanned = true;
    if (waitMs <= 0) setImmediate(pass);
    else setTimeout(pass, waitMs);
  }

  function pass(): void {
    isPlanned = false;
    const started = performance.now();
    const marked = findMarkedNow(requests);
    if (!marked) return plan(longestRestMs);
    for (const [id, waiting] of requests) {
      const pids = marked.get(id);
      for (const pid of pids ?? []) signalProcess(pid, "SIGKILL");
      const isOver = !pids || waiting.every(({ giveUpAt }) => giveUpAt <= started);
      if (!isOver) continue;
      requests.delete(id);
      for (const { resolve } of waiting) resolve(!pids);
    }
    const ended = performance.now();
    restUntil = ended + Math.min(longestRestMs, (ended - started) * restPerPass);
    // Killed processes take a moment to be gone; only a pass that finds none proves it.
    if (requests.size > 0) plan(restUntil - ended);
  }

  return {
    sweep(attemptId) {
      return new Promise((resolve) => {
        const now = performance.now();
        const waiting = requests.get(attemptId) ?? [];
        waiting.push({ resolve, giveUpAt: now + giveUpMs });
        requests.set(attemptId, waiting);
        plan(restUntil - now);
      });
    },
  };
}
