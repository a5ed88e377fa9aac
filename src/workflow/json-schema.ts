import { Definition } from "./definition.ts";
import { formatPatterns } from "./formats.ts";

/** The language as a JSON Schema, for editors: made from the one source of its shape. Plain data. */
export function definitionSchema(): Record<string, unknown> {
  const schema: unknown = JSON.parse(JSON.stringify(Definition), withPatterns);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "skillmeat workflow",
    ...(schema as Record<string, unknown>),
  };
}

/** The formats are ours: no editor knows them. What a pattern can say of them, it does. */
function withPatterns(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("format" in value)) return value;
  const { format, ...rest } = value;
  const pattern = formatPatterns[String(format)];
  return pattern ? { ...rest, pattern: pattern.source } : rest;
}
