import { parseJson } from "../expression/parse-json.ts";
import { deepestValue, sizeProblem } from "../expression/size-problem.ts";
import type { Value, ValueObject } from "../expression/value.ts";

const simpleTypes = [
  "string",
  "number",
  "integer",
  "boolean",
  "object",
  "array",
  "artifact_ref",
  "memory_item",
  "context_module",
] as const;

type SimpleType = (typeof simpleTypes)[number];

/** The innermost type and the number of arrays around it: `array<array<string>>` has depth 2 around `string`. */
export interface ValueType {
  depth: number;
  innermost: SimpleType;
}

/** The deepest nesting that a definition may have. */
const deepest = 64;
const form = /^((?:array<)*)([a-z_]+)(>*)$/;
const name = String.raw`[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*(@[A-Za-z0-9_.+-]+)?`;
const artifactRefForm = `^(agent|skill|command|mcp|hook):${name}$`;
const contextRefForm = `^ctx:${name}$`;

/** `agent:team/reviewer@1.2.0`: the kind, the name and an optional version. */
export const artifactRef = new RegExp(artifactRefForm);

/** The name of a type. A pattern cannot tell whether its brackets are paired. */
export const typeForm = new RegExp(`^(array<)*(${simpleTypes.join("|")})>*$`);

/** `ctx:house-rules`. */
export const contextRef = new RegExp(contextRefForm);

/** The type that a text such as `array<string>` names; null when it names none. */
export function parseType(text: string): ValueType | null {
  const [, before = "", name = "", after = ""] = form.exec(text) ?? [];
  const innermost = simpleTypes.find((each) => each === name);
  const depth = after.length;
  if (innermost === undefined || before.length !== depth * "array<".length || depth > deepest) return null;
  return { depth, innermost };
}

/** Prints, for a message, the value at a path inside a larger value. */
type ShowValue = (value: unknown, path: readonly number[]) => string;

/**
 * Null when a value has the type; else the problem, such as `must be integer, not "text"`. `show` is for values whose
 * text in the file is known.
 */
export function checkValue(type: string, value: unknown, show: ShowValue = showValue): string | null {
  const parsed = parseType(type);
  if (!parsed) return `has the unknown type "${type}"`;
  const problem = problemOf(parsed, value, [], show);
  if (problem !== null) return problem;
  const size = sizeProblem(value as Value);
  return size === null ? null : `must be JSON of a sane size: ${size}`;
}

/** One problem of a value. */
export interface ValueProblem {
  /** The place in the value: `""` or `[2][0]`. */
  at: string;
  /** Such as `must be integer, not "text"`. */
  says: string;
}

const mostProblems = 20;

/** The first 20 problems that keep a value from having the type, item by item. */
export function valueProblems(type: string, value: unknown): ValueProblem[] {
  const found: ValueProblem[] = [];
  const parsed = parseType(type);
  if (parsed) collect(parsed, value, "", found);
  if (found.length > 0) return found;
  const whole = checkValue(type, value);
  return whole === null ? [] : [{ at: "", says: whole }];
}

function collect({ depth, innermost }: ValueType, value: unknown, at: string, found: ValueProblem[]): void {
  if (found.length >= mostProblems) return;
  const problem =
    depth > 0 && Array.isArray(value) ? null : problemOf({ depth, innermost }, value, [], showValue);
  if (problem !== null) found.push({ at, says: problem });
  else if (depth > 0 && Array.isArray(value)) {
    value.forEach((item, place) => collect({ depth: depth - 1, innermost }, item, `${at}[${place}]`, found));
  }
}

/** Converts a text from a form or a command line to a value. For every type but text, it is read as JSON. */
export function coerceText(type: string, text: string): { value: Value } | { problem: string } {
  const parsed = parseType(type);
  if (!parsed) return { problem: `has the unknown type "${type}"` };
  if (parsed.depth === 0 && isText(parsed.innermost)) return checkedValue(type, text);
  const read = parseJson(text, deepestValue);
  if ("value" in read) return checkedValue(type, read.value);
  if (read.fault === "number") return { problem: read.problem };
  return { problem: `must be ${formOf(parsed, type)}, not ${showValue(text)}` };
}

function checkedValue(type: string, value: Value): { value: Value } | { problem: string } {
  const problem = checkValue(type, value);
  return problem === null ? { value } : { problem };
}

/** The type as JSON Schema. */
export function schemaOfType(type: string): ValueObject {
  const parsed = parseType(type);
  let schema: ValueObject = parsed ? schemaOf(parsed.innermost) : {};
  for (let depth = parsed?.depth ?? 0; depth > 0; depth--) schema = { type: "array", items: schema };
  return schema;
}

/**
 * True when every value of one type is a value of the other. An unknown type fits all, because it is reported itself.
 */
export function fits(from: string, to: string): boolean {
  const given = parseType(from);
  const wanted = parseType(to);
  if (!given || !wanted) return true;
  if (given.depth === wanted.depth) return fitsSimple(given.innermost, wanted.innermost);
  return given.depth > wanted.depth && wanted.innermost === "array";
}

function fitsSimple(from: SimpleType, to: SimpleType): boolean {
  if (from === to) return true;
  if (to === "number") return from === "integer";
  if (to === "string") return from === "artifact_ref" || from === "context_module";
  return to === "object" && from === "memory_item";
}

function problemOf(
  { depth, innermost }: ValueType,
  value: unknown,
  path: readonly number[],
  show: ShowValue,
): string | null {
  const place = path.length === 0 ? "" : `item ${path.map((at) => `[${at}]`).join("")} `;
  if (depth === 0) {
    return hasType(innermost, value)
      ? null
      : `${place}must be ${nameOf(innermost)}, not ${show(value, path)}`;
  }
  if (!Array.isArray(value)) return `${place}must be ${typeName(depth, innermost)}, not ${show(value, path)}`;
  for (const [at, item] of value.entries()) {
    const problem = problemOf({ depth: depth - 1, innermost }, item, [...path, at], show);
    if (problem !== null) return problem;
  }
  return null;
}

function hasType(type: SimpleType, value: unknown): boolean {
  switch (type) {
    case "string":
      return typeof value === "string";
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "integer":
      return Number.isSafeInteger(value);
    case "boolean":
      return typeof value === "boolean";
    case "array":
      return Array.isArray(value);
    case "object":
    case "memory_item":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "artifact_ref":
      return typeof value === "string" && artifactRef.test(value);
    case "context_module":
      return typeof value === "string" && contextRef.test(value);
    default:
      return type satisfies never;
  }
}

function schemaOf(type: SimpleType): ValueObject {
  switch (type) {
    case "artifact_ref":
      return { type: "string", pattern: artifactRefForm };
    case "context_module":
      return { type: "string", pattern: contextRefForm };
    case "memory_item":
      return { type: "object" };
    case "string":
    case "number":
    case "integer":
    case "boolean":
    case "object":
    case "array":
      return { type };
    default:
      return type satisfies never;
  }
}

function isText(type: SimpleType): boolean {
  return type === "string" || type === "artifact_ref" || type === "context_module";
}

function nameOf(type: SimpleType): string {
  if (type === "artifact_ref") return "artifact_ref, such as agent:reviewer";
  return type === "context_module" ? "context_module, such as ctx:house-rules" : type;
}

function formOf({ depth, innermost }: ValueType, type: string): string {
  if (depth > 0 || innermost === "array") return `${type} as JSON, such as [1, 2]`;
  return innermost === "object" || innermost === "memory_item" ? `${type} as JSON, such as {"a": 1}` : type;
}

function typeName(depth: number, innermost: SimpleType): string {
  return `${"array<".repeat(depth)}${innermost}${">".repeat(depth)}`;
}

/** Prints a value as JSON and cuts it when it is long, because an agent's values may be large or deeply nested. */
export function showValue(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "number" || value === undefined) return String(value);
  const text = typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : String(value);
  return typeof value === "string" && value.length > 60 ? `${text.slice(0, -1)}…"` : text;
}
