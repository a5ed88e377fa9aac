import { readSync } from "node:fs";

/**
 * `bytes` are the line without its end, cut at the longest line's length, and only good during the call; `length` is
 * how long it is really; `end` is where the next line begins in the file.
 */
export type LineTaker = (bytes: Buffer, length: number, end: number) => void;

/** Follows a file that grows. Holds at most one unfinished line, however long it becomes. */
export interface LineTail {
  /** Reads at most one chunk up to that place in the file; returns how many bytes. */
  read(upTo: number): number;
  /** Passes on the last line even if it is unfinished. */
  end(): void;
}

/** Nothing is awaited between reading and taking the lines, so one buffer serves all files. */
const chunk = Buffer.allocUnsafe(256 * 1024);

/** How many bytes of one line are kept; the rest of it is counted and left out. */
export function createLineTail(file: number, longestBytes: number, take: LineTaker): LineTail {
  let position = 0;
  let held: Buffer[] = [];
  let heldLength = 0;
  let lineLength = 0;

  function hold(bytes: Buffer): void {
    lineLength += bytes.length;
    const kept = Math.min(bytes.length, longestBytes - heldLength);
    if (kept === 0) return;
    held.push(Buffer.from(bytes.subarray(0, kept)));
    heldLength += kept;
  }

  function give(rest: Buffer, end: number): void {
    if (lineLength === 0) return take(rest.subarray(0, longestBytes), rest.length, end);
    hold(rest);
    const line = Buffer.concat(held);
    const length = lineLength;
    held = [];
    heldLength = 0;
    lineLength = 0;
    take(line, length, end);
  }

  return {
    read(upTo) {
      const most = Math.min(chunk.length, upTo - position);
      if (most <= 0) return 0;
      const count = readSync(file, chunk, 0, most, position);
      const bytes = chunk.subarray(0, count);
      let start = 0;
      for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, start)) {
        give(bytes.subarray(start, at), position + at + 1);
        start = at + 1;
      }
      if (start < count) hold(bytes.subarray(start));
      position += count;
      return count;
    },
    end() {
      if (lineLength > 0) give(Buffer.alloc(0), position);
    },
  };
}
