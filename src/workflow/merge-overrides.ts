import { nearest } from "../expression/nearest.ts";
import type { Value } from "../expression/value.ts";
import type { EffectiveDefinition } from "./effective.ts";
import type { AppliedOverride } from "./plan.ts";
import type { Report } from "./report.ts";
import {
  child,
  textOf,
  valueOf,
  type SourceList,
  type SourceMapping,
  type SourceNode,
  type Spot,
} from "./source-node.ts";

const overridable = ["stages", "context", "config", "error_policy", "hooks"];
const fixedInStage = ["id", "depends_on", "type"];

interface Merging {
  report: Report;
  applied: AppliedOverride[];
  /** The definition without overrides, which has the values that are replaced. */
  before: EffectiveDefinition;
}

/**
 * Makes a new tree: maps merge key by key, and scalars and lists replace. A node from the overrides gets the place of
 * the node that it replaces. Overriding a forbidden field or a stage that does not exist is an error in the report.
 */
export function mergeOverrides(
  base: SourceNode,
  patch: SourceNode,
  before: EffectiveDefinition,
  report: Report,
): { root: SourceNode; applied: AppliedOverride[] } {
  const merging: Merging = { report, applied: [], before };
  if (base.kind !== "map") return { root: base, applied: [] };
  const place = child(child(base, "workflow"), "id") ?? base;
  const root: SourceMapping = { ...base, entries: new Map(base.entries) };
  if (patch.kind !== "map") {
    refuse(merging, [], at(place, patch), "bad_override", "what overrides a workflow must be a map");
    return { root, applied: [] };
  }
  for (const [key, { value }] of patch.entries) {
    if (key.startsWith("x-")) continue;
    if (!overridable.includes(key)) refuseKey(merging, key, at(place, value));
    else if (key === "stages") mergeStages(merging, root, value, place);
    else setMerged(merging, root, key, value, [key]);
  }
  return { root, applied: merging.applied };
}

function refuseKey(merging: Merging, key: string, spot: Spot): void {
  const list = `what can be is ${overridable.map((each) => `"${each}"`).join(", ")}`;
  const meant = nearest(key, overridable);
  refuse(
    merging,
    [key],
    spot,
    "bad_override",
    `"${key}" cannot be overridden`,
    meant ? `did you mean "${meant}"?` : list,
  );
}

function mergeStages(merging: Merging, root: SourceMapping, patch: SourceNode, place: Spot): void {
  const stages = child(root, "stages");
  const entry = root.entries.get("stages");
  if (stages?.kind !== "list" || !entry) return;
  if (patch.kind !== "map") {
    const message = '"stages" is overridden by a map from stage ids to what changes';
    return refuse(merging, ["stages"], at(place, patch), "bad_override", message);
  }
  const merged: SourceList = { ...stages, items: [...stages.items] };
  const ids = merged.items.map((stage) => textOf(child(stage, "id")) ?? "");
  for (const [id, { value }] of patch.entries) {
    const index = ids.indexOf(id);
    const stage = merged.items[index];
    if (stage?.kind !== "map") {
      const known = ids.map((each) => `"${each}"`).join(", ");
      const message = `there is no stage "${id}" to override. the stages are ${known}`;
      const meant = nearest(id, ids);
      const hint = meant === null ? null : `did you mean "${meant}"?`;
      refuse(merging, ["stages"], at(place, value), "unknown_override", message, hint);
    } else merged.items[index] = mergeStage(merging, stage, value, index, id);
  }
  root.entries.set("stages", { ...entry, value: merged });
}

function mergeStage(
  merging: Merging,
  stage: SourceMapping,
  patch: SourceNode,
  index: number,
  id: string,
): SourceNode {
  const path = ["stages", index];
  if (patch.kind !== "map") {
    refuse(merging, path, at(stage, patch), "bad_override", `what overrides stage "${id}" must be a map`);
    return stage;
  }
  const merged: SourceMapping = { ...stage, entries: new Map(stage.entries) };
  for (const [key, { value }] of patch.entries) {
    if (fixedInStage.includes(key)) {
      const message = `"${key}" of stage "${id}" cannot be overridden`;
      refuse(merging, [...path, key], at(child(stage, key) ?? stage, value), "bad_override", message);
    } else setMerged(merging, merged, key, value, ["stages", id, key]);
  }
  return merged;
}

/** `path` names stages by their id. */
function setMerged(
  merging: Merging,
  map: SourceMapping,
  key: string,
  patch: SourceNode,
  path: readonly string[],
): void {
  const entry = map.entries.get(key);
  const place = entry?.value ?? map;
  const isRole = path[0] === "stages" && path.slice(2).join(".") === "roles.primary";
  const value = merge(
    merging,
    entry && isRole ? longRole(entry.value) : (entry?.value ?? null),
    isRole ? longRole(patch) : patch,
    place,
    path,
  );
  map.entries.set(key, { key: entry?.key ?? { start: map.start, end: map.start, origin: null }, value });
}

function merge(
  merging: Merging,
  base: SourceNode | null,
  patch: SourceNode,
  place: Spot,
  path: readonly string[],
): SourceNode {
  if (patch.kind === "map" && (base === null || base.kind === "map")) {
    const empty: SourceMapping = { ...at(place, patch), kind: "map", entries: new Map() };
    const merged: SourceMapping = base ? { ...base, entries: new Map(base.entries) } : empty;
    for (const [key, { value }] of patch.entries) setMerged(merging, merged, key, value, [...path, key]);
    return merged;
  }
  merging.applied.push({
    path: path.join("."),
    from: base ? valueOf(base) : valueBefore(merging.before, path),
    to: valueOf(patch),
  });
  return moveTree(patch, place);
}

/** A plain text is the short form of a role with only that artifact, so the two forms can be merged. */
function longRole(role: SourceNode): SourceNode {
  if (textOf(role) === null) return role;
  return { ...at(role, role), kind: "map", entries: new Map([["artifact", { key: role, value: role }]]) };
}

/** The effective value at a path; null when the definition has none. */
function valueBefore(definition: EffectiveDefinition, [top = "", ...path]: readonly string[]): Value {
  let value: unknown = Object.hasOwn(definition, top)
    ? Object.entries(definition).find(([key]) => key === top)?.[1]
    : null;
  let rest = path;
  if (top === "stages") {
    value = definition.stages.find(({ id }) => id === path[0]);
    rest = path.slice(1);
  }
  for (const key of rest) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return null;
    value = Object.entries(value).find(([name]) => name === key)?.[1];
  }
  return isValue(value) ? value : null;
}

/** An effective definition contains only JSON values. */
function isValue(value: unknown): value is Value {
  return value !== undefined;
}

/** The same tree at another place; its nodes keep their origins. */
function moveTree(node: SourceNode, place: Spot): SourceNode {
  const spot = at(place, node);
  switch (node.kind) {
    case "scalar":
      return { ...node, ...spot };
    case "list":
      return { ...node, ...spot, items: node.items.map((item) => moveTree(item, place)) };
    case "map": {
      const entries = [...node.entries].map(
        ([key, { value }]) => [key, { key: spot, value: moveTree(value, place) }] as const,
      );
      return { ...node, ...spot, entries: new Map(entries) };
    }
    default:
      return node satisfies never;
  }
}

function at({ start, end }: Spot, { origin }: Spot): Spot {
  return { start, end, origin };
}

function refuse(
  { report }: Merging,
  path: readonly (string | number)[],
  spot: Spot,
  code: string,
  message: string,
  hint: string | null = null,
): void {
  report.error("schema", { code, message, path, at: spot, hint });
}
