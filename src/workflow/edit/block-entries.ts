import type { Value } from "../../expression/value.ts";
import { blanksAbove, blanksBelow, blockLines, nextLine, type BlockLines } from "./chunks.ts";
import type { MapOrList } from "./map-or-list.ts";
import { Refusal } from "./refusal.ts";
import type { Splice } from "./splice.ts";
import type { TextLayout } from "./text-layout.ts";
import { writeEntry, type BlockPlace } from "./write-block.ts";

/** A field with its name, or an item with none. */
export type NewEntry = [name: string | null, value: Value];

/** Entries into a block collection, which is never empty, before the one at `at`: as far apart as the others are. */
export function insertInBlock(
  { text, style }: TextLayout,
  holder: MapOrList,
  at: number,
  given: readonly NewEntry[],
  like: BlockPlace["like"],
): Splice[] {
  const block = blockLines(text, holder);
  const { column, chunks } = block;
  const entries = given.map(([name, value]) =>
    writeEntry(name, value, { column, isDash: name === null, like: name === null ? like : null }, style),
  );
  const isFirstPair = chunks.length === 1 && !holder.isMap && style.isAiry;
  const airy = isFirstPair && entries.some((entry) => entry.lines.length > 1) ? style.eol : "";
  const above = chunks[at - 1];
  if (above && (holder.isMap || at === chunks.length)) {
    const blanks = style.eol.repeat(
      at < chunks.length ? gapBelow(text, above.end) : gapAbove(text, block, at - 1),
    );
    const lines = entries.map((entry) => style.eol + airy + blanks + entry.lines.join(style.eol)).join("");
    const isOpen = above.end === text.length && entries.at(-1)?.needsBreak === true;
    return [{ start: above.end, end: above.end, text: lines + (isOpen ? style.eol : "") }];
  }
  const below = chunks[at];
  if (!below) return [];
  const blanks = style.eol.repeat(gapAbove(text, block, Math.max(at, 1)));
  const lines = entries.map((entry) => entry.lines.join(style.eol) + style.eol + airy + blanks).join("");
  const pad = " ".repeat(column);
  const put = below.isInline ? lines.slice(column) + pad : lines;
  return [{ start: below.start, end: below.start, text: put }];
}

/** Takes entries out with their comments, but never all of them. Of blank lines on both sides one lot goes too. */
export function removeFromBlock({ text }: TextLayout, holder: MapOrList, from: number, to: number): Splice[] {
  const { chunks } = blockLines(text, holder);
  const [first, last, above, below] = [chunks[from], chunks[to], chunks[from - 1], chunks[to + 1]];
  if (!first || !last) return [];
  if (!below) {
    const start = blanksAbove(text, first.start, above?.end ?? 0);
    return [{ start: lineBreakBefore(text, start), end: last.end, text: "" }];
  }
  if (first.isInline) {
    const next = holder.entries[to + 1]?.start ?? below.start;
    if (text.slice(last.end, next).trim() === "") return [{ start: first.start, end: next, text: "" }];
    const start = first.start - (/[ \t]*$/.exec(text.slice(0, first.start))?.[0].length ?? 0);
    return [{ start, end: last.end, text: "" }];
  }
  const end = nextLine(text, last.end);
  const hasBlanksAbove = !above || blanksAbove(text, first.start, above.end) < first.start;
  return [{ start: first.start, end: hasBlanksAbove ? blanksBelow(text, end) : end, text: "" }];
}

/** An item to another place; what stands between the items stays where it is. */
export function moveInBlock({ text }: TextLayout, holder: MapOrList, from: number, to: number): Splice[] {
  const { chunks, column } = blockLines(text, holder);
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  const moved = chunks.slice(low, high + 1);
  const texts = moved.map(
    ({ start, end, isInline }) => (isInline ? " ".repeat(column) : "") + text.slice(start, end),
  );
  const ordered = texts
    .toSpliced(from - low, 1)
    .toSpliced(to - low, 0, ...texts.slice(from - low, from - low + 1));
  return moved.map(({ start, end, isInline }, at) => {
    const put = ordered[at] ?? "";
    if (isInline && put.slice(0, column).trim() !== "") {
      throw new Refusal("a comment cannot go before the first item of this list. move it in the text", start);
    }
    return { start, end, text: isInline ? put.slice(column) : put };
  });
}

/** The text of an item, and the splice that puts another such text right below it. */
export function itemInBlock(
  { text, style }: TextLayout,
  holder: MapOrList,
  at: number,
): { start: number; end: number; splice: (copy: string) => Splice } {
  const block = blockLines(text, holder);
  const chunk = block.chunks[at];
  if (!chunk) throw new Refusal("there is no such item", holder.token.offset);
  const { start, end, isInline } = chunk;
  const isLast = at === block.chunks.length - 1;
  const blanks = style.eol.repeat(isLast ? gapAbove(text, block, at) : gapBelow(text, end));
  const pad = isInline ? " ".repeat(block.column) : "";
  return { start, end, splice: (copy) => ({ start: end, end, text: style.eol + blanks + pad + copy }) };
}

/** How many blank lines stand right above an entry; 0 where there is none above it. */
function gapAbove(text: string, { chunks }: BlockLines, at: number): number {
  const [above, here] = [chunks[at - 1], chunks[at]];
  if (!above || !here) return 0;
  return lineCount(text, blanksAbove(text, here.start, above.end), here.start);
}

/** How many blank lines stand right below a line. */
function gapBelow(text: string, end: number): number {
  const start = nextLine(text, end);
  return lineCount(text, start, blanksBelow(text, start));
}

function lineCount(text: string, from: number, to: number): number {
  return text.slice(from, to).split("\n").length - 1;
}

function lineBreakBefore(text: string, start: number): number {
  return text[start - 2] === "\r" && text[start - 1] === "\n" ? start - 2 : start - 1;
}
