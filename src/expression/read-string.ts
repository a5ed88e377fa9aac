import { ExpressionError } from "./expression-error.ts";

const escapes = new Map([
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"'],
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
]);

/** What the string literal stands for that begins with the quote at `start`, and where it ends. */
export function readString(text: string, start: number): { value: string; end: number } {
  const quote = text[start];
  const parts: string[] = [];
  let from = start + 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === quote) {
      parts.push(text.slice(from, at));
      return { value: parts.join(""), end: at + 1 };
    }
    if (text[at] !== "\\") continue;
    const escaped = readEscape(text, at);
    parts.push(text.slice(from, at), escaped.character);
    from = at + escaped.length;
    at = from - 1;
  }
  throw new ExpressionError(`the string is not closed. end it with ${quote}`, start);
}

function readEscape(text: string, at: number): { character: string; length: number } {
  const letter = text[at + 1] ?? "";
  const character = escapes.get(letter);
  if (character !== undefined) return { character, length: 2 };
  if (letter === "u") {
    const digits = text.slice(at + 2, at + 6);
    if (/^[0-9a-fA-F]{4}$/.test(digits)) {
      return { character: String.fromCharCode(Number.parseInt(digits, 16)), length: 6 };
    }
    throw new ExpressionError('"\\u" takes four hexadecimal digits, such as \\u00e9', at);
  }
  const known = "\\\\ \\' \\\" \\n \\t \\r \\uXXXX";
  throw new ExpressionError(
    `"\\${String.fromCodePoint(text.codePointAt(at + 1) ?? 0x20)}" is not an escape. known are ${known}`,
    at,
  );
}
