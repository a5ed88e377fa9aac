import { CST } from "yaml";
import { Refusal } from "./refusal.ts";

export type MapOrListToken = CST.BlockMap | CST.BlockSequence | CST.FlowCollection;

/** A map or a list of the text, with the place of everything in it. */
export interface MapOrList {
  token: MapOrListToken;
  isFlow: boolean;
  isMap: boolean;
  entries: Entry[];
  /** Of flow style: behind the bracket that opens, and where the one that closes stands. */
  inner: { start: number; end: number };
}

export interface Entry {
  /** Null in a list, and where the key is no text. */
  name: string | null;
  key: CST.Token | null;
  /** Where its key, its dash or its value begins. */
  start: number;
  /** Behind its `:` or `-`: a value stands after this. */
  after: number;
  value: CST.Token | null;
  /** Behind its last character that is no blank, comment or line end. */
  end: number;
  /** Flow style: where the comma behind it stands; null when there is none. */
  comma: number | null;
  /** Where an anchor, an alias, a tag or an odd way of writing stands in the entry itself, not in its value. */
  odd: number | null;
}

const known = new WeakMap<CST.Token, MapOrList>();

/** Null for what is no map and no list. */
export function mapOrListOf(token: CST.Token | null | undefined): MapOrList | null {
  if (!token) return null;
  const noteOffset = known.get(token) ?? readMapOrList(token);
  if (noteOffset) known.set(token, noteOffset);
  return noteOffset;
}

function readMapOrList(token: CST.Token): MapOrList | null {
  if (token.type === "block-map" || token.type === "block-seq") {
    return {
      token,
      isFlow: false,
      isMap: token.type === "block-map",
      entries: token.items.flatMap((item) => blockEntry(item)),
      inner: { start: token.offset, end: token.offset },
    };
  }
  if (token.type !== "flow-collection") return null;
  const isMap = token.start.source === "{";
  return {
    token,
    isFlow: true,
    isMap,
    entries: flowEntries(token, isMap),
    inner: { start: token.start.offset + 1, end: closerOf(token).offset },
  };
}

/** Behind the last character of a value that is no blank, comment or line end. */
export function endOf(token: CST.Token): number {
  switch (token.type) {
    case "block-scalar":
      return blockScalarEnd(token);
    case "flow-collection": {
      const closer = closerOf(token);
      return closer.offset + closer.source.length;
    }
    case "block-map":
    case "block-seq": {
      const last = mapOrListOf(token)?.entries.at(-1);
      return last ? last.end : token.offset;
    }
    default:
      return "source" in token ? token.offset + token.source.length : token.offset;
  }
}

/** The place of the first anchor, alias or tag within a value; null when there is none. Iterative: hostile depth. */
export function findOdd(token: CST.Token | null): number | null {
  let first: number | null = null;
  const found = (offset: number): void => {
    first = first === null ? offset : Math.min(first, offset);
  };
  const open: CST.Token[] = token ? [token] : [];
  for (let next = open.pop(); next; next = open.pop()) {
    if (oddTypes.has(next.type)) found(next.offset);
    if (!("items" in next)) continue;
    for (const item of next.items) {
      for (const mark of [...item.start, ...(item.sep ?? [])])
        if (oddTypes.has(mark.type)) found(mark.offset);
      if (item.key) open.push(item.key);
      if (item.value) open.push(item.value);
    }
  }
  return first;
}

/** Where the header of a block scalar ends, the comment behind it not counted. */
export function blockHeader(token: CST.BlockScalar): { start: number; end: number } {
  const header = token.props.find(({ type }) => type === "block-scalar-header");
  if (!header || !("source" in header)) throw new Refusal("this text cannot be edited here", token.offset);
  return { start: header.offset, end: header.offset + header.source.length };
}

const oddTypes: ReadonlySet<string> = new Set(["anchor", "tag", "alias", "explicit-key-ind"]);

function blockEntry(item: CST.BlockMap["items"][number] | CST.BlockSequence["items"][number]): Entry[] {
  const dash = item.start.find(({ type }) => type === "seq-item-ind");
  const marks = [...item.start, ...(item.sep ?? [])];
  const odd = marks.find(({ type }) => oddTypes.has(type))?.offset ?? null;
  const value = item.value ?? null;
  if (dash) return [{ ...bare, start: dash.offset, ...endFields(dash, value), odd }];
  const colon = item.sep?.find(({ type }) => type === "map-value-ind");
  if (!item.key && !colon) return [];
  const mark = colon ?? item.key;
  if (!mark) return [];
  const start = Math.min(item.key?.offset ?? mark.offset, odd ?? Infinity);
  const key = item.key ?? null;
  return [
    { ...bare, name: nameOf(key), key, start, ...endFields(mark, value), odd: odd ?? oddKey(key, colon) },
  ];
}

/** A key is a text of its own, with a colon. */
function oddKey(key: CST.Token | null, colon: CST.SourceToken | undefined): number | null {
  if (key && nameOf(key) !== null && colon) return null;
  return key?.offset ?? colon?.offset ?? 0;
}

const bare = { name: null, key: null, comma: null };

function endFields(mark: CST.Token, value: CST.Token | null): Pick<Entry, "after" | "value" | "end"> {
  const after = endOf(mark);
  return { after, value, end: value ? endOf(value) : after };
}

function flowEntries(token: CST.FlowCollection, isMap: boolean): Entry[] {
  const entries: Entry[] = [];
  for (const item of token.items) {
    const comma = item.start.find(({ type }) => type === "comma");
    const last = entries.at(-1);
    if (comma && last) last.comma = comma.offset;
    const odd = [...item.start, ...(item.sep ?? [])].find(({ type }) => oddTypes.has(type))?.offset ?? null;
    const key = item.key ?? null;
    const value = item.value ?? null;
    const colon = item.sep?.find(({ type }) => type === "map-value-ind");
    const first = key ?? colon ?? value;
    if (!first) continue;
    const start = Math.min(first.offset, odd ?? Infinity);
    if (isMap) {
      const ends = endFields(colon ?? first, value);
      entries.push({ ...bare, name: nameOf(key), key, start, ...ends, odd: odd ?? oddKey(key, colon) });
    } else {
      // `[a: 1]` is a map without braces in a list.
      const isPair = key !== null || colon !== undefined;
      const end = endOf(value ?? colon ?? first);
      entries.push({ ...bare, start, after: start, value, end, odd: odd ?? (isPair ? start : null) });
    }
  }
  return entries;
}

/** As the tree reads keys: the text, or a number and the like as it is written. */
function nameOf(key: CST.Token | null): string | null {
  return CST.resolveAsScalar(key)?.value ?? null;
}

function closerOf(token: CST.FlowCollection): CST.SourceToken {
  const closer = token.end.find(({ type }) => type === "flow-map-end" || type === "flow-seq-end");
  if (!closer) throw new Refusal("this is not closed", token.offset);
  return closer;
}

function blockScalarEnd(token: CST.BlockScalar): number {
  const last = token.props.at(-1);
  const start = last && "source" in last ? last.offset + last.source.length : token.offset;
  // The line end of its last line is not its own: the next line's place hangs on it.
  if (token.source === "") return blockHeader(token).end;
  return start + token.source.replace(/\r?\n$/, "").length;
}
