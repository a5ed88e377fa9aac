import { ExpressionError } from "./expression-error.ts";
import type { Expression } from "./syntax.ts";
import { nextToken, type Token } from "./tokenize.ts";

const deepest = 64;

/** Where a parser stands in the tokens of a source. */
export interface Cursor {
  readonly source: string;
  readonly token: Token;
  /** Moves on, and returns the token that was the current one. */
  take(): Token;
  /** Parses one level deeper; `start` is the place to blame when that is too deep. */
  nested<Result>(start: number, parse: () => Result): Result;
  /** Any expression, for what stands between brackets. */
  parseAny(): Expression;
}

/** A cursor at the first token. */
export function openCursor(source: string, parseAny: (cursor: Cursor) => Expression): Cursor {
  let current = nextToken(source, 0, undefined);
  let depth = 0;
  const cursor: Cursor = {
    source,
    get token() {
      return current;
    },
    take() {
      const taken = current;
      current = nextToken(source, taken.end, taken);
      return taken;
    },
    nested(start, parse) {
      if (depth === deepest) {
        throw new ExpressionError(
          `the expression is nested too deep. ${deepest} levels are the limit`,
          start,
        );
      }
      depth++;
      const result = parse();
      depth--;
      return result;
    },
    parseAny: () => parseAny(cursor),
  };
  return cursor;
}

export function isSymbol(token: Token, symbol: string): boolean {
  return token.kind === "symbol" && token.symbol === symbol;
}

/** The error for the current token not being what had to come. */
export function expectedError(cursor: Cursor, what: string): ExpressionError {
  return new ExpressionError(`expected ${what}, found ${describeToken(cursor)}`, cursor.token.start);
}

function describeToken({ source, token }: Cursor): string {
  if (token.kind === "end") return "the end of the expression";
  const text = source.slice(token.start, token.end);
  const short = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  switch (token.kind) {
    case "number":
      return `the number ${short}`;
    case "string":
      return `the string ${short}`;
    case "identifier":
    case "symbol":
      return `"${short}"`;
    default:
      return token satisfies never;
  }
}
