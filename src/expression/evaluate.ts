import { ExpressionError } from "./expression-error.ts";
import { functions, takesCount } from "./functions.ts";
import { isSame, markedArray, markedObject, plain, readFrom, type MarkedValue } from "./marked.ts";
import { hasOwnProperty, isObject, ownProperty } from "./own-property.ts";
import type { Binary, Call, Expression, Index, Member, Name } from "./syntax.ts";
import type { Value, ValueObject } from "./value.ts";
import { kindOf, isTruthy } from "./value-kind.ts";
import { unknownFunction, unknownNamespace, wrongCount } from "./wrong-name.ts";

/**
 * What an expression yields. `scope` holds the namespaces by name. Nothing in it is changed.
 * Throws an ExpressionError for a missing namespace or function and for arguments of a wrong type.
 */
export function evaluate(expression: Expression, scope: ValueObject): Value {
  return evaluateMarked(expression, scope).value;
}

function evaluateMarked(expression: Expression, scope: ValueObject): MarkedValue {
  switch (expression.kind) {
    case "literal":
      return plain(expression.value);
    case "name":
      return evaluateName(expression, scope);
    case "member":
    case "index":
      return evaluateAccess(expression, scope);
    case "call":
      return evaluateCall(expression, scope);
    case "array":
      return markedArray(expression.items.map((item) => evaluateMarked(item, scope)));
    case "object":
      return markedObject(
        expression.entries.map(({ key, value }) => [key, evaluateMarked(value, scope)] as const),
      );
    case "not":
      return plain(!isTruthy(evaluate(expression.operand, scope)));
    case "binary":
      return evaluateBinary(expression, scope);
    case "conditional":
      return evaluateMarked(
        isTruthy(evaluate(expression.test, scope)) ? expression.then : expression.otherwise,
        scope,
      );
    default:
      return expression satisfies never;
  }
}

function evaluateName({ name, start }: Name, scope: ValueObject): MarkedValue {
  if (hasOwnProperty(scope, name))
    return { value: scope[name] ?? null, marks: name === "stages" ? "stages" : null };
  const parameters = ownProperty(scope, "parameters");
  const isParameter = isObject(parameters) && hasOwnProperty(parameters, name);
  const { message, hint } = unknownNamespace(name, Object.keys(scope));
  throw new ExpressionError(
    `${message}. ${isParameter ? `did you mean "parameters.${name}"?` : hint}`,
    start,
  );
}

/** Goes along `a.b[c].d` in a loop: the chain is as long as the source, and not bounded by the depth of parsing. */
function evaluateAccess(expression: Member | Index, scope: ValueObject): MarkedValue {
  const steps: (Member | Index)[] = [];
  let base: Expression = expression;
  while (base.kind === "member" || base.kind === "index") {
    steps.push(base);
    base = base.object;
  }
  let value = evaluateMarked(base, scope);
  for (const step of steps.toReversed()) {
    const key = step.kind === "member" ? plain(step.property) : evaluateMarked(step.index, scope);
    value = readFrom(value, key);
  }
  return value;
}

function evaluateCall({ name, args, start }: Call, scope: ValueObject): MarkedValue {
  const called = functions.get(name);
  if (!called) {
    const { message, hint } = unknownFunction(name);
    throw new ExpressionError(`${message}. ${hint}`, start);
  }
  if (!takesCount(called, args.length)) throw new ExpressionError(wrongCount(name, called, args), start);
  const values: MarkedValue[] = [];
  for (const each of args) {
    const value = evaluateMarked(each, scope);
    values.push(value);
    if (called.isEnough?.(value.value)) break;
  }
  const result = called.run(values);
  if ("value" in result) return { marks: null, ...result };
  throw new ExpressionError(result.problem, args[result.argument]?.start ?? start);
}

function evaluateBinary(expression: Binary, scope: ValueObject): MarkedValue {
  switch (expression.operator) {
    case "&&":
    case "||":
      return evaluateLogical(expression, scope);
    case "==":
      return plain(isEqual(expression, scope));
    case "!=":
      return plain(!isEqual(expression, scope));
    case "<":
    case "<=":
    case ">":
    case ">=":
      return plain(evaluateOrder(expression, expression.operator, scope));
    default:
      return expression.operator satisfies never;
  }
}

/** Goes along `a && b && c` in a loop, for the same reason as along `a.b.c`. */
function evaluateLogical(expression: Binary, scope: ValueObject): MarkedValue {
  const { operator } = expression;
  const operands: Expression[] = [];
  let first: Expression = expression;
  while (first.kind === "binary" && first.operator === operator) {
    operands.push(first.right);
    first = first.left;
  }
  let value = evaluateMarked(first, scope);
  for (const operand of operands.toReversed()) {
    if (isTruthy(value.value) === (operator === "||")) return value;
    value = evaluateMarked(operand, scope);
  }
  return value;
}

function isEqual({ left, right }: Binary, scope: ValueObject): boolean {
  return isSame(evaluateMarked(left, scope), evaluateMarked(right, scope));
}

function evaluateOrder(
  { left, right }: Binary,
  operator: "<" | "<=" | ">" | ">=",
  scope: ValueObject,
): boolean {
  const a = evaluate(left, scope);
  const b = evaluate(right, scope);
  if (typeof a === "number" && typeof b === "number") return isInOrder(a, operator, b);
  if (typeof a === "string" && typeof b === "string") return isInOrder(a, operator, b);
  const isLeftWrong = typeof a !== "number" && typeof a !== "string";
  throw new ExpressionError(
    `"${operator}" compares two numbers or two strings, not ${kindOf(a)} with ${kindOf(b)}`,
    (isLeftWrong ? left : right).start,
  );
}

function isInOrder<T extends number | string>(a: T, operator: "<" | "<=" | ">" | ">=", b: T): boolean {
  switch (operator) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    default:
      return operator satisfies never;
  }
}
