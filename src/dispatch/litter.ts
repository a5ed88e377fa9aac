/** Counts what was read of logs, and has its garbage collected now and then. */
export interface Litter {
  /** To be told of every read, in bytes. */
  add(bytes: number): void;
}

/** Each byte of a log leaves several bytes of garbage: the runtime would let 100 MB of it gather. */
const collectEvery = 2 * 1024 * 1024;
/** A collection holds the loop, longer in a process that keeps much: it takes at most this share of the time. */
const mostShare = 1 / 50;

interface LitterOptions {
  collect: () => void;
  nowMs: () => number;
}

export function openLitter({ collect, nowMs }: LitterOptions): Litter {
  let bytes = 0;
  let notBefore = 0;
  return {
    add(count) {
      bytes += count;
      const started = nowMs();
      if (bytes < collectEvery || started < notBefore) return;
      collect();
      const ended = nowMs();
      bytes = 0;
      notBefore = ended + (ended - started) / mostShare;
    },
  };
}
