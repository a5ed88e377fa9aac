import type { Static, TObject, TSchema } from "@sinclair/typebox";
import { TypeCompiler, type TypeCheck } from "@sinclair/typebox/compiler";
import { ValueErrorType, type ValueError } from "@sinclair/typebox/errors";
import { AppError, type AppErrorDetail } from "../../errors.ts";

const mostDetails = 20;
const compiled = new WeakMap<TSchema, TypeCheck<TSchema>>();

/** Data that fits its schema. Throws `AppError("invalid_usage")` with every field that does not. */
export function checkInput<T extends TSchema>(schema: T, data: unknown, what: string): Static<T> {
  const check = checkOf(schema);
  if (check.Check(data)) return data as Static<T>;
  const details: AppErrorDetail[] = [];
  for (const error of check.Errors(data)) {
    if (details.length === mostDetails) break;
    details.push({ path: pathOf(error.path), message: messageOf(error) });
  }
  const [first] = details;
  const where = first?.path ? `"${first.path}" ` : "it ";
  throw new AppError(
    "invalid_usage",
    `the ${what} does not fit: ${where}${first?.message ?? "is wrong"}`,
    details,
  );
}

/** A query as its schema has it: text becomes numbers and booleans, a name that may repeat a list. */
export function readQuery<T extends TObject>(schema: T, given: URLSearchParams): Static<T> {
  const data: Record<string, unknown> = Object.create(null);
  for (const name of new Set(given.keys())) {
    const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    const values = given.getAll(name);
    data[name] = property ? coerce(property, values) : values[0];
  }
  return checkInput(schema, { ...data }, "query");
}

function coerce(property: TSchema, values: readonly string[]): unknown {
  if (property["type"] === "array") return values;
  const text = values[0] ?? "";
  if (values.length > 1) return values;
  if (property["type"] === "integer" && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (property["type"] === "boolean")
    return text === "1" || text === "true" ? true : text === "0" ? false : text;
  return text;
}

function checkOf(schema: TSchema): TypeCheck<TSchema> {
  let check = compiled.get(schema);
  if (!check) compiled.set(schema, (check = TypeCompiler.Compile(schema)));
  return check;
}

/** `/stages/0/id` → `stages[0].id` */
function pathOf(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((path, part) => {
      if (/^\d+$/.test(part)) return `${path}[${part}]`;
      return path === "" ? part : `${path}.${part}`;
    }, "");
}

function messageOf(error: ValueError): string {
  const { schema, type } = error;
  if (type === ValueErrorType.ObjectRequiredProperty) return "is required";
  if (type === ValueErrorType.ObjectAdditionalProperties) return "is not known here";
  const choices = choicesOf(schema);
  if (choices !== null) return `must be one of ${choices.join(", ")}`;
  const { minimum, maximum, minLength, maxLength } = schema as Record<string, unknown>;
  if (schema.type === "integer") return `must be a whole number${bounds(minimum, maximum, "")}`;
  if (schema.type === "string" && typeof error.value === "string") {
    return `has a wrong length${bounds(minLength, maxLength, " characters")}`;
  }
  const names: Record<string, string> = {
    string: "a text",
    boolean: "true or false",
    object: "an object",
    array: "a list",
  };
  const name = names[String(schema.type)];
  return name === undefined ? error.message.toLowerCase() : `must be ${name}`;
}

function bounds(least: unknown, most: unknown, unit: string): string {
  if (least === undefined && most === undefined) return "";
  if (most === undefined) return `: at least ${least}${unit}`;
  return least === undefined ? `: at most ${most}${unit}` : ` from ${least} to ${most}${unit}`;
}

function choicesOf(schema: TSchema): string[] | null {
  const options: unknown = schema["anyOf"];
  if (!Array.isArray(options) || !options.every((option) => Object.hasOwn(option as object, "const")))
    return null;
  return options.map((option: { const: unknown }) => JSON.stringify(option.const));
}
