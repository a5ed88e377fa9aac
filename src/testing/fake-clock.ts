import type { Alarm } from "../engine/deadlines.ts";

/** A clock that stands still until it is moved. */
export interface FakeClock extends Alarm {
  /** Moves the clock forward and calls, in order, everything that becomes due. */
  advance(ms: number): void;
  /** Sets the wall clock forward or back. */
  jump(ms: number): void;
  /** Lets time pass on every clock without calling anything, like a stopped process or a suspended machine. */
  freeze(ms: number): void;
}

export function fakeClock(startMs = Date.parse("2026-01-02T03:04:05.000Z")): FakeClock {
  let wallMs = startMs;
  let nowMs = 0;
  let alarms: { atMs: number; call: () => void }[] = [];
  const pass = (ms: number): void => {
    nowMs += ms;
    wallMs += ms;
  };
  return {
    now: () => wallMs,
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
        pass(Math.max(0, next.atMs - nowMs));
        next.call();
      }
      pass(endMs - nowMs);
    },
    jump: (ms) => {
      wallMs += ms;
    },
    freeze: pass,
  };
}
