import type { Value, ValueObject } from "../../expression/value.ts";
import { isObject } from "../output-schema.ts";

/**
 * The schema of a stage's outputs as OpenAI's API takes it from codex, which always asks for "strict" mode: every
 * output is required, and one that may be missing may be null instead. Null where that mode cannot express it: it knows
 * no objects and lists of which nothing more is said.
 */
export function strictSchema(schema: Value): Value | null {
  const properties = isObject(schema) ? schema["properties"] : undefined;
  if (!isObject(schema) || !isObject(properties)) return null;
  const required = requiredNames(schema);
  const strict: [string, Value][] = [];
  for (const [name, property] of Object.entries(properties)) {
    if (!isObject(property) || !isClosed(property)) return null;
    strict.push([name, required.has(name) ? property : orNull(property)]);
  }
  return { ...schema, properties: Object.fromEntries(strict), required: Object.keys(properties) };
}

function orNull(schema: ValueObject): ValueObject {
  return { ...schema, type: [schema["type"] ?? null, "null"] };
}

/** Outputs without the nulls that stand for outputs which are not there. */
export function withoutMissing(
  outputs: Readonly<Record<string, unknown>>,
  schema: Value,
): Record<string, unknown> {
  const required = isObject(schema) ? requiredNames(schema) : new Set<string>();
  return Object.fromEntries(
    Object.entries(outputs).filter(([name, value]) => value !== null || required.has(name)),
  );
}

function requiredNames(schema: ValueObject): ReadonlySet<Value> {
  const { required } = schema;
  return new Set(Array.isArray(required) ? required : []);
}

/** True for texts, numbers and truth values, and for lists of them. */
function isClosed({ type, items }: ValueObject): boolean {
  if (type === "array") return isObject(items) && isClosed(items);
  return typeof type === "string" && type !== "object";
}
