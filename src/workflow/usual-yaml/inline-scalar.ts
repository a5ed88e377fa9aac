import type { SourceScalar } from "../source-node.ts";
import { plainValue } from "./plain-value.ts";
import { codes, isBlank, throwUnusual, type Reading } from "./reading.ts";

/** Characters that a text without quotes cannot begin with, or that mean something else there. */
const specialStarts = new Set(
  [...",[]{}#&*!|>'\"%@`\t"].map((character) => character.charCodeAt(0)).concat(codes.newline, codes.space),
);
const doubtfulStarts = new Set<number>([codes.dash, codes.question, codes.colon]);

const escapes: Readonly<Record<string, string>> = {
  "0": "\0",
  b: "\b",
  e: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  " ": " ",
  '"': '"',
  "/": "/",
  "\\": "\\",
};

/** A scalar on one line, quoted or not, in a flow collection or outside one. Afterwards `at` is right behind it. */
export function readInlineScalar(reading: Reading, isInFlow: boolean): SourceScalar {
  reading.pieces += 3;
  switch (reading.text.charCodeAt(reading.at)) {
    case codes.doubleQuote:
      return readDoubleQuoted(reading);
    case codes.singleQuote:
      return readSingleQuoted(reading);
    default:
      return readPlain(reading, isInFlow);
  }
}

/** The text of a key: numbers and the like are taken as they are written. */
export function keyText({ value, written }: SourceScalar): string {
  return typeof value === "string" ? value : (written ?? "");
}

function readPlain(reading: Reading, isInFlow: boolean): SourceScalar {
  const { text, at: start } = reading;
  const first = text.charCodeAt(start);
  const next = text.charCodeAt(start + 1);
  if (Number.isNaN(first) || specialStarts.has(first)) throwUnusual();
  if (
    doubtfulStarts.has(first) &&
    (isBlank(next) || (isInFlow && (first === codes.colon || isFlowMark(next))))
  )
    throwUnusual();
  const end = plainEnd(text, start, isInFlow);
  reading.at = end;
  const source = text.slice(start, end);
  const value = plainValue(source);
  if (typeof value === "string") return { kind: "scalar", value, style: "plain", start, end, origin: null };
  return { kind: "scalar", value, style: "plain", start, end, origin: null, written: source };
}

/** Behind the last character that is not blank, before a line end, a comment, or a colon that ends a key. */
function plainEnd(text: string, start: number, isInFlow: boolean): number {
  let end = start;
  for (let at = start; ; at++) {
    const code = text.charCodeAt(at);
    switch (code) {
      case codes.colon: {
        const next = text.charCodeAt(at + 1);
        if (isBlank(next) || (isInFlow && isFlowMark(next))) return end;
        end = at + 1;
        break;
      }
      case codes.space:
        if (text.charCodeAt(at + 1) === codes.hash) return end;
        break;
      case codes.tab:
        return throwUnusual();
      case codes.newline:
        return end;
      default:
        if (Number.isNaN(code) || (isInFlow && isFlowMark(code))) return end;
        end = at + 1;
    }
  }
}

function isFlowMark(code: number): boolean {
  return (
    code === codes.comma ||
    code === codes.openBracket ||
    code === codes.closeBracket ||
    code === codes.openBrace ||
    code === codes.closeBrace
  );
}

function readSingleQuoted(reading: Reading): SourceScalar {
  const { text, at: start } = reading;
  let close = text.indexOf("'", start + 1);
  while (close >= 0 && text.charCodeAt(close + 1) === codes.singleQuote) close = text.indexOf("'", close + 2);
  const inner = innerText(text, start, close);
  reading.at = close + 1;
  const value = inner.includes("'") ? inner.replaceAll("''", "'") : inner;
  return { kind: "scalar", value, style: "single", start, end: close + 1, origin: null };
}

function readDoubleQuoted(reading: Reading): SourceScalar {
  const { text, at: start } = reading;
  let close = text.indexOf('"', start + 1);
  while (close >= 0 && isEscaped(text, close)) close = text.indexOf('"', close + 1);
  const inner = innerText(text, start, close);
  reading.at = close + 1;
  const value = inner.includes("\\") ? withoutEscapes(inner) : inner;
  return { kind: "scalar", value, style: "double", start, end: close + 1, origin: null };
}

function innerText(text: string, start: number, close: number): string {
  if (close < 0) throwUnusual();
  const inner = text.slice(start + 1, close);
  return inner.includes("\n") ? throwUnusual() : inner;
}

function isEscaped(text: string, at: number): boolean {
  let from = at;
  while (text.charCodeAt(from - 1) === codes.backslash) from--;
  return (at - from) % 2 === 1;
}

function withoutEscapes(inner: string): string {
  return inner.replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([^]))/g, (_, byte, unit, letter) => {
    const digits: string | undefined = byte ?? unit;
    if (digits !== undefined) return String.fromCharCode(Number.parseInt(digits, 16));
    return escapes[String(letter)] ?? throwUnusual();
  });
}
