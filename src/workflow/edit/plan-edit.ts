import type { Value } from "../../expression/value.ts";
import type { Source } from "../read-source.ts";
import { valueOf, type Path } from "../source-node.ts";
import { insertEntries, moveEntry, removeEntries } from "./change-entries.ts";
import { mapOrListOf } from "./map-or-list.ts";
import type { Edit } from "./edit.ts";
import {
  removedPath,
  stepIn,
  withItem,
  withMoved,
  withoutValue,
  withValue,
  type Trouble,
} from "./edited-value.ts";
import { putValue } from "./put-value.ts";
import { Refusal } from "./refusal.ts";
import { setValue } from "./set-value.ts";
import type { Splice } from "./splice.ts";
import { placeAt, refuseShared, type TextLayout } from "./text-layout.ts";
import { canBeLiteral } from "./write-scalar.ts";
import { stageOfPath } from "../stage-walk.ts";

/** What the text has to read as when an edit is done, and ways to get there, the one that touches least first. */
export interface PlannedEdit {
  expected: Value;
  ways: (() => Splice[])[];
}

export interface Editing {
  source: Source;
  layout: TextLayout;
  /** What the text reads as. */
  value: Value;
  trouble: Trouble;
}

type EditOf<Kind extends Edit["kind"]> = Extract<Edit, { kind: Kind }>;

export function editingOf(source: Source, layout: TextLayout): Editing {
  const trouble: Trouble = (message, path) => {
    const place = placeAt(layout, path);
    throw new Refusal(message, place.entry?.start ?? place.value?.offset ?? 0);
  };
  return { source, layout, value: source.root ? valueOf(source.root) : null, trouble };
}

export function planSet({ layout, value, trouble }: Editing, edit: EditOf<"set">): PlannedEdit {
  if (edit.path.length === 0) trouble("the whole definition cannot be set at once", []);
  const expected = withValue(value, edit.path, edit.value, trouble);
  const unbraced = unbracedWay(layout, expected, edit.path, edit.value);
  const ways = setValue(layout, value, edit.path, edit.value);
  return { expected, ways: unbraced ? [unbraced, ...ways] : ways };
}

/**
 * A text of several lines reads badly within braces: those around it, below the field of a stage, become lines. Null
 * where there are none, or comments in them.
 */
function unbracedWay(layout: TextLayout, expected: Value, path: Path, value: Value): (() => Splice[]) | null {
  if (layout.style.isJson || typeof value !== "string" || !canBeLiteral(value)) return null;
  for (let depth = (stageOfPath(path)?.path.length ?? 1) + 1; depth < path.length; depth++) {
    const way = path.slice(0, depth);
    const place = placeAt(layout, way);
    if (place.depth < depth || !place.holder || place.holder.isFlow) return null;
    const held = mapOrListOf(place.value);
    if (!held?.isFlow) continue;
    if (layout.text.slice(held.inner.start, held.inner.end).includes("#")) return null;
    return () => {
      if (place.entry) refuseShared({ ...place.entry, key: null }, way);
      return putValue(
        layout,
        place,
        way.reduce<Value>((each, step) => stepIn(each, step) ?? null, expected),
      );
    };
  }
  return null;
}

export function planRemove({ layout, value, trouble }: Editing, { path }: EditOf<"remove">): PlannedEdit {
  const expected = withoutValue(value, path, trouble);
  return { expected, ways: [() => removeAt(layout, removedPath(value, path, trouble))] };
}

function removeAt(layout: TextLayout, path: Path): Splice[] {
  const { holder, entry } = placeAt(layout, path);
  if (!holder || !entry) return [];
  refuseShared(entry, path);
  const at = holder.entries.indexOf(entry);
  if (holder.entries.length > 1) return removeEntries(layout, holder, at, at);
  return putValue(layout, placeAt(layout, path.slice(0, -1)), holder.isMap ? {} : []);
}

export function planInsert({ layout, value, trouble }: Editing, edit: EditOf<"insert">): PlannedEdit {
  const { path, at } = edit;
  const expected = withItem(value, path, at, edit.value, trouble);
  const place = placeAt(layout, path);
  const holder = mapOrListOf(place.value);
  if (place.depth < path.length || !holder || holder.entries.length === 0) {
    return { expected, ways: setValue(layout, value, path, [edit.value]) };
  }
  return { expected, ways: [() => insertEntries(layout, holder, at, [[null, edit.value]])] };
}

export function planMove({ layout, value, trouble }: Editing, edit: EditOf<"move">): PlannedEdit {
  const { path, from, to } = edit;
  const list = path.reduce<Value>((held, step) => stepIn(held, step) ?? null, value);
  if (!Array.isArray(list)) trouble("there is no list to move in", path);
  const expected = withMoved(value, path, from, to, trouble);
  const holder = mapOrListOf(placeAt(layout, path).value);
  const entry = holder?.entries[from];
  if (!holder || !entry || from === to) return { expected, ways: [() => []] };
  refuseShared(entry, [...path, from]);
  return { expected, ways: [() => moveEntry(layout, holder, from, to)] };
}
