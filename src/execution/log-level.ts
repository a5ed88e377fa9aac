import { shownText } from "./shown-text.ts";
import type { LogLine } from "./event.ts";
import { plainLogText } from "./log-text.ts";

/** What a line of a log is: of the system, plain, from stderr, a warning, an error. */
export type LineLevel = "sys" | "out" | "err" | "warn" | "error";

/** What a log is narrowed down to: `warn` is warnings and errors. */
export const logLevels = ["warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** How many lines each level lets through; `warn` counts errors too. */
export type LevelCounts = Readonly<Record<LogLevel, number>>;

const errorWords =
  /^\W*(error|fatal|panic|fail|failed|failure|exception|uncaught|traceback)\b|\b(error|exception|fatal):/i;
const warningWords = /^\W*(warn|warning)\b|\bwarning:/i;
/** As loggers write it, wherever it stands in the line. */
const errorMarks = /\b(ERROR|FATAL|CRITICAL)\b|\blevel"?[=:]\s*"?(error|fatal)\b/;
const warningMarks = /\blevel"?[=:]\s*"?warn(ing)?\b/;
/** All before the first word, and a time among it. */
const lead = /^(?:[^A-Za-z]|T(?=\d)|Z(?![A-Za-z]))*/;
const time = /\d[-:.]\d/;
const mostRead = 400;

/** By its stream and the word it begins with, after a time if there is one; or by the mark of its logger. */
export function levelOf(logLine: Pick<LogLine, "stream" | "text">): LineLevel {
  const { stream } = logLine;
  if (stream === "system") return "sys";
  const text = shownText(logLine);
  const line = plainLogText(text.length > mostRead ? text.slice(0, mostRead) : text);
  const [before = ""] = lead.exec(line) ?? [];
  const words = time.test(before) ? line.slice(before.length) : line;
  if (errorWords.test(words) || errorMarks.test(line)) return "error";
  if (warningWords.test(words) || warningMarks.test(line)) return "warn";
  return stream === "stderr" ? "err" : "out";
}

/** True for a line that the level lets through; none lets all through. */
export function isOfLevel(line: Pick<LogLine, "stream" | "text">, level: LogLevel | null): boolean {
  if (level === null) return true;
  const own = levelOf(line);
  return own === "error" || (own === "warn" && level === "warn");
}

/** The counts with some more lines. */
export function countLevels(
  counts: LevelCounts,
  lines: readonly Pick<LogLine, "stream" | "text">[],
): LevelCounts {
  let { warn, error } = counts;
  for (const line of lines) {
    const level = levelOf(line);
    if (level === "error") error++;
    if (level === "error" || level === "warn") warn++;
  }
  return { warn, error };
}
