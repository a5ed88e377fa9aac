import { anyText, linesOf, namesIn, scalarText } from "../../../../views/workflows/builder/field-text.ts";
import { AppError } from "../../../errors.ts";
import type { Value } from "../../../expression/value.ts";
import { Definition } from "../../../workflow/definition.ts";
import type { Edit } from "../../../workflow/edit/edit.ts";
import { compileShape, type Shape } from "../../../workflow/shape.ts";
import { child, nodeAt, textOf, type Path, type SourceNode } from "../../../workflow/source-node.ts";
import { coerceText } from "../../../workflow/value-type.ts";
import { listEdits } from "./list-edits.ts";

/**
 * What a form has sent. A field's name is its path below the form's own node: `error_policy.timeout`. The entries of a
 * map with free names are numbered in the order of the file, and `@name` is the name: `inputs.0.@name`,
 * `inputs.0.type`; a number beyond the last is a new entry, and `@remove` takes one away. A list comes as lines, or as
 * several fields. `@id` is the node's own `id`.
 */
export interface SentForm {
  fields: URLSearchParams;
  /** The node that the form was made from, with the place of the same node now. */
  from: SourceNode | null;
  to: Path;
  shape: Shape;
}

const definitionShape = compileShape(Definition);
export const rootShape: Shape = definitionShape;
export const stageShape: Shape = itemShape(fieldShape(definitionShape, "stages"));

/** The edits that bring what has changed in a form into the definition, in the order they are to be made. */
export function formEdits(form: SentForm): Edit[] {
  const edits: Edit[] = [];
  const renames: Edit[] = [];
  const rows = new Map<string, Set<number>>();
  const roles = new Set<string>();
  for (const name of fieldNames(form.fields)) {
    const way = findWay(form, name);
    if (way.kind === "row") rows.set(way.map, (rows.get(way.map) ?? new Set()).add(way.row));
    else if (way.kind === "short") roles.add(way.short);
    else edits.push(...leafEdits(form, way, name));
  }
  for (const short of roles) edits.push(...shortEdits(form, short));
  for (const [map, numbers] of rows) {
    for (const row of [...numbers].toSorted((a, b) => a - b)) {
      const made = rowEdits(form, map, row);
      for (const edit of made) (edit.kind === "rename_key" ? renames : edits).push(edit);
    }
  }
  return [...edits, ...renames];
}

/** A field's text, with the line ends that files have. */
export function sentText(fields: URLSearchParams, name: string): string {
  return (fields.get(name) ?? "").replaceAll("\r\n", "\n");
}

function fieldNames(fields: URLSearchParams): string[] {
  const sent = [...fields.keys()].filter((name) => /^(@id$|[a-z_]+(\.|$))/.test(name) && !controls.has(name));
  // A list of boxes of which none is ticked sends nothing, so `has` names the list.
  return [...new Set([...sent, ...fields.getAll("has")])];
}

/** Fields that say what the form is about and do not belong to the definition. */
const controls = new Set(["stage", "revision", "has", "part", "then", "back"]);

type FieldWay =
  | { kind: "leaf"; path: Path; shape: Shape }
  | { kind: "short"; short: string }
  | { kind: "row"; map: string; row: number };

/** Where a field leads to. Throws `AppError` for a name that no form of ours has. */
function findWay({ shape: start }: SentForm, name: string): FieldWay {
  const steps = name === "@id" ? ["id"] : name.split(".");
  let shape = start;
  for (const [at, step] of steps.entries()) {
    if (shape.kind === "names") return { kind: "row", map: steps.slice(0, at).join("."), row: Number(step) };
    if (shape.kind === "short") return { kind: "short", short: steps.slice(0, at).join(".") };
    shape = fieldShape(shape, step, name);
  }
  if (shape.kind === "short") return { kind: "short", short: name };
  return { kind: "leaf", path: steps, shape };
}

function leafEdits(
  { fields, from, to }: SentForm,
  { path, shape }: Extract<FieldWay, { kind: "leaf" }>,
  name: string,
): Edit[] {
  const node = nodeAt(from, path);
  const target = [...to, ...path];
  if (shape.kind === "list") {
    const sent = fields.getAll(name).flatMap((text) => text.split(/\r?\n/));
    const lines = sent.map((line) => line.trim()).filter((line) => line !== "");
    return listEdits(target, node === null ? null : linesOf(node), lines, (text) => text);
  }
  const given = sentText(fields, name);
  const text = isOneLine(shape) ? given.trim() : given;
  if (text === scalarText(node)) return [];
  if (text === "") return node === null ? [] : [{ kind: "remove", path: target }];
  return [{ kind: "set", path: target, value: valueFrom(text, shape) }];
}

/** A role or a message's channel: a text alone, or a map once it has more than that. */
function shortEdits({ fields, from, to, shape }: SentForm, short: string): Edit[] {
  const path = short.split(".");
  const union = path.reduce((inner, step) => fieldShape(inner, step), shape);
  if (union.kind !== "short" || union.full.kind !== "object") throw unknownField(short);
  const { fields: parts } = union.full;
  const node = nodeAt(from, path);
  const target = [...to, ...path];
  const [main = ""] = parts.keys();
  const textBefore = (part: string): string => {
    if (node?.kind === "scalar") return part === main ? scalarText(node) : "";
    return scalarText(child(node, part));
  };
  const textAfter = (part: string): string => {
    const name = `${short}.${part}`;
    if (!fields.has(name)) return textBefore(part);
    const text = sentText(fields, name);
    return part === main ? text.trim() : text;
  };
  const names = [...parts.keys()];
  const changed = names.filter((part) => textAfter(part) !== textBefore(part));
  if (changed.length === 0) return [];
  if (node?.kind === "map") {
    return changed.map((part) => {
      const text = textAfter(part);
      const place = [...target, part];
      return text === "" ? { kind: "remove", path: place } : { kind: "set", path: place, value: text };
    });
  }
  const full = names.filter((part) => textAfter(part) !== "");
  if (full.length === 0) return [{ kind: "remove", path: target }];
  const isShort = full.length === 1 && full[0] === main;
  const map = Object.fromEntries(full.map((part) => [part, textAfter(part)]));
  return [{ kind: "set", path: target, value: isShort ? textAfter(main) : map }];
}

function rowEdits(form: SentForm, map: string, row: number): Edit[] {
  const { fields, to } = form;
  const path = map.split(".");
  const names = path.reduce((inner, step) => fieldShape(inner, step), form.shape);
  if (names.kind !== "names") throw unknownField(map);
  const node = nodeAt(form.from, path);
  const known = namesIn(node);
  const prefix = `${map}.${row}.`;
  const name = sentText(fields, `${prefix}@name`).trim();
  const key = known[row];
  const target = [...to, ...path];
  if (key === undefined) {
    if (name === "") return [];
    if (known.includes(name))
      throw new AppError("conflict", `there is a "${name}" already. give another name`);
    return [{ kind: "set", path: [...target, name], value: newEntry(fields, prefix, names.value) }];
  }
  if (fields.has(`${prefix}@remove`)) return [{ kind: "remove", path: [...target, key] }];
  const edits = [...fields.keys()]
    .filter((each) => each.startsWith(prefix) && !each.startsWith(`${prefix}@name`))
    .flatMap((each) =>
      entryEdits(form, { path: [...target, key], node: child(node, key) }, each, prefix, names.value),
    );
  if (name === "" || name === key || !fields.has(`${prefix}@name`)) return edits;
  return [...edits, { kind: "rename_key", path: [...target, key], to: name }];
}

interface Entry {
  path: Path;
  node: SourceNode | null;
}

function entryEdits({ fields }: SentForm, entry: Entry, name: string, prefix: string, shape: Shape): Edit[] {
  const field = name.slice(prefix.length);
  const isWhole = field === "@value";
  const node = isWhole ? entry.node : child(entry.node, field);
  const path = isWhole ? entry.path : [...entry.path, field];
  const inner = isWhole ? shape : fieldShape(shape, field, name);
  const type = typeFor(fields, prefix, entry.node);
  if (inner.kind === "list") {
    const lines = sentText(fields, name)
      .split("\n")
      .filter((line) => line.trim() !== "");
    return listEdits(path, node === null ? null : linesOf(node), lines, (text) => typedValue(text, type));
  }
  const text = sentText(fields, name);
  if (text === (inner.kind === "anything" ? anyText(node) : scalarText(node))) return [];
  if (text === "" && !isWhole) return node === null ? [] : [{ kind: "remove", path }];
  return [
    { kind: "set", path, value: inner.kind === "anything" ? typedValue(text, type) : valueFrom(text, inner) },
  ];
}

/** A new entry with what its row holds; nothing but the type must be said. */
function newEntry(fields: URLSearchParams, prefix: string, shape: Shape): Value {
  if (shape.kind !== "object") return sentText(fields, `${prefix}@value`);
  const type = typeFor(fields, prefix, null) || "string";
  const given: [string, Value][] = [["type", type]];
  for (const [field, inner] of shape.fields) {
    const text = sentText(fields, prefix + field);
    if (field === "type" || text.trim() === "") continue;
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    if (inner.kind === "list") given.push([field, lines.map((line) => typedValue(line, type))]);
    else given.push([field, inner.kind === "anything" ? typedValue(text, type) : valueFrom(text, inner)]);
  }
  return Object.fromEntries(given);
}

function typeFor(fields: URLSearchParams, prefix: string, node: SourceNode | null): string {
  return fields.has(`${prefix}type`)
    ? sentText(fields, `${prefix}type`)
    : (textOf(child(node, "type")) ?? "");
}

/** A value that does not fit its type stays a text; the finding says what is wrong with it. */
function typedValue(text: string, type: string): Value {
  const made = coerceText(type, text);
  return "value" in made ? made.value : text;
}

function valueFrom(text: string, shape: Shape): Value {
  if (shape.kind === "number") {
    const number = Number(text);
    return text.trim() !== "" && Number.isFinite(number) ? number : text;
  }
  if (shape.kind === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

function isOneLine(shape: Shape): boolean {
  return shape.kind !== "text" || shape.format !== null || shape.min > 0;
}

function fieldShape(shape: Shape, step: string, name = step): Shape {
  const field = shape.kind === "object" ? shape.fields.get(step) : undefined;
  if (!field) throw unknownField(name);
  return field;
}

function itemShape(shape: Shape): Shape {
  if (shape.kind !== "list") throw unknownField("stages");
  return shape.item;
}

function unknownField(name: string): AppError {
  return new AppError("invalid_usage", `there is no field "${name}"`);
}
