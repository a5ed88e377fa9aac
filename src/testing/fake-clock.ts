import type { Alarm } from "../engine/deadlines.ts";

/** A clock that stands still until it is moved. */
export interface FakeClock extends Alarm {
  /** Moves on, and rings what becomes due on the way, in order. */
  advance(ms: number): void;
}

export function fakeClock(startMs = Date.parse("2026-01-02T03:04:05.000Z")): FakeClock {
  let nowMs = startMs;
  let alarms: { atMs: number; call: () => void }[] = [];
  return {
    now: () => nowMs,
    monotonic: () => nowMs,
    after: (ms, call) => {
      const alarm = { atMs: nowMs + ms, call };
      alarms.push(alarm);
      return () => {
        alarms = alarms.filter((other) => other !== alarm);
      };
    },
    advance: (ms) => {
      const endMs = nowMs + ms;
      for (;;) {
        const [next] = alarms.filter(({ atMs }) => atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs);
        if (!next) break;
        alarms = alarms.filter((other) => other !== next);
        nowMs = Math.max(nowMs, next.atMs);
        next.call();
      }
      nowMs = endMs;
    },
  };
}
