import { Definition } from "./definition.ts";
import { formatPatterns, refusedNames } from "./formats.ts";

/** The language as a JSON Schema for editors, made from the shape in `definition.ts`. Plain data. */
export function definitionSchema(): Record<string, unknown> {
  const schema = JSON.parse(JSON.stringify(Definition), forEditors) as Shape;
  const { config, stages } = schema.properties;
  Object.assign(valueOfMap(config?.properties["parameters"]), secretRule);
  Object.assign(stages?.items ?? {}, stageRule);
  return { $schema: "http://json-schema.org/draft-07/schema#", title: "skillmeat workflow", ...schema };
}

interface Shape {
  properties: Record<string, Shape | undefined>;
  patternProperties?: Record<string, Shape>;
  items?: Shape;
}

function valueOfMap(map: Shape | undefined): object {
  return Object.values(map?.patternProperties ?? {})[0] ?? {};
}

/** The fields that each type of stage requires and forbids. */
const stageRule = {
  if: { properties: { type: { const: "gate" } }, required: ["type"] },
  // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema has the word.
  then: { required: ["gate"], properties: { gate: true, roles: false, inputs: false, outputs: false } },
  else: {
    required: ["roles"],
    properties: {
      roles: { type: "object", required: ["primary"], properties: { primary: true } },
      gate: false,
    },
  },
};

/** The value of a secret parameter is never in a definition. */
const secretRule = {
  if: { properties: { secret: { const: true } }, required: ["secret"] },
  // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema has the word.
  then: { properties: { type: { const: "string" }, default: false, enum: false } },
};

/**
 * The formats are our own, and editors do not know them: a pattern replaces a format, and the checks of names, if it
 * can.
 */
function forEditors(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("patternProperties" in value) {
    const { format: _format, ...map } = value as Record<string, unknown>;
    return { ...map, propertyNames: { not: { enum: [...refusedNames] } } };
  }
  if (!("format" in value)) return value;
  const { format, ...rest } = value;
  const pattern = formatPatterns[String(format)];
  return pattern ? { ...rest, pattern: pattern.source } : rest;
}
