/** The deadlines of all executions, watched by one timer. */
export interface Deadlines {
  /** Sets, moves or (null) clears the one deadline of a key. */
  set(key: string, due: DueTime | null): void;
  /** How long it is to a key's deadline on the watched clock, in ms; null when it has none there. */
  leftMs(key: string): number | null;
  /**
   * The watched clock: milliseconds during which this process has really run. It stands still while the process is
   * stopped or the machine asleep, and nobody can set it.
   */
  watchedMs(): number;
  close(): void;
}

/** An appointment, by the wall clock, or the end of a duration, by the watched one. */
export interface DueTime {
  clock: Clock;
  atMs: number;
}

type Clock = "wall" | "watched";

interface Entry {
  key: string;
  clock: Clock;
  atMs: number;
  place: number;
}

/**
 * The longest that the timer sleeps. The wall clock may be set forward meanwhile, and a timer above 24.8 days fires at
 * once. Sleeping longer than intended counts as time that nobody has watched.
 */
const longestSleepMs = { wall: 20_000, watched: 1_000 } as const;
/** A busy machine may wake the timer this much late. */
const lateMs = 1_000;

export interface Alarm {
  /** The wall clock, in ms; it may be set forward and back. */
  now(): number;
  /** A clock that nobody sets, in ms from an arbitrary start. It may go on while the process is stopped. */
  monotonic(): number;
  /** Calls back once after so many milliseconds; returns the way to stop that. */
  after(ms: number, call: () => void): () => void;
}

export const realAlarm: Alarm = {
  now: Date.now,
  monotonic: () => performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/** `fire` gets every key whose time has come, each once. */
export function openDeadlines(alarm: Alarm, fire: (keys: string[]) => void): Deadlines {
  const entries = new Map<string, Entry>();
  const heaps: Record<Clock, Entry[]> = { wall: [], watched: [] };
  const watched = openWatchedClock(alarm);
  const nowBy = { wall: alarm.now, watched: watched.nowMs };
  let stop: (() => void) | null = null;

  const sleepMs = (clock: Clock): number => {
    const [next] = heaps[clock];
    return next ? Math.min(Math.max(0, next.atMs - nowBy[clock]()), longestSleepMs[clock]) : Infinity;
  };
  const arm = (): void => {
    const ms = Math.min(sleepMs("wall"), sleepMs("watched"));
    if (ms === Infinity || watched.wakesWithin(ms)) return;
    stop?.();
    watched.wakeAfter(ms);
    stop = alarm.after(ms, ring);
  };
  const ring = (): void => {
    stop = null;
    watched.wake();
    const clocks = ["wall", "watched"] as const;
    const due = clocks.flatMap((clock) => takeDue(heaps[clock], nowBy[clock]()));
    for (const key of due) entries.delete(key);
    if (due.length > 0) fire(due);
    arm();
  };
  return {
    set: (key, due) => {
      const known = entries.get(key);
      if (known && known.atMs === due?.atMs && known.clock === due.clock) return;
      if (known) removeAt(heaps[known.clock], known.place);
      entries.delete(key);
      if (due === null) return;
      const heap = heaps[due.clock];
      const entry = { key, ...due, place: heap.length };
      entries.set(key, entry);
      heap.push(entry);
      rise(heap, entry);
      arm();
    },
    leftMs: (key) => {
      const entry = entries.get(key);
      return entry?.clock === "watched" ? Math.max(0, entry.atMs - watched.nowMs()) : null;
    },
    watchedMs: watched.nowMs,
    close: () => {
      stop?.();
      for (const heap of Object.values(heaps)) heap.length = 0;
      entries.clear();
    },
  };
}

function takeDue(heap: Entry[], nowMs: number): string[] {
  const due: string[] = [];
  for (let next = heap[0]; next && next.atMs <= nowMs; next = heap[0]) {
    removeAt(heap, next.place);
    due.push(next.key);
  }
  return due;
}

/** Time counts while the process is awake, or sleeps as long as was intended. */
function openWatchedClock(alarm: Alarm) {
  let watchedMs = 0;
  let lookedAtMs = alarm.monotonic();
  /** When the timer will wake the process; without a timer no time is counted. */
  let wakesAtMs: number | null = null;
  const nowMs = (): number => {
    const now = alarm.monotonic();
    const until = wakesAtMs === null ? now : Math.min(now, wakesAtMs + lateMs);
    watchedMs += Math.max(0, until - lookedAtMs);
    lookedAtMs = now;
    return watchedMs;
  };
  return {
    nowMs,
    wakesWithin: (ms: number): boolean => wakesAtMs !== null && wakesAtMs <= alarm.monotonic() + ms,
    wakeAfter: (ms: number): void => {
      nowMs();
      wakesAtMs = alarm.monotonic() + ms;
    },
    wake: (): void => {
      nowMs();
      wakesAtMs = null;
    },
  };
}

function removeAt(heap: Entry[], place: number): void {
  const last = heap.pop();
  if (!last || last.place === place) return;
  last.place = place;
  heap[place] = last;
  rise(heap, last);
  sink(heap, last);
}

function rise(heap: Entry[], entry: Entry): void {
  while (entry.place > 0) {
    const parent = heap[(entry.place - 1) >> 1];
    if (!parent || parent.atMs <= entry.atMs) return;
    swap(heap, entry, parent);
  }
}

function sink(heap: Entry[], entry: Entry): void {
  for (;;) {
    const left = heap[2 * entry.place + 1];
    const right = heap[2 * entry.place + 2];
    const child = right && left && right.atMs < left.atMs ? right : left;
    if (!child || child.atMs >= entry.atMs) return;
    swap(heap, entry, child);
  }
}

function swap(heap: Entry[], a: Entry, b: Entry): void {
  [a.place, b.place] = [b.place, a.place];
  heap[a.place] = a;
  heap[b.place] = b;
}
