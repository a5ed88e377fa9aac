import { evaluate } from "./evaluate.ts";
import { ExpressionError } from "./expression-error.ts";
import { parseExpression } from "./parse-expression.ts";
import { sizeProblem } from "./size-problem.ts";
import type { Expression } from "./syntax.ts";
import { nextToken, type Token } from "./tokenize.ts";
import type { Value, ValueObject } from "./value.ts";

/**
 * `offset` is where `source` begins in the text, and where offsets in `expression` count from; `end` is after its `}}`.
 */
export type TemplatePart = { kind: "text"; text: string } | ExpressionPart;

interface ExpressionPart {
  kind: "expression";
  source: string;
  offset: number;
  end: number;
  expression: Expression;
}

/** What can be read of a text, and what is wrong with the rest of it; offsets are those of the text. */
interface TemplateReading<Part> {
  parts: Part[];
  errors: ExpressionError[];
}

const opening = "${{";
const longestText = 16 * 1024 * 1024;
/** More help nobody, and to look for the end of each takes time. */
const mostErrors = 1_000;

/**
 * The texts and expressions of a template, in order; an empty text has no parts. `$${{` is a literal `${{`.
 * Throws an ExpressionError, with its offset in the text.
 */
export function parseTemplate(text: string): TemplatePart[] {
  const { parts, errors } = readTemplate(text);
  if (errors[0]) throw errors[0];
  return parts;
}

/** The same, with all that is wrong; an expression that cannot be read is left out. */
export function readTemplate(text: string): TemplateReading<TemplatePart> {
  const parts: TemplatePart[] = [];
  const errors: ExpressionError[] = [];
  let plain = "";
  let at = 0;
  while (errors.length < mostErrors) {
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
    const part = collectError(errors, () => readExpression(text, start));
    if (part) parts.push(part);
    at = part ? part.end : afterFault(text, Math.max(start + opening.length, errors.at(-1)?.offset ?? 0));
  }
  plain += text.slice(at);
  if (plain !== "") parts.push({ kind: "text", text: plain });
  return { parts: withoutBlanksAround(parts), errors };
}

/** A block scalar ends with a line break: white space around the one expression of a text is nothing that was meant. */
function withoutBlanksAround(parts: TemplatePart[]): TemplatePart[] {
  const [only, ...more] = parts.filter((part) => part.kind === "expression" || part.text.trim() !== "");
  return only?.kind === "expression" && more.length === 0 ? [only] : parts;
}

/** Whether a template is exactly one expression, blanks around it aside, and so yields a typed value. */
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
  const { parts, errors } = readCondition(text);
  const [only] = parts;
  if (errors[0] || !only) throw errors[0] ?? new ExpressionError("there is no expression", 0);
  return only;
}

/** The same, with all that is wrong; more than one expression where there are more, which is an error. */
export function readCondition(text: string): TemplateReading<{ expression: Expression; offset: number }> {
  const start = text.length - text.trimStart().length;
  if (!text.startsWith(opening, start)) {
    const errors: ExpressionError[] = [];
    const expression = collectError(errors, () => parseExpression(text));
    return { parts: expression ? [{ expression, offset: 0 }] : [], errors };
  }
  const { parts, errors } = readTemplate(text);
  const expressions = parts.filter((part) => part.kind === "expression");
  const rest = text.slice(expressions[0]?.end ?? text.length);
  if (rest.trim() !== "") {
    errors.push(
      new ExpressionError(
        'a condition is one expression: nothing follows its "}}". put all of it into one ${{ }}',
        text.length - rest.trimStart().length,
      ),
    );
  }
  return { parts: expressions, errors };
}

/** The expression of a template that opens at `start`, without the blanks around it. */
function readExpression(text: string, start: number): ExpressionPart {
  const span = findSpan(text, start);
  const source = text.slice(span.from, span.to);
  const expression = shiftErrors(span.from, () => parseExpression(source));
  return { kind: "expression", source, offset: span.from, end: span.close + 2, expression };
}

/** Where a template goes on behind a fault: after the next `}}`, or where another expression opens before that. */
function afterFault(text: string, from: number): number {
  const close = text.indexOf("}}", from);
  const open = text.indexOf(opening, from);
  if (close < 0) return open < 0 ? text.length : open;
  return open < 0 ? close + 2 : Math.min(close + 2, open);
}

function collectError<Result>(errors: ExpressionError[], run: () => Result): Result | null {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    errors.push(error);
    return null;
  }
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
  return shiftErrors(offset, () => evaluate(expression, scope));
}

function textOf(value: Value, offset: number): string {
  if (typeof value === "string") return value;
  if (value === null) return "";
  const problem = sizeProblem(value);
  if (problem !== null) throw new ExpressionError(`the value cannot become text: ${problem}`, offset);
  return JSON.stringify(value);
}

/** Offsets of errors count from the start of the expression; in a template they count from the start of its text. */
function shiftErrors<Result>(offset: number, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ExpressionError(error.message, error.offset + offset);
  }
}
