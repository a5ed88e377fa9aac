import type { Value, ValueObject } from "../../expression/value.ts";
import type { Path } from "../source-node.ts";
import { mapOrListOf, type MapOrList } from "./map-or-list.ts";
import { insertEntries, removeEntries } from "./change-entries.ts";
import { isMap, isSame, stepIn } from "./edited-value.ts";
import { putValue } from "./put-value.ts";
import { listHunks } from "./list-hunks.ts";
import { keysAt, shortFieldAt } from "./schema-place.ts";
import type { Splice } from "./splice.ts";
import { placeAt, refuseShared, type TextLayout } from "./text-layout.ts";

interface Setting {
  layout: TextLayout;
  splices: Splice[];
}

/**
 * Ways to set a value, the least of the text first: only what differs, then all that stands there. `root` is what the
 * text reads as.
 */
export function setValue(layout: TextLayout, root: Value, path: Path, value: Value): (() => Splice[])[] {
  const place = placeAt(layout, path);
  if (place.depth < path.length) return [() => makePath(layout, root, path, value)];
  const old = path.reduce<Value>((held, step) => stepIn(held, step) ?? null, root);
  return [() => spliceDifferences(layout, path, old, value), () => spliceWhole(layout, path, value)];
}

function spliceDifferences(layout: TextLayout, path: Path, old: Value, value: Value): Splice[] {
  const setting: Setting = { layout, splices: [] };
  differ(setting, path, old, value);
  return setting.splices;
}

function differ(setting: Setting, path: Path, old: Value, value: Value): void {
  if (isSame(old, value)) return;
  const { layout, splices } = setting;
  const holder = mapOrListOf(placeAt(layout, path).value);
  if (holder && isMap(old) && isMap(value) && Object.keys(old).some((key) => Object.hasOwn(value, key))) {
    return differInMap(setting, path, holder, old, value);
  }
  if (holder && Array.isArray(old) && Array.isArray(value) && old.length > 0 && value.length > 0) {
    return differInList(setting, path, holder, old, value);
  }
  splices.push(...spliceWhole(layout, path, value));
}

function spliceWhole(layout: TextLayout, path: Path, value: Value): Splice[] {
  const place = placeAt(layout, path);
  if (place.entry) refuseShared({ ...place.entry, key: null }, path);
  return putValue(layout, place, value);
}

function differInMap(
  setting: Setting,
  path: Path,
  holder: MapOrList,
  old: ValueObject,
  value: ValueObject,
): void {
  const { layout, splices } = setting;
  const stays = holder.entries.map(({ name }) => name !== null && Object.hasOwn(value, name));
  for (const [from, to] of findStretches(stays.map((stay) => !stay))) {
    removeShared(holder, path, from, to);
    splices.push(...removeEntries(layout, holder, from, to));
  }
  for (const { name } of holder.entries) {
    if (name === null || !Object.hasOwn(value, name)) continue;
    differ(setting, [...path, name], stepIn(old, name) ?? null, stepIn(value, name) ?? null);
  }
  const added = new Map<number, [string, Value][]>();
  for (const [key, part] of Object.entries(value)) {
    if (Object.hasOwn(old, key)) continue;
    const at = placeOfKey(holder, path, key, stays);
    added.set(at, [...(added.get(at) ?? []), [key, part]]);
  }
  const order = keysAt(path);
  for (const [at, entries] of added) {
    const sorted =
      order.length > 0 ? entries.toSorted(([a], [b]) => rank(order, a) - rank(order, b)) : entries;
    splices.push(...insertEntries(layout, holder, at, sorted));
  }
}

function differInList(
  setting: Setting,
  path: Path,
  holder: MapOrList,
  old: readonly Value[],
  value: readonly Value[],
): void {
  const { layout, splices } = setting;
  for (const { from, to, items } of listHunks(old, value)) {
    const both = Math.min(to - from, items.length);
    for (let at = 0; at < both; at++) {
      differ(setting, [...path, from + at], old[from + at] ?? null, items[at] ?? null);
    }
    if (to > from + both) {
      removeShared(holder, path, from + both, to - 1);
      splices.push(...removeEntries(layout, holder, from + both, to - 1));
    }
    const added = items.slice(both).map((item): [null, Value] => [null, item]);
    if (added.length > 0) splices.push(...insertEntries(layout, holder, from + both, added));
  }
}

function removeShared({ entries, isMap }: MapOrList, path: Path, from: number, to: number): void {
  for (let at = from; at <= to; at++) {
    const entry = entries[at];
    if (entry) refuseShared(entry, [...path, isMap ? (entry.name ?? at) : at]);
  }
}

/** Puts a value where not even its key is: into the map or list that is there, or in the place of nothing. */
function makePath(layout: TextLayout, root: Value, path: Path, value: Value): Splice[] {
  const place = placeAt(layout, path);
  const here = path.slice(0, place.depth);
  const [step = "", ...rest] = path.slice(place.depth);
  const made = wrapValue(rest, value);
  const holder = mapOrListOf(place.value);
  if (!holder || holder.entries.length === 0) {
    const old = here.reduce<Value>((held, each) => stepIn(held, each) ?? null, root);
    const short = typeof old === "string" ? shortFieldAt(here) : null;
    if (place.entry) refuseShared({ ...place.entry, key: null }, here);
    return putValue(
      layout,
      place,
      short === null ? wrapValue([step], made) : { [short]: old, ...asMap(step, made) },
    );
  }
  if (typeof step === "number") return insertEntries(layout, holder, step, [[null, made]]);
  const at = placeOfKey(
    holder,
    here,
    step,
    holder.entries.map(() => true),
  );
  return insertEntries(layout, holder, at, [[step, made]]);
}

function wrapValue(path: Path, value: Value): Value {
  return path.reduceRight<Value>(
    (inner, step) => (typeof step === "number" ? [inner] : asMap(step, inner)),
    value,
  );
}

function asMap(step: string | number, value: Value): ValueObject {
  return Object.fromEntries([[String(step), value]]);
}

/** Behind the nearest of the fields that the schema has before it; a name, and what it does not know, at the end. */
function placeOfKey({ entries }: MapOrList, path: Path, key: string, stays: readonly boolean[]): number {
  const order = keysAt(path);
  const own = order.indexOf(key);
  if (own < 0) return entries.length;
  let best = -1;
  let at = 0;
  entries.forEach(({ name }, index) => {
    const known = name === null || !stays[index] ? -1 : order.indexOf(name);
    if (known < 0 || known >= own || known < best) return;
    best = known;
    at = index + 1;
  });
  return at;
}

function rank(order: readonly string[], key: string): number {
  const at = order.indexOf(key);
  return at < 0 ? order.length : at;
}

/** The stretches of an array that hold. */
function findStretches(holds: readonly boolean[]): [from: number, to: number][] {
  const found: [number, number][] = [];
  holds.forEach((each, at) => {
    const last = found.at(-1);
    if (!each) return;
    if (last && last[1] === at - 1) last[1] = at;
    else found.push([at, at]);
  });
  return found;
}
