import { nearest } from "../expression/nearest.ts";
import type { Checking } from "./checking.ts";
import { checkFormat } from "./formats.ts";
import { foreignKeyHint } from "./foreign-keys.ts";
import { nodeAt, textOf, type Path, type SourceMapping, type SourceNode } from "./source-node.ts";
import { pathText } from "./source-path.ts";
import { unseenIn, unseenInKey, unseenInKeys } from "./unseen-characters.ts";
import { stageOfPath } from "./stage-walk.ts";

export function unknownKey(
  checking: Checking,
  known: readonly string[],
  map: SourceMapping,
  path: Path,
  key: string,
): void {
  const entry = map.entries.get(key);
  if (!entry) return;
  const at = { ...entry.key, origin: entry.value.origin };
  if (unseenInKey(checking.report, key, [...path, key], at)) return;
  checking.report.warn("schema", {
    code: "unknown_key",
    message: `unknown key "${key}" in ${ownerText(checking, path)}`,
    path: [...path, key],
    at,
    hint: key === "<<" ? "YAML 1.2 has no merge keys: write the fields out" : keyHint(known, map, path, key),
  });
}

/** The key may be meant to be one that the map has already, and which is then in the map twice. */
function keyHint(known: readonly string[], map: SourceMapping, path: Path, key: string): string {
  const foreign = foreignKeyHint(path, key);
  if (foreign !== null) return foreign;
  const free = known.filter((name) => !map.entries.has(name));
  const meant = nearest(key, free);
  if (meant !== null) return `did you mean "${meant}"?`;
  const twice = nearest(key, known);
  if (twice !== null) return `did you mean "${twice}"? it is here as well: keep one of the two`;
  return `the keys here are ${known.join(", ")}`;
}

export function wrongType(
  checking: Checking,
  wanted: string,
  node: SourceNode,
  path: Path,
  format: string | null = null,
): undefined {
  if (node.kind === "scalar" && node.isFaulty) return undefined;
  if (unseenIn(checking, node, path) !== null || unseenInKeys(checking, node, path)) return undefined;
  const subject = path.length === 0 ? "the definition" : `"${nameOf(path)}"`;
  checking.report.error("schema", {
    code: "wrong_type",
    message: `${subject} must be ${wanted}, not ${describe(node)}`,
    path,
    at: node,
    hint: typeHint(wanted, node, path, format),
  });
  return undefined;
}

function typeHint(wanted: string, node: SourceNode, path: Path, format: string | null): string | null {
  const written = writtenText(node);
  if (node.kind !== "scalar" || written === null) return null;
  if (wanted === "a list" && node.value !== null) return `a list is written [${shortenLine(written)}]`;
  if (wanted === "a map" && path.at(-1) === "roles")
    return `who does a stage is its primary role: roles: {primary: ${shortenLine(written)}}`;
  if (wanted === "a text") {
    const wrong = format === null ? null : checkFormat(format, written);
    return wrong?.hint ?? quoteIt(written);
  }
  if (typeof node.value !== "string") return null;
  const word = written.trim().toLowerCase();
  if (wanted === "true or false" && /^(true|yes|on|y|1)$/.test(word)) return "write true, without quotes";
  if (wanted === "true or false" && /^(false|no|off|n|0)$/.test(word)) return "write false, without quotes";
  return wanted.endsWith("number") && Number.isFinite(Number(word || "x"))
    ? `write ${shortenLine(word)}, without quotes`
    : null;
}

/** The hint for a number, true, false or null that was meant to be a text. */
export function quoteIt(written: string): string {
  return `quote it: "${shortenLine(written)}"`;
}

/** A scalar as it is written in the file; null for anything else. */
export function writtenText(node: SourceNode | null): string | null {
  if (node?.kind !== "scalar") return null;
  return node.written ?? (node.value === null ? null : String(node.value));
}

function describe(node: SourceNode): string {
  if (node.kind === "map") return "a map";
  if (node.kind === "list") return `a list of ${node.items.length}`;
  if (typeof node.value === "string") return `the text "${shortenLine(node.value)}"`;
  const written = writtenText(node);
  if (written === null) return "empty";
  return typeof node.value === "number" ? `the number ${written}` : written;
}

/** The last name of a path with the numbers after it: `depends_on[1]`. */
export function nameOf(path: Path): string {
  const at = path.findLastIndex((key) => typeof key === "string");
  return pathText(path.slice(Math.max(0, at)));
}

/** A map's name in a message: the definition, a stage with its id, or a path. */
export function ownerText({ root }: Checking, path: Path): string {
  if (path.length === 0) return "the definition";
  const place = stageOfPath(path);
  if (!place) return `"${pathText(path)}"`;
  const id = textOf(nodeAt(root, [...place.path, "id"]));
  const stage = id === null ? `stage ${place.at + 1}` : `stage "${shortenLine(id)}"`;
  return place.rest.length === 0 ? stage : `"${pathText(place.rest)}" of ${stage}`;
}

export function shortenLine(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
