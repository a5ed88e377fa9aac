import { evaluate } from "./evaluate.ts";
import { ExpressionError } from "./expression-error.ts";
import { parseExpression } from "./parse-expression.ts";
import { sizeProblem } from "./size-problem.ts";
import type { Expression } from "./syntax.ts";
import { nextToken, type Token } from "./tokenize.ts";
import type { Value, ValueObject } from "./value.ts";

/** `offset` is where `source` begins in the text. Offsets in `expression` count from there. */
export type TemplatePart = { kind: "text"; text: string } | ExpressionPart;

interface ExpressionPart {
  kind: "expression";
  source: string;
  offset: number;
  expression: Expression;
}

const opening = "${{";
const longestText = 16 * 1024 * 1024;

/**
 * The texts and expressions of a template, in order; an empty text has no parts. `$${{` is a literal `${{`.
 * Throws an ExpressionError, with its offset in the text.
 */
export function parseTemplate(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let plain = "";
  let at = 0;
  for (;;) {
    const start = text.indexOf(opening, at);
    if (start < 0) break;
    if (start > at && text[start - 1] === "$") {
      plain += text.slice(at, start - 1) + opening;
      at = start + opening.length;
      continue;
    }
    plain += text.slice(at, start);
    if (plain !== "") parts.push({ kind: "text", text: plain });
    plain = "";
    const part = readExpression(text, start);
    parts.push(part.part);
    at = part.end;
  }
  plain += text.slice(at);
  if (plain !== "") parts.push({ kind: "text", text: plain });
  return parts;
}

/** Whether a template is exactly one expression, and so yields a typed value. */
export function isSingleExpression(parts: readonly TemplatePart[]): parts is readonly [ExpressionPart] {
  return parts.length === 1 && parts[0]?.kind === "expression";
}

/**
 * The value of a single expression as it is; else the text, in which null is empty and the rest is compact JSON.
 * Throws an ExpressionError, with its offset in the template's text.
 */
export function evaluateTemplate(parts: readonly TemplatePart[], scope: ValueObject): Value {
  if (isSingleExpression(parts)) return evaluateSingle(parts[0], scope);
  const texts: string[] = [];
  let length = 0;
  for (const part of parts) {
    const text = part.kind === "text" ? part.text : textOf(evaluatePart(part, scope), part.offset);
    length += text.length;
    if (length > longestText) {
      throw new ExpressionError(
        "the text becomes longer than 16 MiB",
        part.kind === "expression" ? part.offset : 0,
      );
    }
    texts.push(text);
  }
  return texts.join("");
}

/**
 * A condition, which may stand in `${{ }}` or without. `offset` is where the expression's source begins in the text.
 * Throws an ExpressionError, with its offset in the text.
 */
export function parseCondition(text: string): { expression: Expression; offset: number } {
  const start = text.length - text.trimStart().length;
  if (!text.startsWith(opening, start)) return { expression: parseExpression(text), offset: 0 };
  const { part, end } = readExpression(text, start);
  const rest = text.slice(end);
  if (rest.trim() !== "") {
    throw new ExpressionError(
      'a condition is one expression: nothing follows its "}}". put all of it into one ${{ }}',
      text.length - rest.trimStart().length,
    );
  }
  return { expression: part.expression, offset: part.offset };
}

/** The expression of a template that opens at `start`, without the blanks around it; `end` is after its `}}`. */
function readExpression(text: string, start: number): { part: ExpressionPart; end: number } {
  const span = findSpan(text, start);
  const source = text.slice(span.from, span.to);
  const expression = shifted(span.from, () => parseExpression(source));
  return { part: { kind: "expression", source, offset: span.from, expression }, end: span.close + 2 };
}

/** Where an expression begins and ends, and where its `}}` stands: those in strings and of objects do not count. */
function findSpan(text: string, start: number): { from: number; to: number; close: number } {
  let openBraces = 0;
  let previous: Token | undefined;
  let from: number | null = null;
  for (let at = start + opening.length; ;) {
    const token = nextToken(text, at, previous);
    if (token.kind === "end") break;
    if (token.kind === "symbol" && token.symbol === "{") openBraces++;
    if (token.kind === "symbol" && token.symbol === "}") {
      if (openBraces === 0 && text.startsWith("}}", token.start)) {
        return { from: from ?? token.start, to: previous?.end ?? token.start, close: token.start };
      }
      openBraces--;
    }
    if (openBraces < 0) {
      throw new ExpressionError(
        'a single "}" closes nothing here. an expression ends with "}}"',
        token.start,
      );
    }
    from ??= token.start;
    previous = token;
    at = token.end;
  }
  throw new ExpressionError(
    '"${{" is not closed. end the expression with "}}", or write "$${{" for the text',
    start,
  );
}

/** A small expression may name a large value many times over: what leaves it has to be bounded. */
function evaluateSingle(part: ExpressionPart, scope: ValueObject): Value {
  const value = evaluatePart(part, scope);
  const problem = sizeProblem(value);
  if (problem !== null) throw new ExpressionError(`the value cannot be used: ${problem}`, part.offset);
  return value;
}

function evaluatePart({ expression, offset }: ExpressionPart, scope: ValueObject): Value {
  return shifted(offset, () => evaluate(expression, scope));
}

function textOf(value: Value, offset: number): string {
  if (typeof value === "string") return value;
  if (value === null) return "";
  const problem = sizeProblem(value);
  if (problem !== null) throw new ExpressionError(`the value cannot become text: ${problem}`, offset);
  return JSON.stringify(value);
}

/** Offsets of errors count from the start of the expression; in a template they count from the start of its text. */
function shifted<Result>(offset: number, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ExpressionError(error.message, error.offset + offset);
  }
}
