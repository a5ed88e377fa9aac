import { codePoints } from "../expression/code-points.ts";
import { nearest } from "../expression/nearest.ts";
import type { Value } from "../expression/value.ts";
import type { Checking } from "./checking.ts";
import { Definition, type DraftDefinition } from "./definition.ts";
import { checkFormat, checkName } from "./formats.ts";
import { meantChoice } from "./foreign-words.ts";
import { isIdentifier } from "./identifier.ts";
import type { Report } from "./report.ts";
import { compileShape, type Shape } from "./shape.ts";
import { textOf, valueOf, type Path, type SourceNode } from "./source-node.ts";
import { pathText } from "./source-path.ts";
import { plainKeys, unseenIn } from "./unseen-characters.ts";
import { nameOf, ownerText, shortenLine, unknownKey, wrongType } from "./shape-problems.ts";

type ShapeOf<Kind extends Shape["kind"]> = Extract<Shape, { kind: Kind }>;
type CleanValue = Value | undefined;

let definitionShape: Shape | null = null;

/**
 * Checks a tree against the schema: it reports every fault and returns what is right. The items of a list keep their
 * numbers: an empty text or an empty map stands in for one that is wrong.
 */
export function checkShape(text: string, root: SourceNode, report: Report): DraftDefinition {
  definitionShape ??= compileShape(Definition);
  const clean = check({ text, root, report }, definitionShape, root, []);
  return isDraft(clean) ? clean : {};
}

/** A map that `check` returns has the shape of the schema, because `check` follows the schema. */
function isDraft(clean: CleanValue): clean is DraftDefinition & Value {
  return typeof clean === "object" && clean !== null;
}

function check(checking: Checking, shape: Shape, node: SourceNode, path: Path): CleanValue {
  switch (shape.kind) {
    case "object":
      return checkObject(checking, shape, node, path);
    case "names":
      return checkNames(checking, shape, node, path);
    case "list":
      return checkList(checking, shape, node, path);
    case "pair":
      return checkPair(checking, shape, node, path);
    case "text":
      return checkText(checking, shape, node, path);
    case "number":
      return checkNumber(checking, shape, node, path);
    case "boolean":
      if (node.kind === "scalar" && typeof node.value === "boolean") return node.value;
      return wrongType(checking, "true or false", node, path);
    case "choice":
      return checkChoice(checking, shape, node, path);
    case "short":
      return check(checking, node.kind === "map" ? shape.full : shape.text, node, path);
    case "anything":
      return valueOf(node);
    default:
      return shape satisfies never;
  }
}

function checkObject(checking: Checking, shape: ShapeOf<"object">, node: SourceNode, path: Path): CleanValue {
  if (node.kind !== "map") return wrongType(checking, "a map", node, path);
  const clean: Record<string, Value> = {};
  plainKeys(checking, node, path, (name) => shape.fields.has(name));
  for (const [key, { value }] of node.entries) {
    const field = shape.fields.get(key);
    if (!field) {
      if (!key.startsWith("x-")) unknownKey(checking, [...shape.fields.keys()], node, path, key);
      continue;
    }
    if (isLeftOut(value, field) && !shape.required.includes(key)) continue;
    const checked = check(checking, field, value, [...path, key]);
    if (checked !== undefined) clean[key] = checked;
  }
  for (const key of shape.required) {
    if (node.entries.has(key)) continue;
    checking.report.error("schema", {
      code: "missing_field",
      message: `${ownerText(checking, path)} needs "${key}"`,
      path: [...path, key],
      at: node,
    });
  }
  return clean;
}

/** A key without a value: YAML has one when everything below it is commented out, and `show` prints one. */
function isLeftOut(node: SourceNode, shape: Shape): boolean {
  return node.kind === "scalar" && node.value === null && shape.kind !== "anything";
}

function checkNames(checking: Checking, shape: ShapeOf<"names">, node: SourceNode, path: Path): CleanValue {
  if (node.kind !== "map") return wrongType(checking, "a map of names", node, path);
  const clean: Record<string, Value> = {};
  plainKeys(checking, node, path, () => true);
  for (const [name, entry] of node.entries) {
    const wrong = checkName(name, shape.format);
    if (wrong) {
      checking.report.error("schema", {
        code: wrong.code,
        message: `"${name}" ${wrong.problem}`,
        path: [...path, name],
        at: { ...entry.key, origin: entry.value.origin },
        hint: wrong.hint,
      });
      continue;
    }
    const checked = check(checking, shape.value, entry.value, [...path, name]);
    if (checked !== undefined) clean[name] = checked;
  }
  return clean;
}

function checkList(checking: Checking, shape: ShapeOf<"list">, node: SourceNode, path: Path): CleanValue {
  if (node.kind !== "list") return wrongType(checking, "a list", node, path);
  const { length } = node.items;
  if (length < shape.min || length > shape.max) {
    const bound = length < shape.min ? `at least ${shape.min}` : `at most ${shape.max}`;
    checking.report.error("schema", {
      code: "bad_count",
      message: `"${pathText(path)}" must have ${bound} item${bound.endsWith(" 1") ? "" : "s"}, not ${length}`,
      path,
      at: node,
    });
    if (length > shape.max) return undefined;
  }
  return node.items.map((item, at) => {
    const checked = check(checking, shape.item, item, [...path, at]);
    if (checked !== undefined) return checked;
    return shape.item.kind === "object" ? {} : shape.item.kind === "anything" ? null : "";
  });
}

function checkPair(checking: Checking, shape: ShapeOf<"pair">, node: SourceNode, path: Path): CleanValue {
  if (node.kind !== "list" || node.items.length !== 2) {
    return wrongType(checking, "a list of two numbers", node, path);
  }
  const pair = node.items.map((item, at) => check(checking, shape.item, item, [...path, at]));
  const numbers = pair.filter((each) => each !== undefined);
  return numbers.length === 2 ? numbers : undefined;
}

function checkText(checking: Checking, shape: ShapeOf<"text">, node: SourceNode, path: Path): CleanValue {
  if (node.kind !== "scalar" || typeof node.value !== "string") {
    return wrongType(checking, "a text", node, path, shape.format);
  }
  const text = node.value;
  const refuse = (code: string, message: string, hint: string | null = null): undefined => {
    checking.report.error("schema", { code, message, path, at: node, hint });
  };
  if (text.length < shape.min) return refuse("too_short", `"${nameOf(path)}" must not be empty`);
  const wrong = shape.format === null ? null : checkFormat(shape.format, text);
  if (wrong) {
    const meant = unseenIn(checking, node, path);
    if (meant !== null) return shape.format === "identifier" && isIdentifier(meant) ? meant : undefined;
    refuse(wrong.code, `"${shortenLine(text)}" ${wrong.problem}`, wrong.hint);
    // Other stages refer to a bad id too: it is kept so that they do not get a finding that it does not exist.
    return shape.format === "identifier" ? text : undefined;
  }
  const length = text.length <= shape.max ? text.length : codePoints(text);
  if (length <= shape.max) return text;
  return refuse("too_long", `"${nameOf(path)}" is ${length} characters long, ${shape.max} at most`);
}

function checkNumber(checking: Checking, shape: ShapeOf<"number">, node: SourceNode, path: Path): CleanValue {
  const what = shape.isInteger ? "a whole number" : "a number";
  if (node.kind !== "scalar" || typeof node.value !== "number") return wrongType(checking, what, node, path);
  const { value } = node;
  const { min, max } = shape;
  if ((!shape.isInteger || Number.isSafeInteger(value)) && value >= min && value <= max) return value;
  const upTo = max === Infinity ? ` of ${min} or more` : ` from ${min} to ${max}`;
  const range = min === -Infinity ? "" : upTo;
  checking.report.error("schema", {
    code: "bad_number",
    message: `"${nameOf(path)}" must be ${what}${range}, not ${value}`,
    path,
    at: node,
  });
  return undefined;
}

function checkChoice(checking: Checking, shape: ShapeOf<"choice">, node: SourceNode, path: Path): CleanValue {
  const text = textOf(node);
  if (text !== null && shape.words.includes(text)) return text;
  if (unseenIn(checking, node, path) !== null) return undefined;
  const words = shape.words.map((word) => `"${word}"`);
  const list = `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  if (text === null) return wrongType(checking, list, node, path);
  const meant = meantChoice(text, shape.words) ?? nearest(text, shape.words);
  checking.report.error("schema", {
    code: "bad_choice",
    message: `"${nameOf(path)}" must be ${list}, not "${shortenLine(text)}"`,
    path,
    at: node,
    hint: meant === null ? null : `did you mean "${meant}"?`,
  });
  return undefined;
}
