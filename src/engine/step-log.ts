import type { LogStream } from "../execution/event.ts";

/** Bounds what is kept of one step's log: its head as it comes, and when that is full the last lines at the end. */
export interface StepLog {
  /** The line as it is to be kept now; null while only the tail is kept in mind. */
  take(line: KeptLine): KeptLine | null;
  /** What was held back, with a line that says what is missing; the attempt is over. */
  end(): { lines: KeptLine[]; cut: { lines: number; bytes: number } } | null;
}

export interface KeptLine {
  stream: LogStream;
  text: string;
}

export const longestLineBytes = 64 * 1024;
const tailShare = 10;
const leastTailBytes = longestLineBytes;

/** `bytes`: what is stored of the step already. `mostBytes`: the total; its last tenth is for the tail. */
export function openStepLog(bytes: number, mostBytes: number): StepLog {
  const headBytes = mostBytes - Math.floor(mostBytes / tailShare);
  let kept = bytes;
  /** What is left for a tail; a step that is tried again has used some of it up. */
  const tailBytes = (): number => Math.max(mostBytes - Math.max(kept, headBytes), leastTailBytes);
  let tail: { line: KeptLine; bytes: number }[] = [];
  /** Where the tail begins in its list: what is before it is dropped now and then, not line by line. */
  let first = 0;
  let held = 0;
  let cut = { lines: 0, bytes: 0 };
  return {
    take: (line) => {
      const short = shortened(line);
      const size = Buffer.byteLength(short.text);
      if (tail.length === 0 && kept + size <= headBytes) {
        kept += size;
        return short;
      }
      tail.push({ line: short, bytes: size });
      held += size;
      while (held > tailBytes() && first < tail.length - 1) {
        const gone = tail[first++]?.bytes ?? 0;
        held -= gone;
        cut.lines++;
        cut.bytes += gone;
      }
      if (first > 1000 && first > tail.length / 2) {
        tail = tail.slice(first);
        first = 0;
      }
      return null;
    },
    end: () => {
      if (tail.length === 0) return null;
      const lines = tail.slice(first).map(({ line }) => line);
      const says = `… ${cut.lines} lines (${cut.bytes} bytes) are left out here: the log is longer than is kept …`;
      const result = {
        lines: cut.lines > 0 ? [{ stream: "system" as const, text: says }, ...lines] : lines,
        cut,
      };
      kept += held;
      [tail, first, held, cut] = [[], 0, 0, { lines: 0, bytes: 0 }];
      return result;
    },
  };
}

function shortened(line: KeptLine): KeptLine {
  if (line.text.length * 3 <= longestLineBytes || Buffer.byteLength(line.text) <= longestLineBytes)
    return line;
  const marker = " … (cut)";
  const text = Buffer.from(line.text).subarray(0, longestLineBytes - Buffer.byteLength(marker));
  return { ...line, text: `${text.toString().replace(/\uFFFD+$/, "")}${marker}` };
}
