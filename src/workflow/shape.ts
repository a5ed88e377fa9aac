import { Kind, type TSchema } from "@sinclair/typebox";

/** A schema prepared for checking, with one lookup for each key. */
export type Shape =
  | { kind: "object"; fields: Map<string, Shape>; required: readonly string[] }
  | { kind: "names"; format: string | null; value: Shape }
  | { kind: "list"; item: Shape; min: number; max: number }
  | { kind: "pair"; item: Shape }
  | { kind: "text"; format: string | null; min: number; max: number }
  | { kind: "number"; isInteger: boolean; min: number; max: number }
  | { kind: "boolean" }
  | { kind: "choice"; words: readonly string[] }
  | { kind: "short"; text: Shape; full: Shape }
  | { kind: "anything" };

interface SchemaParts {
  [Kind]?: string;
  properties?: Record<string, TSchema>;
  required?: string[];
  patternProperties?: Record<string, TSchema>;
  items?: TSchema | TSchema[];
  anyOf?: TSchema[];
  const?: string;
  format?: string;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
}

/** Throws for a kind of schema that is not handled here, which is a bug in `definition.ts`. */
export function compileShape(schema: TSchema): Shape {
  const parts: SchemaParts = schema;
  const kind = schema[Kind];
  switch (kind) {
    case "Object": {
      const fields = Object.entries(parts.properties ?? {});
      return {
        kind: "object",
        fields: new Map(fields.map(([key, field]) => [key, compileShape(field)])),
        required: parts.required ?? [],
      };
    }
    case "Record": {
      const [value] = Object.values(parts.patternProperties ?? {});
      return { kind: "names", format: parts.format ?? null, value: compileShape(requireSchema(value)) };
    }
    case "Array":
      return {
        kind: "list",
        item: compileShape(one(parts.items)),
        min: parts.minItems ?? 0,
        max: parts.maxItems ?? Infinity,
      };
    case "Tuple":
      return { kind: "pair", item: compileShape(one(parts.items)) };
    case "String":
      return {
        kind: "text",
        format: parts.format ?? null,
        min: parts.minLength ?? 0,
        max: parts.maxLength ?? Infinity,
      };
    case "Number":
    case "Integer":
      return {
        kind: "number",
        isInteger: kind === "Integer",
        min: parts.minimum ?? -Infinity,
        max: parts.maximum ?? Infinity,
      };
    case "Boolean":
      return { kind: "boolean" };
    case "Union":
      return compileUnion(parts.anyOf ?? []);
    case "Unknown":
      return { kind: "anything" };
    default:
      throw new Error(`no shape for a schema of kind "${String(kind)}"`);
  }
}

function compileUnion(schemas: TSchema[]): Shape {
  const [first, second] = schemas;
  if (schemas.every((schema) => schema[Kind] === "Literal")) {
    return { kind: "choice", words: schemas.map((schema: SchemaParts) => schema.const ?? "") };
  }
  // A null means the same as a missing field everywhere, so a union with null is its other schema.
  if (second?.[Kind] === "Null") return compileShape(requireSchema(first));
  return {
    kind: "short",
    text: compileShape(requireSchema(first)),
    full: compileShape(requireSchema(second)),
  };
}

function one(items: TSchema | TSchema[] | undefined): TSchema {
  return requireSchema(Array.isArray(items) ? items[0] : items);
}

function requireSchema(schema: TSchema | undefined): TSchema {
  if (!schema) throw new Error("a schema lacks a part");
  return schema;
}
