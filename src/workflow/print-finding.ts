import type { Finding } from "./finding.ts";
import { textLines, type TextLines } from "./text-lines.ts";

const widest = 160;
const tab = "    ";

let last: { source: string; lines: TextLines } | null = null;

/** Prints `file:line:col: severity: message [code]`, the line of the source, a caret below the place, and the hint. */
export function printFinding(finding: Finding, source: string, file: string): string {
  const { line, column, severity, message, code, hint } = finding;
  const head = oneLine(`${file}:${line}:${column}: ${severity}: ${message} [${code}]`);
  const shown = excerpt(source, linesOf(source), line, column);
  return [head, ...shown, ...(hint === null ? [] : hintLines(hint))].join("\n");
}

/** A hint may show a piece of a file. */
function hintLines(hint: string): string[] {
  const [first = "", ...rest] = hint.split("\n").map(oneLine);
  return [`  hint: ${first}`, ...rest.map((line) => `    ${line}`)];
}

/** A name in a message may contain line ends, and the text after one would look like another finding. */
function oneLine(text: string): string {
  return text.replace(/[\r\n\u2028\u2029]+/g, " ");
}

/** The findings of a text are printed one after the other, so its lines are found only once. */
function linesOf(source: string): TextLines {
  if (last?.source !== source) last = { source, lines: textLines(source) };
  return last.lines;
}

/** The part of a line around a column, with the caret below it; nothing for an empty line. */
function excerpt(source: string, lines: TextLines, line: number, column: number): string[] {
  const { start, end } = lines.range(line);
  if (start === end) return [];
  const at = lines.offset(line, column);
  const isWhole = end - start <= widest;
  const from = isWhole ? start : Math.max(start, at - widest / 2);
  const to = isWhole ? end : Math.min(end, from + widest);
  const before = (from > start ? "…" : "") + toPrintable(source.slice(from, at));
  const after = toPrintable(source.slice(at, to)) + (to < end ? "…" : "");
  return [`  ${before}${after}`.trimEnd(), `  ${" ".repeat(Bun.stringWidth(before))}^`];
}

// oxlint-disable-next-line no-control-regex
const controls = /[\u0000-\u001f\u007f-\u009f]/g;

/** Replaces what a terminal would not show as it is: tabs, control characters and halves of a surrogate pair. */
function toPrintable(text: string): string {
  return text.toWellFormed().replaceAll("\t", tab).replace(controls, "");
}
