import { isAlias, isMap, isScalar, isSeq, type Alias, type Document, type Scalar, type YAMLMap } from "yaml";
import { numberProblem } from "../expression/number-problem.ts";
import type { Report } from "./report.ts";
import type { Path, ScalarStyle, SourceList, SourceMapping, SourceNode, Spot } from "./source-node.ts";

const mostAliasNodes = 1000;

const styles: Record<string, ScalarStyle> = {
  PLAIN: "plain",
  QUOTE_SINGLE: "single",
  QUOTE_DOUBLE: "double",
  BLOCK_LITERAL: "literal",
  BLOCK_FOLDED: "folded",
};

/** An anchored node: its tree and its number of nodes, with its own aliases expanded. */
interface Anchored {
  node: SourceNode;
  size: number;
}

interface Building {
  report: Report;
  nesting: number;
  /** `null` while the anchored node is still being built, because an alias to it would never end. */
  anchors: Map<string, Anchored | null>;
  nodes: number;
  aliasNodes: number;
  isWhole: boolean;
}

/**
 * Builds the tree of a document that is nested no deeper than `nesting`. An alias becomes the same node as its anchor.
 * Null when an alias cannot be expanded, because each missing value would then cause errors of its own.
 */
export function buildTree(document: Document.Parsed, nesting: number, report: Report): SourceNode | null {
  const building: Building = { report, nesting, anchors: new Map(), nodes: 0, aliasNodes: 0, isWhole: true };
  const root = build(building, document.contents, [], 0);
  return building.isWhole ? root : null;
}

function build(building: Building, node: unknown, path: Path, fallback: number): SourceNode {
  building.nodes++;
  const { report } = building;
  if (isAlias(node)) return resolveAlias(building, node, path);
  const anchor = anchorOf(node);
  const before = building.nodes - 1;
  if (anchor !== null) building.anchors.set(anchor, null);
  let built: SourceNode;
  if (isMap(node)) built = buildMap(building, node, path);
  else if (isSeq(node)) {
    built = { kind: "list", items: [], ...spotOf(node.range, fallback) } satisfies SourceList;
    for (const item of node.items)
      built.items.push(build(building, item, [...path, built.items.length], built.start));
  } else built = buildScalar(report, isScalar(node) ? node : null, path, fallback);
  if (anchor !== null) building.anchors.set(anchor, { node: built, size: building.nodes - before });
  return built;
}

function buildMap(building: Building, map: YAMLMap, path: Path): SourceMapping {
  const built: SourceMapping = { kind: "map", entries: new Map(), ...spotOf(map.range, 0) };
  for (const { key, value } of map.items) {
    const keySpot = spotOf(rangeOf(key), built.start);
    const name = keyName(building, key);
    if (name === null) {
      building.report.error("schema", {
        code: "bad_key",
        message: "a key must be a text",
        path,
        at: keySpot,
      });
      continue;
    }
    if (built.entries.has(name)) {
      building.report.error("schema", {
        code: "duplicate_key",
        message: `the key "${name}" is here twice`,
        path: [...path, name],
        at: keySpot,
        hint: "take one of them out",
      });
      continue;
    }
    const child = build(building, value, [...path, name], keySpot.end);
    built.entries.set(name, { key: keySpot, value: child });
  }
  return built;
}

/** The text of a key. Numbers and the like keep the form in which they are written. */
function keyName(building: Building, key: unknown): string | null {
  if (isAlias(key)) {
    const anchored = building.anchors.get(key.source)?.node;
    return anchored?.kind === "scalar" && typeof anchored.value === "string" ? anchored.value : null;
  }
  if (!isScalar(key)) return null;
  const anchor = anchorOf(key);
  if (anchor !== null) {
    building.anchors.set(anchor, { node: buildScalar(building.report, key, [], 0), size: 1 });
  }
  if (typeof key.value === "string") return key.value;
  return key.source ? key.source : null;
}

function buildScalar(report: Report, scalar: Scalar | null, path: Path, fallback: number): SourceNode {
  const spot = spotOf(scalar?.range, fallback);
  const value = scalar?.value ?? null;
  const style = styles[scalar?.type ?? "PLAIN"] ?? "plain";
  if (typeof value === "number") {
    const message = numberProblem(scalar?.source ?? String(value), value);
    if (message !== null) {
      report.error("schema", { code: "bad_number", message, path, at: spot });
      return { kind: "scalar", value: null, style, isFaulty: true, ...spot };
    }
  }
  if (
    value === null ||
    typeof value === "boolean" ||
    typeof value === "number" ||
    typeof value === "string"
  ) {
    const written = typeof value !== "string" && scalar?.source ? { written: scalar.source } : {};
    return { kind: "scalar", value, style, ...spot, ...written };
  }
  throw new Error(`yaml gave a scalar of type ${typeof value}`);
}

function resolveAlias(building: Building, alias: Alias, path: Path): SourceNode {
  const at = spotOf(alias.range, 0);
  const anchored = building.anchors.get(alias.source);
  const refuse = (code: string, message: string): SourceNode => {
    building.report.error("schema", { code, message, path, at });
    building.isWhole = false;
    return { kind: "scalar", value: null, style: "plain", ...at };
  };
  if (anchored === null) return refuse("bad_alias", `the alias "*${alias.source}" holds itself`);
  if (!anchored) return refuse("bad_alias", `the alias "*${alias.source}" names no anchor before it`);
  building.nodes += anchored.size - 1;
  const isOver = building.aliasNodes > mostAliasNodes;
  building.aliasNodes += anchored.size;
  if (building.aliasNodes > mostAliasNodes) {
    // Only the first is reported, because thousands may follow.
    if (isOver) return { kind: "scalar", value: null, style: "plain", ...at };
    return refuse("too_many_aliases", `the aliases up to here stand for more than ${mostAliasNodes} nodes`);
  }
  if (path.length + height(anchored.node) > building.nesting) {
    return refuse(
      "too_deep",
      `with its aliases expanded this is nested deeper than ${building.nesting} levels`,
    );
  }
  return anchored.node;
}

/**
 * The depth of nested maps and lists. It is bounded, because a node with an anchor was built and so respects the limit.
 */
function height(node: SourceNode): number {
  switch (node.kind) {
    case "scalar":
      return 0;
    case "list":
      return 1 + node.items.reduce((most, item) => Math.max(most, height(item)), 0);
    case "map":
      return 1 + [...node.entries.values()].reduce((most, { value }) => Math.max(most, height(value)), 0);
    default:
      return node satisfies never;
  }
}

function anchorOf(node: unknown): string | null {
  return isScalar(node) || isMap(node) || isSeq(node) ? (node.anchor ?? null) : null;
}

function rangeOf(node: unknown): readonly number[] | null | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : null;
}

function spotOf(range: readonly number[] | null | undefined, fallback: number): Spot {
  return { start: range?.[0] ?? fallback, end: range?.[1] ?? fallback, origin: null };
}
