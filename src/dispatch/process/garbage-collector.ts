/** Counts the bytes that were read of logs, and collects the garbage they leave now and then. */
export interface GarbageCollector {
  /** Counts one read, in bytes. */
  add(bytes: number): void;
}

/** Each byte of a log leaves several bytes of garbage, of which the runtime would let 100 MB gather. */
const collectEvery = 1024 * 1024;
/**
 * A collection blocks the loop, longer in a process that holds much memory: it takes at most this share of the time.
 */
const mostShare = 1 / 15;

interface CollectorOptions {
  collect: () => void;
  nowMs: () => number;
}

export function openGarbageCollector({ collect, nowMs }: CollectorOptions): GarbageCollector {
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
