import { AppError } from "../errors.ts";
import { numberProblem } from "../expression/number-problem.ts";
import { readSource } from "./read-source.ts";
import { child, type SourceMapping, type SourceNode, type SourceOrigin } from "./source-node.ts";

/** A project's changes of workflows, by workflow id, as a tree that knows its file and lines. */
export interface ProjectOverrides {
  file: string;
  root: SourceMapping;
}

/**
 * Reads an overrides file, which is YAML, JSON or TOML according to its ending. Throws `AppError("invalid_usage")` when
 * it is not, or when it has no map `overrides`.
 */
export function parseOverrides(text: string, file: string): ProjectOverrides {
  const tree = file.toLowerCase().endsWith(".toml") ? tomlTree(text, file) : yamlTree(text, file);
  const root = child(tree, "overrides");
  if (root?.kind === "map") return { file, root };
  if (tree.kind === "map" && (!root || isNull(root))) {
    const unknown = [...tree.entries.keys()].find((key) => key !== "overrides" && !key.startsWith("x-"));
    if (unknown === undefined) return { file, root: { ...tree, entries: new Map() } };
    throw new AppError("invalid_usage", `"${file}" has the key "${unknown}". put it below "overrides:"`);
  }
  if (isNull(tree))
    return { file, root: { kind: "map", entries: new Map(), start: 0, end: 0, origin: null } };
  throw new AppError("invalid_usage", `"${file}" must hold a map "overrides", by workflow id`);
}

function yamlTree(text: string, file: string): SourceNode {
  const { root, report, lines } = readSource(text);
  const findings = report.findings();
  const [first] = findings;
  if (!root || first) {
    const details = findings.map(({ path, message, line, column }) => ({ path, message, line, column }));
    const place = first ? `:${first.line}:${first.column}: ${first.message}` : "";
    throw new AppError("invalid_usage", `the overrides file cannot be read: ${file}${place}`, details);
  }
  return withOrigin(root, (node) => ({ file, line: lines.place(node.start).line }));
}

function tomlTree(text: string, file: string): SourceNode {
  refuseLargeNumbers(text, file);
  return treeOf(parseToml(text, file), { file, line: null }, 0);
}

function parseToml(text: string, file: string): unknown {
  try {
    return Bun.TOML.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError("invalid_usage", `the overrides file cannot be read: ${file}: ${reason}`);
  }
}

/** Bun's error does not show the number, so this finds it in the text outside strings and comments. */
function refuseLargeNumbers(text: string, file: string): void {
  const pieces = /"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|[\w.+-]+/g;
  for (const [piece] of text.matchAll(pieces)) {
    if (!/^[+-]?[0-9][0-9_]*(\.[0-9_]+)?([eE][+-]?[0-9_]+)?$/.test(piece)) continue;
    const problem = numberProblem(piece, Number(piece.replaceAll("_", "")));
    if (problem !== null) throw new AppError("invalid_usage", `"${file}" cannot be used: ${problem}`);
  }
}

function withOrigin(node: SourceNode, originOf: (node: SourceNode) => SourceOrigin): SourceNode {
  const origin = originOf(node);
  switch (node.kind) {
    case "scalar":
      return { ...node, origin };
    case "list":
      return { ...node, origin, items: node.items.map((item) => withOrigin(item, originOf)) };
    case "map": {
      const entries = [...node.entries].map(
        ([key, entry]) => [key, { ...entry, value: withOrigin(entry.value, originOf) }] as const,
      );
      return { ...node, origin, entries: new Map(entries) };
    }
    default:
      return node satisfies never;
  }
}

const deepest = 64;

/** Plain values as a tree without places. TOML's dates become their text. */
function treeOf(value: unknown, origin: SourceOrigin, depth: number): SourceNode {
  const spot = { start: 0, end: 0, origin };
  if (depth > deepest) {
    throw new AppError("invalid_usage", `"${origin.file}" is nested deeper than ${deepest} levels`);
  }
  if (
    value === null ||
    typeof value === "boolean" ||
    typeof value === "number" ||
    typeof value === "string"
  ) {
    return { kind: "scalar", value, style: "plain", ...spot };
  }
  if (Array.isArray(value)) {
    return { kind: "list", items: value.map((item) => treeOf(item, origin, depth + 1)), ...spot };
  }
  if (typeof value === "object" && !(value instanceof Date)) {
    const entries = Object.entries(value).map(
      ([key, item]) => [key, { key: spot, value: treeOf(item, origin, depth + 1) }] as const,
    );
    return { kind: "map", entries: new Map(entries), ...spot };
  }
  return { kind: "scalar", value: String(value), style: "plain", ...spot };
}

function isNull(node: SourceNode): boolean {
  return node.kind === "scalar" && node.value === null;
}
