import type { Finding } from "./finding.ts";
import { textLines, type TextLines } from "./text-lines.ts";

const widest = 160;
const tab = "    ";

let last: { source: string; lines: TextLines } | null = null;

/** `file:line:col: severity: message [code]`, the line of the source, a caret below the place, and the hint. */
export function printFinding(finding: Finding, source: string, file: string): string {
  const { line, column, severity, message, code, hint } = finding;
  const head = `${file}:${line}:${column}: ${severity}: ${message} [${code}]`;
  const text = linesOf(source).line(line);
  const parts = [
    head,
    ...(text === "" ? [] : excerpt(text, column)),
    ...(hint === null ? [] : [`  hint: ${hint}`]),
  ];
  return parts.join("\n");
}

/** All findings of a text are printed one after the other: its lines are found once. */
function linesOf(source: string): TextLines {
  if (last?.source !== source) last = { source, lines: textLines(source) };
  return last.lines;
}

/** The part of a line around a column, with the caret below it. */
function excerpt(line: string, column: number): string[] {
  const units = Array.from(line);
  const at = Math.min(column - 1, units.length);
  const from = units.length > widest ? Math.max(0, at - widest / 2) : 0;
  const before = spaced(units.slice(from, at));
  const after = spaced(units.slice(at, from + widest));
  const [start, end] = [from > 0 ? "…" : "", from + widest < units.length ? "…" : ""];
  return [`  ${start}${before}${after}${end}`.trimEnd(), `  ${" ".repeat(Bun.stringWidth(start + before))}^`];
}

// oxlint-disable-next-line no-control-regex
const controls = /[\u0000-\u001f\u007f-\u009f]/g;

/** What a terminal would not show as it is: tabs and control characters. */
function spaced(units: readonly string[]): string {
  return units.join("").replaceAll("\t", tab).replace(controls, "");
}
