import { nearest } from "../expression/nearest.ts";
import { checkFormat } from "./formats.ts";
import type { Report } from "./report.ts";
import { child, textOf, type Path, type SourceMapping, type SourceNode } from "./source-node.ts";
import { pathText } from "./source-path.ts";

/** The tree that is held against the schema, and where its faults go. */
export interface Checking {
  root: SourceNode;
  report: Report;
}

export function unknownKey(
  { root, report }: Checking,
  known: readonly string[],
  map: SourceMapping,
  path: Path,
  key: string,
): void {
  const entry = map.entries.get(key);
  if (!entry) return;
  report.warn("schema", {
    code: "unknown_key",
    message: `unknown key "${key}" in ${ownerText({ root, report }, path)}`,
    path: [...path, key],
    at: { ...entry.key, origin: entry.value.origin },
    hint: key === "<<" ? "YAML 1.2 has no merge keys: write the fields out" : keyHint(known, map, key),
  });
}

/** A key that is there already may have been meant, too: then it stands there twice. */
function keyHint(known: readonly string[], map: SourceMapping, key: string): string {
  const free = known.filter((name) => !map.entries.has(name));
  const meant = nearest(key, free);
  if (meant !== null) return `did you mean "${meant}"?`;
  const twice = nearest(key, known);
  if (twice !== null) return `did you mean "${twice}"? it is here as well: keep one of the two`;
  return `the keys here are ${known.join(", ")}`;
}

export function wrongType(
  { report }: Checking,
  wanted: string,
  node: SourceNode,
  path: Path,
  format: string | null = null,
): undefined {
  const subject = path.length === 0 ? "the definition" : `"${nameOf(path)}"`;
  report.error("schema", {
    code: "wrong_type",
    message: `${subject} must be ${wanted}, not ${described(node)}`,
    path,
    at: node,
    hint: typeHint(wanted, node, format),
  });
  return undefined;
}

function typeHint(wanted: string, node: SourceNode, format: string | null): string | null {
  if (node.kind !== "scalar" || node.value === null) return null;
  const written = node.written ?? String(node.value);
  if (wanted === "a list") return `a list of one is written [${shortened(written)}]`;
  if (wanted !== "a text") return null;
  const wrong = format === null ? null : checkFormat(format, written);
  return wrong?.hint ?? `put it in quotes: "${shortened(written)}"`;
}

function described(node: SourceNode): string {
  if (node.kind === "map") return "a map";
  if (node.kind === "list") return `a list of ${node.items.length}`;
  if (node.value === null) return "empty";
  if (typeof node.value === "string") return `the text "${shortened(node.value)}"`;
  return typeof node.value === "number" ? `the number ${node.written ?? node.value}` : String(node.value);
}

/** The last name of a path, with the numbers behind it: `depends_on[1]`. */
export function nameOf(path: Path): string {
  const at = path.findLastIndex((key) => typeof key === "string");
  return pathText(path.slice(Math.max(0, at)));
}

/** What a map is, for a message: the definition, a stage by its id, or a path. */
export function ownerText({ root }: Checking, path: Path): string {
  if (path.length === 0) return "the definition";
  const [top, index, ...rest] = path;
  if (top !== "stages" || typeof index !== "number") return `"${pathText(path)}"`;
  const id = textOf(child(child(child(root, "stages"), index), "id"));
  const stage = id === null ? `stage ${index + 1}` : `stage "${shortened(id)}"`;
  return rest.length === 0 ? stage : `"${pathText(rest)}" of ${stage}`;
}

export function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
