import { ExpressionError } from "./expression-error.ts";
import { expectedError, isSymbol, openCursor, type Cursor } from "./cursor.ts";
import { parsePostfix } from "./parse-postfix.ts";
import type { BinaryOperator, Expression } from "./syntax.ts";

/** In UTF-8 bytes. */
const longestSource = 8 * 1024;

/**
 * The tree of an expression, by the grammar of the language: one function a level, the loosest binding first.
 * Throws an ExpressionError; sources over 8 KiB or nested more than 64 deep are refused.
 */
export function parseExpression(source: string): Expression {
  if (source.length > longestSource || new TextEncoder().encode(source).length > longestSource) {
    throw new ExpressionError("the expression is too long. 8 KiB is the limit", 0);
  }
  if (/^[ \t\r\n]*$/.test(source)) {
    throw new ExpressionError("the expression is empty. write a value, such as parameters.name", 0);
  }
  const cursor = openCursor(source, parseTernary);
  const expression = parseTernary(cursor);
  if (cursor.token.kind !== "end") throw new ExpressionError(describeLeftOver(cursor), cursor.token.start);
  return expression;
}

function parseTernary(cursor: Cursor): Expression {
  const test = parseOr(cursor);
  if (!isSymbol(cursor.token, "?")) return test;
  const question = cursor.take();
  const then = cursor.nested(question.start, () => parseTernary(cursor));
  if (!isSymbol(cursor.token, ":")) {
    throw expectedError(cursor, '":" and the value for when the condition is false');
  }
  cursor.take();
  const otherwise = cursor.nested(question.start, () => parseTernary(cursor));
  // oxlint-disable-next-line unicorn/no-thenable -- the name of a branch; nobody awaits a tree
  return { kind: "conditional", test, then, otherwise, start: test.start, end: otherwise.end };
}

function parseOr(cursor: Cursor): Expression {
  let left = parseAnd(cursor);
  while (isSymbol(cursor.token, "||")) {
    cursor.take();
    left = binary("||", left, parseAnd(cursor));
  }
  return left;
}

function parseAnd(cursor: Cursor): Expression {
  let left = parseEquality(cursor);
  while (isSymbol(cursor.token, "&&")) {
    cursor.take();
    left = binary("&&", left, parseEquality(cursor));
  }
  return left;
}

function parseEquality(cursor: Cursor): Expression {
  const left = parseRelational(cursor);
  const operator = operatorOf(cursor, ["==", "!="]);
  if (operator === null) return left;
  cursor.take();
  const right = parseRelational(cursor);
  refuseChain(cursor, operator, ["==", "!="]);
  return binary(operator, left, right);
}

function parseRelational(cursor: Cursor): Expression {
  const left = parseUnary(cursor);
  const operator = operatorOf(cursor, ["<", "<=", ">", ">="]);
  if (operator === null) return left;
  cursor.take();
  const right = parseUnary(cursor);
  refuseChain(cursor, operator, ["<", "<=", ">", ">="]);
  return binary(operator, left, right);
}

function parseUnary(cursor: Cursor): Expression {
  if (!isSymbol(cursor.token, "!")) return parsePostfix(cursor);
  const { start } = cursor.take();
  const operand = cursor.nested(start, () => parseUnary(cursor));
  return { kind: "not", operand, start, end: operand.end };
}

function binary(operator: BinaryOperator, left: Expression, right: Expression): Expression {
  return { kind: "binary", operator, left, right, start: left.start, end: right.end };
}

function operatorOf(cursor: Cursor, operators: readonly BinaryOperator[]): BinaryOperator | null {
  return operators.find((operator) => isSymbol(cursor.token, operator)) ?? null;
}

function refuseChain(cursor: Cursor, first: string, operators: readonly BinaryOperator[]): void {
  const second = operatorOf(cursor, operators);
  if (second === null) return;
  throw new ExpressionError(
    `comparisons do not chain: "${second}" follows "${first}". ` +
      'join two comparisons with "&&", or put one in parentheses',
    cursor.token.start,
  );
}

/** Something stands after a whole expression: say what could join it. */
function describeLeftOver(cursor: Cursor): string {
  const { token } = cursor;
  if (isSymbol(token, "(")) return "only functions can be called, and by their name alone";
  const words: Record<string, string> = { and: '"&&"', or: '"||"', eq: '"=="', ne: '"!="' };
  if (token.kind === "identifier" && Object.hasOwn(words, token.name)) {
    return `"${token.name}" is not an operator. did you mean ${words[token.name]}?`;
  }
  return expectedError(cursor, "an operator or the end of the expression").message;
}
