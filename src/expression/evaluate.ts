import { deepEqual } from "./deep-equal.ts";
import { ExpressionError } from "./expression-error.ts";
import { functions } from "./functions.ts";
import { hasOwnProperty, isArray, isObject, ownProperty } from "./own-property.ts";
import type { Binary, Call, Expression, Index, Member, Name } from "./syntax.ts";
import type { Value, ValueObject } from "./value.ts";
import { kindOf, isTruthy } from "./value-kind.ts";
import { unknownFunction, unknownNamespace, wrongCount } from "./wrong-name.ts";

/**
 * What an expression yields. `scope` holds the namespaces by name. Nothing in it is changed.
 * Throws an ExpressionError for a missing namespace or function and for arguments of a wrong type.
 */
export function evaluate(expression: Expression, scope: ValueObject): Value {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "name":
      return evaluateName(expression, scope);
    case "member":
    case "index":
      return evaluateAccess(expression, scope);
    case "call":
      return evaluateCall(expression, scope);
    case "array":
      return expression.items.map((item) => evaluate(item, scope));
    case "object":
      return Object.fromEntries(expression.entries.map(({ key, value }) => [key, evaluate(value, scope)]));
    case "not":
      return !isTruthy(evaluate(expression.operand, scope));
    case "binary":
      return evaluateBinary(expression, scope);
    case "conditional":
      return evaluate(
        isTruthy(evaluate(expression.test, scope)) ? expression.then : expression.otherwise,
        scope,
      );
    default:
      return expression satisfies never;
  }
}

function evaluateName({ name, start }: Name, scope: ValueObject): Value {
  if (hasOwnProperty(scope, name)) return scope[name] ?? null;
  const parameters = ownProperty(scope, "parameters");
  const isParameter = isObject(parameters) && hasOwnProperty(parameters, name);
  const { message, hint } = unknownNamespace(name, Object.keys(scope));
  throw new ExpressionError(
    `${message}. ${isParameter ? `did you mean "parameters.${name}"?` : hint}`,
    start,
  );
}

/** Goes along `a.b[c].d` in a loop: the chain is as long as the source, and not bounded by the depth of parsing. */
function evaluateAccess(expression: Member | Index, scope: ValueObject): Value {
  const steps: (Member | Index)[] = [];
  let base: Expression = expression;
  while (base.kind === "member" || base.kind === "index") {
    steps.push(base);
    base = base.object;
  }
  let value = evaluate(base, scope);
  for (const step of steps.toReversed()) {
    const key = step.kind === "member" ? step.property : evaluate(step.index, scope);
    value = read(value, key);
  }
  return value;
}

function read(from: Value, key: Value): Value {
  if (isArray(from)) return typeof key === "number" ? (from[key] ?? null) : null;
  return isObject(from) && typeof key === "string" ? ownProperty(from, key) : null;
}

function evaluateCall({ name, args, start }: Call, scope: ValueObject): Value {
  const called = functions.get(name);
  if (!called) {
    const { message, hint } = unknownFunction(name);
    throw new ExpressionError(`${message}. ${hint}`, start);
  }
  if (args.length !== called.parameters.length)
    throw new ExpressionError(wrongCount(name, called, args), start);
  const result = called.run(args.map((each) => evaluate(each, scope)));
  if ("value" in result) return result.value;
  throw new ExpressionError(result.problem, args[result.argument]?.start ?? start);
}

function evaluateBinary(expression: Binary, scope: ValueObject): Value {
  switch (expression.operator) {
    case "&&":
    case "||":
      return evaluateLogical(expression, scope);
    case "==":
      return isEqual(expression, scope);
    case "!=":
      return !isEqual(expression, scope);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return evaluateOrder(expression, expression.operator, scope);
    default:
      return expression.operator satisfies never;
  }
}

/** Goes along `a && b && c` in a loop, for the same reason as along `a.b.c`. */
function evaluateLogical(expression: Binary, scope: ValueObject): Value {
  const { operator } = expression;
  const operands: Expression[] = [];
  let first: Expression = expression;
  while (first.kind === "binary" && first.operator === operator) {
    operands.push(first.right);
    first = first.left;
  }
  let value = evaluate(first, scope);
  for (const operand of operands.toReversed()) {
    if (isTruthy(value) === (operator === "||")) return value;
    value = evaluate(operand, scope);
  }
  return value;
}

function isEqual({ left, right }: Binary, scope: ValueObject): boolean {
  const a = evaluate(left, scope);
  const b = evaluate(right, scope);
  if (deepEqual(a, b)) return true;
  return (isSuccess(a, b) && isStageStatus(left)) || (isSuccess(b, a) && isStageStatus(right));
}

/** Workflows say "success" where the status of a stage is "completed". */
function isSuccess(status: Value, word: Value): boolean {
  return status === "completed" && word === "success";
}

/** `stages.<id>.status`, in dots or brackets; the id may be any expression. */
function isStageStatus(expression: Expression): boolean {
  if (expression.kind !== "member" && expression.kind !== "index") return false;
  const isStatus =
    expression.kind === "member"
      ? expression.property === "status"
      : expression.index.kind === "literal" && expression.index.value === "status";
  const stage = expression.object;
  if (!isStatus || (stage.kind !== "member" && stage.kind !== "index")) return false;
  return stage.object.kind === "name" && stage.object.name === "stages";
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
