import { openScope } from "../../execution/scope.ts";
import type { ExecutionRecord, StepRecord } from "../../execution/record.ts";
import { ExpressionError } from "../../expression/expression-error.ts";
import { evaluateTemplate, parseTemplate } from "../../expression/template.ts";
import type { Value, ValueObject } from "../../expression/value.ts";
import type { EffectiveDefinition } from "../../workflow/effective.ts";

/** What gates that wait ask, by stage: their messages with the values the execution has come to. */
export function gateMessages(
  definition: EffectiveDefinition | null,
  execution: ExecutionRecord,
  steps: readonly StepRecord[],
): Map<string, string> {
  const messages = new Map<string, string>();
  const waiting = new Set(execution.waiting_gates);
  if (!definition || waiting.size === 0) return messages;
  const env: Record<string, Value> = Object.create(null);
  const scope = openScope(definition, execution, { env, modules: {} });
  for (const step of steps) scope.update(step);
  for (const [name, text] of Object.entries(definition.config.env)) env[name] = filledIn(text, scope.values);
  for (const { id, gate } of definition.stages) {
    if (waiting.has(id) && gate?.message) messages.set(id, filledIn(gate.message, scope.values));
  }
  return messages;
}

/** The text as it is written where it names what only the engine knows. */
function filledIn(text: string, scope: ValueObject): string {
  try {
    const value = evaluateTemplate(parseTemplate(text), scope);
    return typeof value === "string" ? value : JSON.stringify(value);
  } catch (error) {
    if (error instanceof ExpressionError) return text;
    throw error;
  }
}
