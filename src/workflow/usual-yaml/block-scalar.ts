import type { SourceScalar } from "../source-node.ts";
import { codes, finishLine, isLineEnd, skipSpaces, throwUnusual, type Reading } from "./reading.ts";

/**
 * A text after `|` or `>`, whose lines are further in than `inside`. Without a number in its header, and with text in
 * its first line. Afterwards `at` is behind the line end of the last line that is not empty.
 */
export function readBlockScalar(reading: Reading, inside: number): SourceScalar {
  const { text, at: start } = reading;
  const isFolded = text.charCodeAt(start) === codes.greater;
  reading.at++;
  const keepsLast = text.charCodeAt(reading.at) !== codes.dash;
  if (!keepsLast) reading.at++;
  finishLine(reading);
  const from = reading.at;
  const indent = firstIndent(reading);
  if (indent <= inside) throwUnusual();
  const end = blockEnd(text, from, indent);
  const lines = text
    .slice(from, text.charCodeAt(end - 1) === codes.newline ? end - 1 : end)
    .split("\n")
    .map((line) => line.slice(indent));
  const value = (isFolded ? foldLines(lines) : lines.join("\n")) + (keepsLast ? "\n" : "");
  reading.at = end;
  reading.taken = end;
  reading.pieces += 3;
  return { kind: "scalar", value, style: isFolded ? "folded" : "literal", start, end, origin: null };
}

function firstIndent(reading: Reading): number {
  const from = reading.at;
  const code = skipSpaces(reading);
  return isLineEnd(code) ? throwUnusual() : reading.at - from;
}

/** Behind the last line with text. Empty lines at the end are left out, unless one has more spaces than the others. */
function blockEnd(text: string, from: number, indent: number): number {
  let end = from;
  let endsFurther = false;
  let start = from;
  while (start < text.length) {
    let at = start;
    while (text.charCodeAt(at) === codes.space) at++;
    if (at === text.length) throwUnusual();
    if (text.charCodeAt(at) === codes.newline) {
      if (at - start > indent) endsFurther = true;
      start = at + 1;
      continue;
    }
    if (at - start < indent) break;
    const lineEnd = text.indexOf("\n", at);
    start = lineEnd < 0 ? text.length : lineEnd + 1;
    end = start;
    endsFurther = false;
  }
  return endsFurther ? throwUnusual() : end;
}

/** As the library folds: breaks between lines of text become a space; those at empty and further lines stay. */
function foldLines(lines: readonly string[]): string {
  let value = "";
  let separator = "";
  let wasFurther = false;
  for (const line of lines) {
    if (line.startsWith(" ") || line.startsWith("\t")) {
      if (separator === " ") separator = "\n";
      else if (!wasFurther && separator === "\n") separator = "\n\n";
      value += separator + line;
      separator = "\n";
      wasFurther = true;
    } else if (line === "") {
      if (separator === "\n") value += "\n";
      else separator = "\n";
    } else {
      value += separator + line;
      separator = " ";
      wasFurther = false;
    }
  }
  return value;
}
