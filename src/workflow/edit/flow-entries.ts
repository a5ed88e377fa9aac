import { lineEnd, lineStart, nextLine } from "./chunks.ts";
import type { MapOrList, Entry } from "./map-or-list.ts";
import type { NewEntry } from "./block-entries.ts";
import { styleOf } from "./put-value.ts";
import { Refusal } from "./refusal.ts";
import type { Splice } from "./splice.ts";
import type { TextLayout } from "./text-layout.ts";
import { writeFlow } from "./write-block.ts";
import { writeJson } from "./write-json.ts";
import { writeKey } from "./write-scalar.ts";

/** Entries into brackets that are not empty, before the one at `at`. Where each has a line, so have the new ones. */
export function insertInFlow(
  layout: TextLayout,
  holder: MapOrList,
  at: number,
  given: readonly NewEntry[],
): Splice[] {
  const { text, style } = layout;
  const indent = lineIndent(text, holder);
  const sibling = holder.entries[at] ?? holder.entries[at - 1];
  const like = holder.isMap ? null : styleOf(text, sibling?.value ?? null);
  const texts = given.map(([name, value]) => {
    const written =
      style.isJson && indent !== null ? writeJson(value, indent, style) : writeFlow(value, like, style);
    if (name === null) return written;
    return `${writeKey(name, styleOf(text, sibling?.key ?? null), style)}:${style.colon}${written}`;
  });
  return insertTexts(layout, holder, at, texts, indent);
}

/** A text as it is, right behind an item. */
export function insertTextInFlow(layout: TextLayout, holder: MapOrList, at: number, item: string): Splice[] {
  return insertTexts(layout, holder, at, [item], lineIndent(layout.text, holder));
}

function insertTexts(
  { text, style }: TextLayout,
  { entries, inner }: MapOrList,
  at: number,
  texts: readonly string[],
  indent: string | null,
): Splice[] {
  const above = entries[at - 1];
  const below = entries[at];
  const put = (start: number, added: string): Splice => ({ start, end: start, text: added });
  if (indent === null) {
    // The list's own way where it has one, so that taking the item out again is the identity.
    const own = above && below && above.comma !== null ? text.slice(above.comma + 1, below.start) : null;
    const space = own !== null && /^[ \t]*$/.test(own) ? own : style.comma;
    if (!above) return [put(below?.start ?? inner.start, texts.map((item) => `${item},${space}`).join(""))];
    if (above.comma !== null && !below)
      return [put(above.comma + 1, texts.map((item) => `${space}${item},`).join(""))];
    return [put(above.end, texts.map((item) => `,${space}${item}`).join(""))];
  }
  const newLine = style.eol + indent;
  const closed = texts.map((item) => `${newLine}${item},`).join("");
  if (!above) return [put(lineEnd(text, inner.start), closed)];
  if (above.comma !== null) {
    const behind = above.comma + 1;
    return [put(isLineRest(text, behind) ? lineEnd(text, behind) : behind, closed)];
  }
  const open = texts.map((item) => newLine + item).join(",");
  if (!isLineRest(text, above.end)) return [put(above.end, `,${open}`)];
  return [put(above.end, ","), put(lineEnd(text, above.end), open)];
}

/** Takes entries out with their commas and the comments of their lines, but never all of them. */
export function removeFromFlow(
  { text }: TextLayout,
  { entries, inner }: MapOrList,
  from: number,
  to: number,
): Splice[] {
  const [first, last, above, below] = [entries[from], entries[to], entries[from - 1], entries[to + 1]];
  if (!first || !last) return [];
  const cut = (start: number, end: number): Splice => ({ start, end, text: "" });
  const behind = last.comma === null ? last.end : last.comma + 1;
  const start = ownLines(text, first, above?.end ?? inner.start);
  if (start !== null && isLineRest(text, behind)) {
    if (below || last.comma !== null) return [cut(start, nextLine(text, behind))];
    const breakAt = text[start - 2] === "\r" ? start - 2 : start - 1;
    const comma = above?.comma ?? null;
    return [...(comma === null ? [] : [cut(comma, comma + 1)]), cut(breakAt, lineEnd(text, behind))];
  }
  if (below) return [cutWithout(text, first.start, below.start, last.end)];
  if (last.comma !== null && above && above.comma !== null) return [cut(above.comma + 1, behind)];
  if (!above) return [];
  refuseComment(text, above.end, first.start);
  return [cut(above.end, last.end)];
}

/** Items change places; the commas and what else stands between them stay, the comments of their lines go along. */
export function moveInFlow(
  { text }: TextLayout,
  { entries, inner }: MapOrList,
  from: number,
  to: number,
): Splice[] {
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  const slots = entries.slice(low, high + 1).map((entry, at) => {
    const lines = ownLines(text, entry, entries[low + at - 1]?.end ?? inner.start);
    const start = lines === null ? entry.start : lines + (/^[ \t]*/.exec(text.slice(lines))?.[0].length ?? 0);
    const behind = entry.comma === null ? entry.end : entry.comma + 1;
    return { start, end: entry.end, behind, tail: commentAt(text, behind) };
  });
  const ordered = slots
    .toSpliced(from - low, 1)
    .toSpliced(to - low, 0, ...slots.slice(from - low, from - low + 1));
  return slots.flatMap(({ start, end, behind, tail }, at): Splice[] => {
    const put = ordered[at];
    if (!put) return [];
    return [
      { start, end, text: text.slice(put.start, put.end) },
      { start: behind, end: behind + tail.length, text: put.tail },
    ];
  });
}

/** What the lines of the entries are indented by; null where the first does not begin a line. */
function lineIndent(text: string, { entries }: MapOrList): string | null {
  const [first] = entries;
  const before = first ? text.slice(lineStart(text, first.start), first.start) : "-";
  return before.trim() === "" ? before : null;
}

/** Where the lines of an entry begin, comment lines above it included; null where it does not begin a line. */
function ownLines(text: string, entry: Entry, notBefore: number): number | null {
  let start = lineStart(text, entry.start);
  if (start < notBefore || text.slice(start, entry.start).trim() !== "") return null;
  while (start > 0) {
    const above = lineStart(text, start - 1);
    if (above < notBefore || !/^[ \t]*#/.test(text.slice(above, start))) break;
    start = above;
  }
  return start;
}

/** Nothing but blanks and a comment up to the line's end, and there is one. */
function isLineRest(text: string, from: number): boolean {
  return (
    /^[ \t]*(#.*)?$/.test(text.slice(from, lineEnd(text, from))) && nextLine(text, from) > lineEnd(text, from)
  );
}

function commentAt(text: string, from: number): string {
  return /^[ \t]+#.*/.exec(text.slice(from, lineEnd(text, from)))?.[0] ?? "";
}

function cutWithout(text: string, start: number, end: number, itemEnd: number): Splice {
  refuseComment(text, itemEnd, end);
  return { start, end, text: "" };
}

/** Between two items a `#` is a comment. */
function refuseComment(text: string, from: number, to: number): void {
  const at = text.slice(from, to).indexOf("#");
  if (at >= 0) throw new Refusal("a comment stands between these items. edit the text here", from + at);
}
