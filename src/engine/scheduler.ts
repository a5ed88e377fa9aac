/**
 * Wakes an engine for everything that is no stored deadline: its next turn, its regular looks, its short waits. It is
 * apart from the `Alarm`, so that a test can let deadlines stand still while signals of other processes are still
 * noticed.
 */
export interface Scheduler {
  /** Calls back once everything else that is ready in this turn of the event loop has had its turn. */
  nextTurn(call: () => void): void;
  /** Calls back once after so many milliseconds; returns the way to stop that. */
  after(ms: number, call: () => void): () => void;
  /** Calls back every so many milliseconds; returns the way to stop that. */
  every(ms: number, call: () => void): () => void;
  /** Milliseconds from an arbitrary start; nobody sets this clock. */
  elapsedMs(): number;
}

export const realScheduler: Scheduler = {
  nextTurn: (call) => void setImmediate(call),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  every: (ms, call) => {
    const timer = setInterval(call, ms);
    return () => clearInterval(timer);
  },
  elapsedMs: () => performance.now(),
};
