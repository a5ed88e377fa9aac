import { insertInBlock, moveInBlock, removeFromBlock, type NewEntry } from "./block-entries.ts";
import type { MapOrList } from "./map-or-list.ts";
import { insertInFlow, moveInFlow, removeFromFlow } from "./flow-entries.ts";
import { styleOf } from "./put-value.ts";
import type { Splice } from "./splice.ts";
import type { TextLayout } from "./text-layout.ts";

/** Into a collection that is not empty, before the entry at `at`. */
export function insertEntries(
  layout: TextLayout,
  holder: MapOrList,
  at: number,
  entries: readonly NewEntry[],
): Splice[] {
  if (holder.isFlow) return insertInFlow(layout, holder, at, entries);
  const sibling = holder.entries[at] ?? holder.entries[at - 1];
  return insertInBlock(layout, holder, at, entries, styleOf(layout.text, sibling?.value ?? null));
}

/** From one to another, both gone; at least one has to stay. */
export function removeEntries(layout: TextLayout, holder: MapOrList, from: number, to: number): Splice[] {
  return holder.isFlow ? removeFromFlow(layout, holder, from, to) : removeFromBlock(layout, holder, from, to);
}

export function moveEntry(layout: TextLayout, holder: MapOrList, from: number, to: number): Splice[] {
  return holder.isFlow ? moveInFlow(layout, holder, from, to) : moveInBlock(layout, holder, from, to);
}
