import { closeSync, fstatSync } from "node:fs";
import type { Masks } from "../../execution/masks.ts";
import { nextTurn } from "../../next-turn.ts";
import type { LogSink } from "../dispatcher.ts";
import { createLogSpace, punchHole, type LogSpace } from "./log-space.ts";
import { createLineTail, longestLine, type LineTail } from "./line-tail.ts";
import { parseLogCommand, showLogCommand, type LogCommand } from "../log-command.ts";

/** An attempt's two log files on their way to the engine, and what the agent told in them. */
export interface AttemptLogs {
  /** Takes what has come, one chunk of each file; how many bytes that were. */
  read(): number;
  /** Takes all that is there, the last lines too. */
  finish(): Promise<void>;
  close(): void;
  /** For how many milliseconds nothing was written, also before this process has followed them. */
  silentMs(): number;
  readonly warnings: readonly string[];
  /** What the agent itself called an error last, else its last line on stderr. */
  readonly complaint: string | null;
}

const streams = ["stdout", "stderr"] as const;
type Stream = (typeof streams)[number];
const mostWarnings = 100;
/** As many as masks take in. */
const mostMasksKept = 1000;
const mostWordsKept = 1000;

interface LogsOptions {
  files: Readonly<Record<Stream, number>>;
  sink: LogSink;
  masks: Masks;
  /** Where an earlier engine had got to: what lies before is read for what it says, not given again. */
  from: Readonly<Record<Stream, number>>;
}

export function openLogs({ files, sink, masks, from: given }: LogsOptions): AttemptLogs {
  const from = {
    stdout: withinFile(files.stdout, given.stdout),
    stderr: withinFile(files.stderr, given.stderr),
  };
  const listener = createListener(masks);
  const heard = { stdout: 0, stderr: 0 };
  const space = {
    stdout: logSpaceOf("stdout", files, sink),
    stderr: logSpaceOf("stderr", files, sink),
  };
  const follow = (stream: Stream): LineTail =>
    createLineTail(files[stream], (bytes, length, end) => {
      const { text, isToKeep } = listener.hear(stream, bytes, length);
      heard[stream] = end;
      if (isToKeep) space[stream].keep(end - length - 1, end);
      if (text !== null && end > from[stream]) sink.write(stream, text, end);
    });
  const tails = {
    stdout: withoutTrouble("stdout", follow("stdout"), sink),
    stderr: withoutTrouble("stderr", follow("stderr"), sink),
  };
  // A mask that stands in one file holds for the other: what is known already is read of both before anything new.
  let isNew = from.stdout + from.stderr === 0;

  function read(most: Readonly<Record<Stream, number>>): number {
    if (!isNew) {
      const old = tails.stdout.read(from.stdout) + tails.stderr.read(from.stderr);
      if (old > 0) return old;
      isNew = true;
    }
    return tails.stdout.read(most.stdout) + tails.stderr.read(most.stderr);
  }

  return {
    read() {
      for (const stream of streams) {
        space[stream].freeUpTo(Math.min(sink.stored[stream], heard[stream]));
      }
      return read(noEnd);
    },
    finish: () => readToEnd(files, tails, read),
    close() {
      for (const stream of streams) closeSync(files[stream]);
    },
    silentMs() {
      const writtenAtMs = Math.max(...streams.map((stream) => fstatSync(files[stream]).mtimeMs));
      return Math.max(0, Date.now() - writtenAtMs);
    },
    warnings: listener.warnings,
    get complaint() {
      return listener.complaint;
    },
  };
}

async function readToEnd(
  files: LogsOptions["files"],
  tails: Readonly<Record<Stream, LineTail>>,
  read: (most: Readonly<Record<Stream, number>>) => number,
): Promise<void> {
  // What a process that was left behind goes on writing has no end.
  const sizes = { stdout: fstatSync(files.stdout).size, stderr: fstatSync(files.stderr).size };
  let restedAt = performance.now();
  while (read(sizes) > 0) {
    if (performance.now() - restedAt < longestTurnMs) continue;
    await nextTurn();
    restedAt = performance.now();
  }
  for (const stream of streams) tails[stream].end();
}

/**
 * A file that cannot be read (a failing disk) is no trouble of the agent's: it is told once, and read again from the
 * same place.
 */
function withoutTrouble(stream: Stream, tail: LineTail, sink: LogSink): LineTail {
  let isTold = false;
  const told = (error: unknown): 0 => {
    if (!(error instanceof Error) || !("syscall" in error)) throw error;
    if (!isTold) {
      isTold = true;
      sink.write(
        "system",
        `warning: the agent's ${stream} cannot be read: ${error.message}. lines may be missing`,
      );
    }
    return 0;
  };
  return {
    read: (upTo) => {
      try {
        return tail.read(upTo);
      } catch (error) {
        return told(error);
      }
    },
    end: tail.end,
  };
}

/** A disk that cannot make holes is told once: then the file has everything that the agent prints. */
function logSpaceOf(stream: Stream, files: LogsOptions["files"], sink: LogSink): LogSpace {
  const said =
    `warning: the agent's ${stream} takes up as much of the disk as it prints until the attempt ends: ` +
    "nothing of the file can be given back here";
  return createLogSpace(
    (start, length) => punchHole(files[stream], start, length),
    () => sink.write("system", said),
  );
}

interface Listener extends Pick<AttemptLogs, "warnings" | "complaint"> {
  /** The line as it is shown; null when it is not. `isToKeep`: it says something that a later engine must know. */
  hear(stream: Stream, bytes: Buffer, length: number): { text: string | null; isToKeep: boolean };
}

/** Makes texts of lines, and takes in what they say to the engine. */
function createListener(masks: Masks): Listener {
  const warnings: string[] = [];
  let error: string | null = null;
  let lastLine: string | null = null;
  let masksTold = 0;
  let wordsTold = 0;

  /** Bounded, so that an agent that says the same again and again does not keep its file on the disk. */
  function isToKeep({ kind }: LogCommand): boolean {
    if (kind === "mask") return ++masksTold <= mostMasksKept;
    return (kind === "error" || kind === "warning") && ++wordsTold <= mostWordsKept;
  }

  function shown(raw: string, command: LogCommand | null): string | null {
    if (!command) return raw;
    if (command.kind === "mask") masks.learn(command.secret);
    const text = showLogCommand(command);
    if (text === null) return null;
    // One that has several lines is known in that form only.
    const hidden = masks.hide(text).replace(/[\r\n]+/g, " ");
    if (command.kind === "error") error = hidden.slice("error: ".length);
    if (command.kind === "warning" && warnings.length < mostWarnings) {
      warnings.push(hidden.slice("warning: ".length));
    }
    return hidden;
  }

  return {
    hear(stream, bytes, length) {
      const raw = textOf(bytes, length, masks);
      const command = bytes.length < length ? null : parseLogCommand(raw);
      const text = shown(raw, command);
      if (stream === "stderr" && text !== null && text.trim() !== "") lastLine = text;
      return { text, isToKeep: command !== null && isToKeep(command) };
    },
    warnings,
    get complaint() {
      return error ?? lastLine;
    },
  };
}

/** A place behind the end is one of another file, which an earlier try of the attempt has left. */
function withinFile(file: number, place: number): number {
  return place > 0 && place > fstatSync(file).size ? 0 : place;
}

const noEnd = { stdout: Number.MAX_SAFE_INTEGER, stderr: Number.MAX_SAFE_INTEGER };

/** Then others must have their turn: whoever takes the lines writes them in batches, by a timer. */
export const longestTurnMs = 8;

/** A line as text, as it is; one that is too long is masked before it is cut. */
function textOf(bytes: Buffer, length: number, masks: Masks): string {
  const end = bytes.length === length && bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length;
  const raw = bytes.toString("utf8", 0, end);
  if (length <= longestLine && raw.length * 3 <= longestLine) return raw;
  if (length <= longestLine && Buffer.byteLength(raw) <= longestLine) return raw;
  const mark = ` [cut: the line has ${length} bytes]`;
  const hidden = masks.hide(raw);
  // The cut may have gone through a secret.
  const whole = Buffer.from(hidden.slice(0, Math.max(0, hidden.length - masks.reach)));
  return whole.subarray(0, startOfCharacter(whole, longestLine - mark.length)).toString() + mark;
}

function startOfCharacter(bytes: Buffer, limit: number): number {
  let at = Math.min(limit, bytes.length);
  while (at > 0 && at < bytes.length && ((bytes[at] ?? 0) & 0xc0) === 0x80) at--;
  return at;
}
