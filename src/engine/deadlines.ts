/** Instants at which something happens by itself. One timer for all of them, however many. */
export interface Deadlines {
  /** Sets, moves or (null) clears the one deadline of a key. */
  set(key: string, atMs: number | null): void;
  close(): void;
}

interface Entry {
  key: string;
  atMs: number;
  place: number;
}

/**
 * The longest sleep. Deadlines are instants of the wall clock, which may be set forward while we sleep; and a timer
 * above 24.8 days fires at once.
 */
const longestSleepMs = 20_000;

export interface Alarm {
  /** The wall clock, in ms: it may be set, forward and back. */
  now(): number;
  /** A clock that nobody sets, in ms from anywhere. */
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

/** `fire` gets every key whose instant has come, each once. */
export function openDeadlines(alarm: Alarm, fire: (keys: string[]) => void): Deadlines {
  const entries = new Map<string, Entry>();
  const heap: Entry[] = [];
  let stop: (() => void) | null = null;
  let armedMs = Infinity;
  const arm = (): void => {
    const next = heap[0];
    if (!next) return;
    if (stop && next.atMs >= armedMs) return;
    stop?.();
    armedMs = next.atMs;
    stop = alarm.after(Math.min(Math.max(0, next.atMs - alarm.now()), longestSleepMs), ring);
  };
  const ring = (): void => {
    stop = null;
    armedMs = Infinity;
    const nowMs = alarm.now();
    const due: string[] = [];
    for (let next = heap[0]; next && next.atMs <= nowMs; next = heap[0]) {
      removeAt(heap, next.place);
      entries.delete(next.key);
      due.push(next.key);
    }
    if (due.length > 0) fire(due);
    arm();
  };
  return {
    set: (key, atMs) => {
      const known = entries.get(key);
      if (known?.atMs === atMs) return;
      if (known) removeAt(heap, known.place);
      entries.delete(key);
      if (atMs === null) return;
      const entry = { key, atMs, place: heap.length };
      entries.set(key, entry);
      heap.push(entry);
      rise(heap, entry);
      arm();
    },
    close: () => {
      stop?.();
      heap.length = 0;
      entries.clear();
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
