import { evaluate } from "../expression/evaluate.ts";
import { ExpressionError } from "../expression/expression-error.ts";
import { evaluateTemplate, parseCondition, parseTemplate } from "../expression/template.ts";
import { parseExpression } from "../expression/parse-expression.ts";
import type { Value, ValueObject } from "../expression/value.ts";
import { isTruthy } from "../expression/value-kind.ts";
import type { Failure } from "../execution/retry.ts";
import type { EffectiveInput, EffectiveStage } from "../workflow/effective.ts";
import { checkValue } from "../workflow/value-type.ts";

type Evaluation<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/** Whether a stage's condition lets it run. */
export function conditionHolds(stage: EffectiveStage, scope: ValueObject): Evaluation<boolean> {
  const { condition } = stage;
  if (condition === null) return { ok: true, value: true };
  return tryEvaluate("the condition", () => isTruthy(evaluate(parseCondition(condition).expression, scope)));
}

/** A stage's inputs, resolved and checked against their types; all problems are named at once. */
export function resolveInputs(stage: EffectiveStage, scope: ValueObject): Evaluation<ValueObject> {
  const inputs = Object.create(null) as Record<string, Value>;
  const problems: string[] = [];
  for (const [name, input] of Object.entries(stage.inputs)) {
    const found = inputValue(name, input, scope);
    if (!found.ok) return found;
    const problem = inputProblem(name, input, found.value);
    if (problem === null) inputs[name] = found.value;
    else problems.push(problem);
  }
  if (problems.length === 0) return { ok: true, value: inputs };
  return { ok: false, failure: { class: "input_contract", message: problems.join("; ") } };
}

/** A text with `${{ }}` in it, as text. */
export function textOf(what: string, template: string, scope: ValueObject): Evaluation<string> {
  return tryEvaluate(what, () => {
    const value = evaluateTemplate(parseTemplate(template), scope);
    return typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);
  });
}

function inputValue(name: string, input: EffectiveInput, scope: ValueObject): Evaluation<Value> {
  const { source } = input;
  if (source === null) return { ok: true, value: input.value ?? input.default ?? null };
  return tryEvaluate(`input "${name}"`, () => {
    const value = source.includes("${{")
      ? evaluateTemplate(parseTemplate(source), scope)
      : evaluate(parseExpression(source), scope);
    return value ?? input.default ?? null;
  });
}

function inputProblem(name: string, { type, required, source }: EffectiveInput, value: Value): string | null {
  if (value === null && !required) return null;
  if (value === null) {
    const from = source === null ? "it has neither source, value nor default" : `"${source}" gave nothing`;
    return `input "${name}" is required, and ${from}`;
  }
  const problem = checkValue(type, value);
  return problem === null ? null : `input "${name}" ${problem}`;
}

function tryEvaluate<T>(what: string, run: () => T): Evaluation<T> {
  try {
    return { ok: true, value: run() };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { ok: false, failure: { class: "expression_error", message: `${what}: ${error.message}` } };
  }
}
