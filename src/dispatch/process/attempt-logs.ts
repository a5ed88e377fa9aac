import { closeSync, fstatSync } from "node:fs";
import { nextTurn } from "../../next-turn.ts";
import type { LogSink } from "../dispatcher.ts";
import type { OutputReader, OutputStream } from "./agent-program.ts";
import { createLogSpace, punchHole, type LogSpace } from "./log-space.ts";
import { createLineTail, type LineTail } from "./line-tail.ts";

/** Brings an attempt's two log files to the engine. */
export interface AttemptLogs {
  /** Reads one chunk of what is new in each file; returns how many bytes that were. */
  read(): number;
  /** Reads everything that is there, including unfinished last lines. */
  finish(): Promise<void>;
  close(): void;
  /** For how many milliseconds nothing was written, including the time before this process followed the files. */
  silentMs(): number;
}

const streams = ["stdout", "stderr"] as const;

interface LogsOptions {
  files: Readonly<Record<OutputStream, number>>;
  sink: LogSink;
  reader: OutputReader;
  /** Where an earlier engine had got to: earlier lines are read for their commands, but not passed on again. */
  from: Readonly<Record<OutputStream, number>>;
}

export function openLogs({ files, sink, reader, from: given }: LogsOptions): AttemptLogs {
  const from = {
    stdout: withinFile(files.stdout, given.stdout),
    stderr: withinFile(files.stderr, given.stderr),
  };
  const heard = { stdout: 0, stderr: 0 };
  const space = {
    stdout: logSpaceOf("stdout", files, sink),
    stderr: logSpaceOf("stderr", files, sink),
  };
  const follow = (stream: OutputStream): LineTail =>
    createLineTail(files[stream], reader.longestLineBytes[stream], (bytes, length, end) => {
      const { texts, isToKeep, piece, stream: kept = stream } = reader.hear(stream, bytes, length);
      heard[stream] = end;
      if (isToKeep) space[stream].keep(end - length - 1, end);
      if (end <= from[stream]) return;
      // Only the last one says that the whole line has been read.
      texts.forEach((text, at) => sink.write(kept, text, at === texts.length - 1 ? end : undefined));
      if (piece) sink.partial?.(piece);
    });
  const tails = {
    stdout: withoutTrouble("stdout", follow("stdout"), sink),
    stderr: withoutTrouble("stderr", follow("stderr"), sink),
  };
  // A mask in one file holds for the other, so the known parts of both are read before anything new.
  let isNew = from.stdout + from.stderr === 0;

  function read(most: Readonly<Record<OutputStream, number>>): number {
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
  };
}

async function readToEnd(
  files: LogsOptions["files"],
  tails: Readonly<Record<OutputStream, LineTail>>,
  read: (most: Readonly<Record<OutputStream, number>>) => number,
): Promise<void> {
  // A process that was left behind may go on writing without end, so only what is there now is read.
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
 * A file that cannot be read (a failing disk) is not the agent's fault: it is reported once, and read again from the
 * same place.
 */
function withoutTrouble(stream: OutputStream, tail: LineTail, sink: LogSink): LineTail {
  let isTold = false;
  const tellOnce = (error: unknown): 0 => {
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
        return tellOnce(error);
      }
    },
    end: tail.end,
  };
}

/** A disk that cannot make holes is reported once: the file then keeps everything that the agent prints. */
function logSpaceOf(stream: OutputStream, files: LogsOptions["files"], sink: LogSink): LogSpace {
  const said =
    `warning: the agent's ${stream} takes up as much of the disk as it prints until the attempt ends: ` +
    "nothing of the file can be given back here";
  return createLogSpace(
    (start, length) => punchHole(files[stream], start, length),
    () => sink.write("system", said),
  );
}

/** An offset behind the end belongs to another file, which an earlier try of the attempt has left. */
function withinFile(file: number, place: number): number {
  return place > 0 && place > fstatSync(file).size ? 0 : place;
}

const noEnd = { stdout: Number.MAX_SAFE_INTEGER, stderr: Number.MAX_SAFE_INTEGER };

/** Others get a turn here: the receiver of the lines collects them and writes them by a timer. */
export const longestTurnMs = 8;
