import type { Value } from "../expression/value.ts";

/**
 * A definition's text as a tree that knows the place of every node. `start` and `end` are offsets in the text, in
 * UTF-16 units. A node from a project's overrides has the place of the field, or of its nearest parent, and names its
 * `origin`.
 */
export type SourceNode = SourceMapping | SourceList | SourceScalar;

export interface Spot {
  start: number;
  end: number;
  /** Null for a node of the definition's own file. */
  origin: SourceOrigin | null;
}

export interface SourceOrigin {
  file: string;
  /** Counts from 1; null for TOML, whose parser gives none. */
  line: number | null;
}

export interface SourceMapping extends Spot {
  kind: "map";
  entries: Map<string, SourceEntry>;
}

export interface SourceEntry {
  key: Spot;
  value: SourceNode;
}

export interface SourceList extends Spot {
  kind: "list";
  items: SourceNode[];
}

export interface SourceScalar extends Spot {
  kind: "scalar";
  value: null | boolean | number | string;
  style: ScalarStyle;
  /** For a value that is not a string: its text as it is written, such as `1.0` for the number 1. */
  written?: string;
  /** True when the value is unusable and has been reported, so that no other finding is needed. */
  isFaulty?: true;
}

export type ScalarStyle = "plain" | "single" | "double" | "literal" | "folded";

/** A path through the tree: names of keys and numbers of items. */
export type Path = readonly (string | number)[];

export function child(node: SourceNode | null | undefined, key: string | number): SourceNode | null {
  if (node?.kind === "map" && typeof key === "string") return node.entries.get(key)?.value ?? null;
  if (node?.kind === "list" && typeof key === "number") return node.items[key] ?? null;
  return null;
}

export function nodeAt(root: SourceNode | null, path: Path): SourceNode | null {
  let node = root;
  for (const key of path) node = child(node, key);
  return node;
}

/** The node at a path, or the nearest existing one above it. */
export function nearestNode(root: SourceNode, path: Path): SourceNode {
  let node = root;
  for (const key of path) {
    const next = child(node, key);
    if (!next) return node;
    node = next;
  }
  return node;
}

/** The text of a string; null for anything else. */
export function textOf(node: SourceNode | null): string | null {
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : null;
}

/** The plain value. Every key becomes an own property, even `__proto__`. */
export function valueOf(node: SourceNode): Value {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(valueOf);
    case "map":
      return ownObject([...node.entries].map(([key, { value }]) => [key, valueOf(value)]));
    default:
      return node satisfies never;
  }
}

/** `Object.fromEntries` defines properties instead of assigning them, so `__proto__` is a key like any other. */
function ownObject(entries: [string, Value][]): Value {
  return Object.fromEntries(entries);
}
