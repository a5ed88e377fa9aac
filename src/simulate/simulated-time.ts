import { drainMicrotasks } from "bun:jsc";
import type { Alarm } from "../engine/deadlines.ts";
import type { Scheduler } from "../engine/scheduler.ts";
import type { Draw } from "../testing/random-definition.ts";

/** Whoever gets turns: a process that may die or stand still, or the outside world. */
export interface Owner {
  isAlive: boolean;
  /** Gets no turn before this moment. */
  stalledUntilMs: number;
}

/** The one clock and the one order of everything that happens in a simulated history. Nothing in it really waits. */
export interface SimulatedTime {
  /** Milliseconds since the beginning; nobody sets it. */
  nowMs(): number;
  /** The clock on the wall, in ms. */
  wallMs(): number;
  setWall(byMs: number): void;
  /** Calls back at that moment, unless its owner has died; what is due together comes in the order of asking. */
  at(atMs: number, owner: Owner, call: () => void): () => void;
  alarmOf(owner: Owner): Alarm;
  schedulerOf(owner: Owner): Scheduler;
  /** Somebody has committed: whoever looks regularly looks often again. */
  stir(): void;
  /** Lets happen what is due until that moment, or until `isOver`. `failed` gets what is thrown by whoever lives. */
  run(untilMs: number, isOver: () => boolean, failed: (error: unknown) => void): void;
  /** How many calls there were. */
  turns(): number;
}

interface Entry {
  atMs: number;
  order: number;
  owner: Owner;
  call: (() => void) | null;
}

const beginsMs = Date.parse("2026-01-02T03:04:05.000Z");
/** Where nothing changes, regular looks become rarer: they would be most of a history that waits for a minute. */
const rarest = 20;

export function simulateTime(draw: Draw): SimulatedTime {
  const heap = openHeap();
  const clock = { nowMs: 0, offsetMs: 0, stirredAtMs: 0 };
  let order = 0;
  let turns = 0;
  const wallMs = (): number => beginsMs + clock.nowMs + clock.offsetMs;
  const at: SimulatedTime["at"] = (atMs, owner, call) => {
    const entry: Entry = { atMs: Math.max(clock.nowMs, Math.ceil(atMs)), order: order++, owner, call };
    heap.push(entry);
    return () => {
      entry.call = null;
    };
  };
  const later = (owner: Owner, ms: number, call: () => void): (() => void) =>
    at(clock.nowMs + Math.max(0, ms) + latenessMs(draw), owner, call);
  const turn = (entry: Entry, failed: (error: unknown) => void): void => {
    const { owner, call } = entry;
    if (call === null || !owner.isAlive) return;
    if (owner.stalledUntilMs > clock.nowMs) {
      return heap.push(Object.assign(entry, { atMs: owner.stalledUntilMs }));
    }
    turns++;
    try {
      call();
    } catch (error) {
      if (owner.isAlive) failed(error);
    }
    drainMicrotasks();
  };
  return {
    nowMs: () => clock.nowMs,
    wallMs,
    setWall: (byMs) => void (clock.offsetMs += byMs),
    at,
    alarmOf: (owner) => ({
      now: wallMs,
      monotonic: () => clock.nowMs,
      after: (ms, call) => later(owner, ms, call),
    }),
    schedulerOf: (owner) => ({
      nextTurn: (call) => void later(owner, 0, call),
      after: (ms, call) => later(owner, ms, call),
      every: (ms, call) => every(clock, at, { owner, ms, call }),
      elapsedMs: () => clock.nowMs,
    }),
    stir: () => void (clock.stirredAtMs = clock.nowMs),
    run: (untilMs, isOver, failed) => {
      for (let next = heap.peek(); next && next.atMs <= untilMs; next = heap.peek()) {
        heap.pop();
        clock.nowMs = Math.max(clock.nowMs, next.atMs);
        turn(next, failed);
        if (isOver()) return;
      }
      clock.nowMs = Math.max(clock.nowMs, untilMs);
    },
    turns: () => turns,
  };
}

function every(
  clock: { nowMs: number; stirredAtMs: number },
  at: SimulatedTime["at"],
  { owner, ms, call }: { owner: Owner; ms: number; call: () => void },
): () => void {
  let stop = (): void => {};
  const arm = (): void => {
    const quietMs = clock.nowMs - clock.stirredAtMs;
    const periods = Math.min(rarest, 1 + Math.floor(quietMs / (8 * ms)));
    stop = at(clock.nowMs + ms * periods, owner, () => {
      arm();
      call();
    });
  };
  arm();
  return () => stop();
}

/** A loop is at once, nearly at once, or busy. */
function latenessMs(draw: Draw): number {
  const chance = draw.upTo(20);
  return chance < 14 ? 0 : chance < 19 ? 1 + draw.upTo(4) : draw.upTo(40);
}

function openHeap() {
  const entries: Entry[] = [];
  const isBefore = (a: Entry, b: Entry): boolean =>
    a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
  const sink = (last: Entry): void => {
    let place = 0;
    for (;;) {
      const left = entries[2 * place + 1];
      const right = entries[2 * place + 2];
      if (!left) break;
      const child = right && isBefore(right, left) ? right : left;
      if (isBefore(last, child)) break;
      entries[place] = child;
      place = child === left ? 2 * place + 1 : 2 * place + 2;
    }
    entries[place] = last;
  };
  return {
    peek: (): Entry | undefined => entries[0],
    push: (entry: Entry): void => {
      let place = entries.push(entry) - 1;
      while (place > 0) {
        const above = entries[(place - 1) >> 1];
        if (!above || isBefore(above, entry)) break;
        entries[place] = above;
        place = (place - 1) >> 1;
      }
      entries[place] = entry;
    },
    pop: (): void => {
      const last = entries.pop();
      if (last && entries.length > 0) sink(last);
    },
  };
}
