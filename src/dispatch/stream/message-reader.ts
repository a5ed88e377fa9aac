import type { Masks } from "../../execution/masks.ts";
import { transcriptLine, type TranscriptEvent } from "../../execution/transcript.ts";
import { openLogReader } from "../log-reader.ts";
import type { TextPiece } from "../dispatcher.ts";
import type { HeardLine, OutputReader } from "../process/agent-program.ts";
import { transcriptText } from "../transcript-text.ts";
import { parseFields, type Fields } from "./fields.ts";

/** What a program's message says to people, and what a later engine needs it for. */
export interface HeardMessage {
  events: readonly TranscriptEvent[];
  /** Names of the kinds in it that are not known, each as often as it was met. */
  unknown: readonly string[];
  /** True for the last message of a turn, with which the unknown kinds are reported. */
  endsTurn: boolean;
  /** True when a later engine must read it again, to know how the agent ended or what it has used. */
  isNeeded: boolean;
  /** A piece of a message that comes whole later; null or absent where there is none. */
  piece?: TextPiece | null;
}

const longestProtocolLine = 16 * 1024 * 1024;
const longestLogLine = 64 * 1024;
/** Bounded, so that an agent cannot keep its whole file on the disk. */
const mostLinesKept = 20_000;
const mostUnknownKinds = 20;

export interface MessageReader extends OutputReader {
  /** The line with which a program that never spoke says that it does not know one of its options; null: it does. */
  readonly unknownOption: string | null;
}

/** The words of commander, clap and yargs; what follows on further lines is help. */
const refusedOption =
  /^(?:error: )?(?:unknown (?:option|argument)|unexpected argument|unrecognized (?:option|subcommand))\b/i;

/**
 * Reads a program that writes one JSON object a line on stdout, and free text on stderr. `program` names it in
 * messages, `hear` is called with each object.
 */
export function openMessageReader(
  program: string,
  masks: Masks,
  hear: (message: Fields) => HeardMessage,
): MessageReader {
  const stderr = openLogReader(masks);
  const unknown = createKindCount(program);
  let linesKept = 0;
  let unknownOption: string | null = null;
  let hasSpoken = false;

  function hearProtocol(bytes: Buffer, length: number): HeardLine {
    // A part of the file that an earlier engine has given back to the disk is read as zeros.
    if (bytes[0] === 0 || isBlank(bytes)) return { texts: [], isToKeep: false };
    const message = bytes.length < length ? null : parseFields(bytes.toString("utf8"));
    if (message === null) return { texts: [describeForeign(program, bytes, length, masks)], isToKeep: false };
    hasSpoken = true;
    const { events, unknown: kinds, endsTurn, isNeeded, piece } = hear(message);
    for (const kind of kinds) unknown.add(kind);
    const told = endsTurn ? [...unknown.take(), ...events] : events;
    const texts = told.map((event) => transcriptText(event, masks));
    const isToKeep = isNeeded && ++linesKept <= mostLinesKept;
    return { stream: "agent", texts, isToKeep, ...(piece ? { piece } : {}) };
  }

  function hearComplaint(bytes: Buffer, length: number): HeardLine {
    const heard = stderr.hear("stderr", bytes, length);
    const [text = ""] = heard.texts;
    if (hasSpoken || unknownOption !== null || !refusedOption.test(text)) return heard;
    unknownOption = text;
    return { ...heard, isToKeep: true };
  }

  return {
    longestLineBytes: { stdout: longestProtocolLine, stderr: longestLogLine },
    hear: (stream, bytes, length) =>
      stream === "stdout" ? hearProtocol(bytes, length) : hearComplaint(bytes, length),
    warnings: stderr.warnings,
    get complaint() {
      return stderr.complaint;
    },
    get unknownOption() {
      return hasSpoken ? null : unknownOption;
    },
  };
}

/** Counts messages by kind, a bounded number of kinds. */
function createKindCount(program: string) {
  const counts = new Map<string, number>();
  return {
    add(kind: string): void {
      const name = kind.slice(0, 40);
      if (counts.has(name) || counts.size < mostUnknownKinds) counts.set(name, (counts.get(name) ?? 0) + 1);
    },
    /** One notice of everything since the last one; nothing where there was nothing. */
    take(): TranscriptEvent[] {
      if (counts.size === 0) return [];
      const kinds = [...counts].map(([kind, count]) => `${kind} (${count})`).join(", ");
      counts.clear();
      const text = `${program} wrote messages of kinds that this version does not know: ${kinds}`;
      return [{ kind: "notice", level: "info", code: "unknown_kinds", text }];
    },
  };
}

function isBlank(bytes: Buffer): boolean {
  return bytes.length < 16 && bytes.toString("latin1").trim() === "";
}

/** A line that is no message is shown as it is; one that only looks like a message is not: nobody can read it. */
function describeForeign(program: string, bytes: Buffer, length: number, masks: Masks): string {
  if (bytes[0] === 0x7b)
    return `warning: a line of ${length} bytes cannot be read as a message of ${program} and is left out`;
  return transcriptLine({ kind: "message", text: bytes.toString("utf8", 0, longestLogLine) }, masks.hide);
}
