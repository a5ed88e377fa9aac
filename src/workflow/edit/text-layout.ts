import type { CST } from "yaml";
import type { Source } from "../read-source.ts";
import { pathText } from "../source-path.ts";
import type { Path } from "../source-node.ts";
import { mapOrListOf, findOdd, type MapOrList, type Entry } from "./map-or-list.ts";
import { Refusal } from "./refusal.ts";
import { textStyle, type TextStyle } from "./text-style.ts";

/** A text that can be edited: its pieces, and how they are written. */
export interface TextLayout {
  text: string;
  root: CST.Token | null;
  /** Where the first key of an empty text may stand; null when there is something already. */
  empty: number | null;
  style: TextStyle;
}

/** What stands at a path, or at the part of it that is there. */
export interface Place {
  /** How many steps of the path are there. */
  depth: number;
  /** What holds the entry; null at the top. */
  holder: MapOrList | null;
  entry: Entry | null;
  value: CST.Token | null;
}

/** Throws a `Refusal` for a text that has faults of its own: what is spliced into it could mean anything. */
export function layoutOf(source: Source): TextLayout {
  const { text, report } = source;
  const fault = report.findings().find(({ severity }) => severity === "error");
  if (fault || !source.root) {
    const at = fault ? source.lines.offset(fault.line, fault.column) : 0;
    throw new Refusal(`fix the text first: ${fault?.message ?? "it cannot be read"}`, at);
  }
  const tokens = source.tokens();
  const document = tokens.find((token): token is CST.Document => token.type === "document");
  const root = document?.value ?? null;
  const isEnded = tokens.some(({ type }) => type === "doc-end");
  const isJson = root?.type === "flow-collection" && readsAsJson(text);
  return {
    text,
    root,
    empty: root === null && !isEnded ? text.length : null,
    style: textStyle(text, root, isJson),
  };
}

export function readsAsJson(text: string): boolean {
  try {
    JSON.parse(text.replace(/^\uFEFF/, ""));
    return true;
  } catch {
    return false;
  }
}

/** Goes down a path as far as it goes. Throws a `Refusal` where the way leads through an anchor or an alias. */
export function placeAt(layout: TextLayout, path: Path): Place {
  let place: Place = { depth: 0, holder: null, entry: null, value: layout.root };
  while (place.depth < path.length) {
    const step = path[place.depth] ?? "";
    const holder = mapOrListOf(place.value);
    const entry = holder ? entryOf(holder, step) : null;
    if (!holder || !entry) return place;
    refuseOdd(entry.odd, path.slice(0, place.depth + 1));
    if (entry.value?.type === "alias") refuseOdd(entry.value.offset, path.slice(0, place.depth + 1));
    place = { depth: place.depth + 1, holder, entry, value: entry.value };
  }
  return place;
}

function entryOf(holder: MapOrList, step: string | number): Entry | null {
  if (typeof step === "number") return holder.isMap ? null : (holder.entries[step] ?? null);
  return holder.isMap ? (holder.entries.find(({ name }) => name === step) ?? null) : null;
}

/** Refuses what touches an anchor, an alias or a tag: others hang on it. */
export function refuseShared({ odd, value, key }: Pick<Entry, "odd" | "value" | "key">, path: Path): void {
  refuseOdd(odd, path);
  refuseOdd(findOdd(value), path);
  refuseOdd(findOdd(key), path);
}

function refuseOdd(offset: number | null, path: Path): void {
  if (offset === null) return;
  throw new Refusal(
    `"${pathText(path)}" is written with an anchor, an alias or the like: an edit could break it. edit the text`,
    offset,
  );
}
