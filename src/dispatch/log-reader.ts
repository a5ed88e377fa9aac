import type { Masks } from "../execution/masks.ts";
import { parseLogCommand, showLogCommand, type LogCommand } from "./log-command.ts";
import type { OutputReader } from "./process/agent-program.ts";

/** In bytes; a longer line is shown cut. */
const longestLine = 64 * 1024;
const mostWarnings = 100;
/** As many as the masks accept. */
const mostMasksKept = 1000;
const mostWordsKept = 1000;

/**
 * Makes texts of lines and reads the commands among them (`::error::no disk`). The complaint is the agent's last error
 * command, else its last line on stderr.
 */
export function openLogReader(masks: Masks): OutputReader {
  const warnings: string[] = [];
  let error: string | null = null;
  let lastLine: string | null = null;
  let masksTold = 0;
  let wordsTold = 0;

  /** Bounded, so that an agent that repeats a command does not keep its file on the disk. */
  function isToKeep({ kind }: LogCommand): boolean {
    if (kind === "mask") return ++masksTold <= mostMasksKept;
    return (kind === "error" || kind === "warning") && ++wordsTold <= mostWordsKept;
  }

  function showLine(raw: string, command: LogCommand | null): string | null {
    if (!command) return raw;
    if (command.kind === "mask") masks.learn(command.secret);
    const text = showLogCommand(command);
    if (text === null) return null;
    // A secret of several lines is known in that form only.
    const hidden = masks.hide(text).replace(/[\r\n]+/g, " ");
    if (command.kind === "error") error = hidden.slice("error: ".length);
    if (command.kind === "warning" && warnings.length < mostWarnings) {
      warnings.push(hidden.slice("warning: ".length));
    }
    return hidden;
  }

  return {
    longestLineBytes: { stdout: longestLine, stderr: longestLine },
    hear(stream, bytes, length) {
      const raw = textOf(bytes, length, masks);
      const command = bytes.length < length ? null : parseLogCommand(raw);
      const text = showLine(raw, command);
      if (stream === "stderr" && text !== null && text.trim() !== "") lastLine = text;
      return { texts: text === null ? [] : [text], isToKeep: command !== null && isToKeep(command) };
    },
    warnings,
    get complaint() {
      return error ?? lastLine;
    },
  };
}

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
