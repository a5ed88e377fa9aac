import type { Value } from "../../expression/value.ts";
import type { ScalarStyle } from "../source-node.ts";
import type { TextStyle } from "./text-style.ts";

export type ScalarValue = null | boolean | number | string;

export interface ScalarPlace {
  isFlow: boolean;
  /** How the value was written before, or how its neighbours are; null when there is nothing to go by. */
  like: ScalarStyle | null;
}

export function isScalarValue(value: Value): value is ScalarValue {
  return value === null || typeof value !== "object";
}

/** A value on one line, in the style asked for where that is safe, else in the plainest that is. */
export function writeScalar(value: ScalarValue, { isFlow, like }: ScalarPlace, style: TextStyle): string {
  if (typeof value !== "string") return JSON.stringify(value);
  if (style.isJson || like === "double") return doubleQuote(value);
  if (like === "single" && isPrintable(value)) return singleQuote(value);
  if (like === "plain" && canBePlain(value, isFlow)) return value;
  // A colon in braces is right, but not everybody believes it.
  if (like === null && canBePlain(value, isFlow) && (!isFlow || style.hasPlainColons || !value.includes(":")))
    return value;
  return quoteText(value, style);
}

/** A key: never of more than one line. */
export function writeKey(name: string, like: ScalarStyle | null, style: TextStyle): string {
  return writeScalar(name, { isFlow: true, like }, style);
}

/** A text that may stand in lines of its own behind `|`. Ends with one line end or with none. */
export function canBeLiteral(text: string): boolean {
  if (!text.includes("\n") || !isPrintable(text.replaceAll("\n", ""), true)) return false;
  const lines = text.split("\n");
  const body = lines.at(-1) === "" ? lines.slice(0, -1) : lines;
  const first = body.find((line) => line !== "");
  return first !== undefined && !/^\s/.test(first) && !/^\s*$/.test(body.at(-1) ?? "");
}

/** The lines of a text in `|`, and how its end is kept. */
export function literalLines(text: string): { header: string; lines: string[] } {
  const isOpen = !text.endsWith("\n");
  return { header: isOpen ? "|-" : "|", lines: (isOpen ? text : text.slice(0, -1)).split("\n") };
}

/** The lines of a text in `>`, filled to a width; null when it cannot be said so. */
export function foldedLines(text: string, width: number): { header: string; lines: string[] } | null {
  if (/(^|\n)[ \t]|[ \t](\n|$)/.test(text)) return null;
  const { header, lines } = literalLines(text);
  const filled: string[] = [];
  lines.forEach((line, at) => {
    // One break between lines folds away: each of the text's own takes an empty line.
    if (at > 0) filled.push("");
    if (line !== "") filled.push(...fill(line, width));
  });
  return { header: header === "|" ? ">" : ">-", lines: filled };
}

function fill(line: string, width: number): string[] {
  const lines: string[] = [];
  let current = "";
  // Only a single blank between two words may become a line end.
  for (const word of line.split(/(?<=[^ \t]) (?=[^ \t])/)) {
    if (current === "") current = word;
    else if (current.length + 1 + word.length <= width) current += ` ${word}`;
    else {
      lines.push(current);
      current = word;
    }
  }
  return [...lines, current];
}

const words = /^(true|false|null|yes|no|on|off|y|n|nan|inf|nil|none)$/i;
const first = /^[\p{L}_/$(^;\u{a1}-\u{2027}\u{202a}-\u{d7ff}\u{e000}-\u{fefe}\u{10000}-\u{10fffd}]/u;
const version = /^\d+\.\d+\.\d+([-+][\w.+-]+)?$/;
const duration = /^(\d+(\.\d+)?(ms|s|m|h|d))+$/;
const counted = /^\d+ [\p{L}]/u;
const relative = /^\.\.?\//;

/** Read as this very text by every reader of YAML, 1.1 and 1.2. */
export function canBePlain(text: string, isFlow: boolean): boolean {
  if (text.length > 1000 && isFlow) return false;
  if (!first.test(text) && ![version, duration, counted, relative].some((known) => known.test(text)))
    return false;
  if (words.test(text) || !isPrintable(text)) return false;
  if (/:(\s|$)|\s#|\s$|\t/.test(text)) return false;
  return !isFlow || !/[,[\]{}]/.test(text);
}

function quoteText(text: string, { quote }: TextStyle): string {
  if (!isPrintable(text)) return doubleQuote(text);
  if (quote === "double" && !(/["\\]/.test(text) && !text.includes("'"))) return doubleQuote(text);
  return quote === "single" || !text.includes("'") ? singleQuote(text) : doubleQuote(text);
}

function singleQuote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Of JSON's escapes all are YAML's; some that JSON has raw are better seen. */
function doubleQuote(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function isPrintable(text: string, withTabs = false): boolean {
  // oxlint-disable-next-line no-control-regex
  const hidden = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;
  return text.isWellFormed() && !hidden.test(text) && (withTabs || !text.includes("\t"));
}
