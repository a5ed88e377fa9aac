import { ExpressionError } from "./expression-error.ts";
import { numberProblem } from "./number-problem.ts";
import { readString } from "./read-string.ts";
import { findUnseen, type UnseenCharacter } from "./unseen.ts";

export type Token = { start: number; end: number } & (
  | { kind: "number"; value: number }
  | { kind: "string"; value: string }
  | { kind: "identifier"; name: string }
  | { kind: "symbol"; symbol: string }
  | { kind: "end" }
);

const blank = /[ \t\r\n]*/y;
const identifier = /[A-Za-z_][A-Za-z0-9_-]*/y;
const number = /-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const symbol = /==|!=|<=|>=|&&|\|\||[<>!?:.,()[\]{}]/y;

/** After these a value may start, and so a minus sign may belong to a number. */
const beforeValue = new Set([
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "&&",
  "||",
  "!",
  "?",
  ":",
  ",",
  "(",
  "[",
  "{",
]);

/**
 * The token at or after an offset; `previous` is the one before it. Past the last one comes "end".
 * Throws an ExpressionError where no token can start.
 */
export function nextToken(text: string, from: number, previous: Token | undefined): Token {
  const at = from + (match(blank, text, from)?.length ?? 0);
  return at < text.length ? readToken(text, at, previous) : { kind: "end", start: at, end: at };
}

function readToken(text: string, at: number, previous: Token | undefined): Token {
  const first = text[at] ?? "";
  if (first === "'" || first === '"') return { kind: "string", start: at, ...readString(text, at) };
  const name = match(identifier, text, at);
  if (name) return { kind: "identifier", name, start: at, end: at + name.length };
  if (first !== "-" || mayStartValue(previous)) {
    const digits = match(number, text, at);
    if (digits) return readNumber(digits, at);
  }
  const sign = match(symbol, text, at);
  if (sign && !isMistyped(text, at, sign)) {
    return { kind: "symbol", symbol: sign, start: at, end: at + sign.length };
  }
  throw new ExpressionError(describeUnexpected(text, at), at);
}

function readNumber(digits: string, start: number): Token {
  const value = Number(digits);
  const problem = numberProblem(digits, value);
  if (problem !== null) throw new ExpressionError(problem, start);
  // Minus zero would show up as such nowhere but in comparisons of objects.
  return { kind: "number", value: value === 0 ? 0 : value, start, end: start + digits.length };
}

function mayStartValue(previous: Token | undefined): boolean {
  return previous === undefined || (previous.kind === "symbol" && beforeValue.has(previous.symbol));
}

function isMistyped(text: string, at: number, sign: string): boolean {
  return (sign === "==" || sign === "!=") && text[at + 2] === "=";
}

/** What to say about a character that begins no token, with what was probably meant. */
function describeUnexpected(text: string, at: number): string {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const instead: [found: string, use: string][] = [
    ["===", '"=="'],
    ["!==", '"!="'],
    ["=", '"=="'],
    ["&", '"&&"'],
    ["|", '"||"'],
  ];
  for (const [found, use] of instead) {
    if (text.startsWith(found, at)) return `"${found}" is not an operator. did you mean ${use}?`;
  }
  if (text.startsWith("${{", at))
    return '"${{" stands inside an expression. leave it out: this is one already';
  if ("+-*/%".includes(character)) return `"${character}" is not an operator: expressions have no arithmetic`;
  if (/[“”‘’`´]/u.test(character))
    return `unexpected ${character} (${codeName(character)}). strings stand in plain quotes: '…' or "…"`;
  const unseen = findUnseen(character);
  if (unseen) return `this is ${unseen.name}. ${wayOut(unseen)}`;
  if (/[\p{L}\p{N}]/u.test(character)) {
    return `unexpected "${character}". names hold only a-z, A-Z, 0-9, "_" and "-"; others go in brackets: ['…']`;
  }
  return `unexpected ${showCharacter(character)}`;
}

function wayOut({ plain }: UnseenCharacter): string {
  if (plain === "") return "take it out";
  return plain === " " ? "write a plain space" : `write "${plain}"`;
}

/** Characters that cannot be seen are named by their number. */
function showCharacter(character: string): string {
  if (/[\p{P}\p{S}\p{L}\p{N}]/u.test(character)) return `"${character}"`;
  return `character ${codeName(character)}`;
}

function codeName(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
