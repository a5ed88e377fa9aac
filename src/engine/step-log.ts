import type { LogStream } from "../execution/event.ts";

/**
 * Bounds what is kept of one step's log: its first lines as they come and, once there is too much, its last lines at
 * the end.
 */
export interface StepLog {
  /** The line to keep now; null while only the tail is held in memory. */
  take(line: KeptLine): KeptLine | null;
  /** What has been left out for good since the last call. */
  leftOut(): LeftOut;
  /**
   * The next piece of what was held back, once the attempt is over; null when there is none. The first piece has a line
   * that says what is missing.
   */
  endPiece(): LogPiece | null;
}

/** `cut`: what has been left out since the last call; null in all but the first piece. */
export interface LogPiece {
  lines: KeptLine[];
  cut: LeftOut | null;
  isLast: boolean;
}

export interface KeptLine {
  stream: LogStream;
  text: string;
  /** Where reading goes on after the line in the attempt's own file of that stream. */
  offset?: number;
}

/** `bytes` of text; `offsets`: where reading goes on after it in the attempt's files. */
export interface LeftOut {
  lines: number;
  bytes: number;
  offsets: { stdout?: number; stderr?: number };
}

export const longestLineBytes = 64 * 1024;
const tailShare = 10;
const leastTailBytes = longestLineBytes;
/**
 * The tail is stored in pieces: storing it all at once would fill much memory, counting what a commit takes per line.
 */
const mostPieceLines = 1000;
const mostPieceBytes = 1 << 20;
const mostNoticeBytes = 150;

/** What the database takes for a line beside its text: the other columns, and two indexes (measured, rounded up). */
export function lineCost(stageId: string): number {
  return 170 + 2 * Buffer.byteLength(stageId);
}

interface Facts {
  lines: number;
  bytes: number;
}

interface StepLogOptions {
  /** The total on disk, in bytes; its last tenth is for the tail. */
  mostBytes: number;
  /** What a line takes beside its text, in bytes. */
  lineBytes: number;
}

/** `stored`: what the database has of the step already. */
export function openStepLog(
  stored: Facts & { cut: Facts; untold: Facts },
  { mostBytes, lineBytes }: StepLogOptions,
): StepLog {
  const headBytes = mostBytes - Math.floor(mostBytes / tailShare);
  let kept = stored.bytes + stored.lines * lineBytes;
  /** The line that says what is missing has a place of its own, so that the room is the same once it is stored. */
  const isTold = stored.cut.lines > 0 && stored.untold.lines === 0;
  let noticeBytes = isTold ? 0 : mostNoticeBytes + lineBytes;
  /** What is left for a tail; a step that is tried again has used some of it up. */
  const tailBytes = (): number =>
    Math.max(mostBytes - noticeBytes - Math.max(kept, headBytes), leastTailBytes);
  // An engine that died in the middle has stored how much it left out, but no line that says so.
  let said = { ...stored.untold };
  let cut = noLinesLeftOut();
  /** True between the first and the last piece of the end. */
  let isEnding = false;

  function drop({ line, bytes }: HeldLine): void {
    cut.lines++;
    cut.bytes += bytes - lineBytes;
    const file = fileOf(line.stream);
    if (line.offset !== undefined && file !== null) cut.offsets[file] = line.offset;
  }

  const tail = createTail(drop);

  function takeLeftOut(): LeftOut {
    const since = cut;
    said = { lines: said.lines + since.lines, bytes: said.bytes + since.bytes };
    cut = noLinesLeftOut();
    return since;
  }

  return {
    leftOut: takeLeftOut,
    take: (line) => {
      const short = shorten(line);
      const size = Buffer.byteLength(short.text) + lineBytes;
      if (tail.isEmpty() && said.lines === 0 && kept + size <= headBytes) {
        kept += size;
        return short;
      }
      tail.push(short, size, tailBytes());
      return null;
    },
    endPiece: () => {
      if (tail.isEmpty()) return null;
      const isFirst = !isEnding;
      const since = isFirst ? takeLeftOut() : null;
      const notice = said.lines > 0 ? [noticeOf(said)] : [];
      const { lines, bytes } = tail.shift();
      kept += bytes;
      isEnding = !tail.isEmpty();
      if (notice.length > 0) [said, noticeBytes] = [{ lines: 0, bytes: 0 }, 0];
      return { lines: [...notice, ...lines], cut: since, isLast: !isEnding };
    },
  };
}

/** The agent's file that a line of this stream was read from; a transcript is read from what the program prints. */
export function fileOf(stream: LogStream): "stdout" | "stderr" | null {
  if (stream === "system") return null;
  return stream === "agent" ? "stdout" : stream;
}

function noticeOf({ lines, bytes }: Facts): KeptLine {
  const text = `… ${lines} lines (${bytes} bytes) are left out here: the log is longer than is kept …`;
  return { stream: "system", text };
}

/** The last lines, within the bytes that are left; at least one. */
function createTail(drop: (gone: HeldLine) => void) {
  let lines: HeldLine[] = [];
  /** Where the tail begins in its list: the lines before it are dropped in blocks, not one by one. */
  let first = 0;
  let held = 0;
  return {
    isEmpty: () => lines.length === 0,
    push(line: KeptLine, bytes: number, most: number): void {
      lines.push({ line, bytes });
      held += bytes;
      while (held > most && first < lines.length - 1) {
        const gone = lines[first++];
        if (!gone) break;
        held -= gone.bytes;
        drop(gone);
      }
      if (first <= 1000 || first <= lines.length / 2) return;
      lines = lines.slice(first);
      first = 0;
    },
    /** Takes as many of the first lines as make a piece. */
    shift(): { lines: KeptLine[]; bytes: number } {
      const piece: KeptLine[] = [];
      let taken = 0;
      for (; first < lines.length && piece.length < mostPieceLines && taken < mostPieceBytes; first++) {
        const next = lines[first];
        if (!next) break;
        piece.push(next.line);
        taken += next.bytes;
      }
      held -= taken;
      if (first === lines.length) [lines, first] = [[], 0];
      return { lines: piece, bytes: taken };
    },
  };
}

interface HeldLine {
  line: KeptLine;
  bytes: number;
}

function noLinesLeftOut(): LeftOut {
  return { lines: 0, bytes: 0, offsets: {} };
}

function shorten(line: KeptLine): KeptLine {
  if (line.text.length * 3 <= longestLineBytes || Buffer.byteLength(line.text) <= longestLineBytes)
    return line;
  const marker = " … (cut)";
  const text = Buffer.from(line.text).subarray(0, longestLineBytes - Buffer.byteLength(marker));
  return { ...line, text: `${text.toString().replace(/\uFFFD+$/, "")}${marker}` };
}
