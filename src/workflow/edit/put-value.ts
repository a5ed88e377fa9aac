import type { CST } from "yaml";
import type { Value } from "../../expression/value.ts";
import type { ScalarStyle } from "../source-node.ts";
import { lineEnd, lineStart, blockLines } from "./chunks.ts";
import { blockHeader, mapOrListOf, endOf, type Entry } from "./map-or-list.ts";
import type { Splice } from "./splice.ts";
import type { Place, TextLayout } from "./text-layout.ts";
import { columnOf } from "./text-style.ts";
import { writeBlock, writeFlow, type BlockPlace, type Written } from "./write-block.ts";
import { writeJson } from "./write-json.ts";

const scalarStyles: Partial<Record<CST.TokenType | "block-scalar", ScalarStyle>> = {
  scalar: "plain",
  "single-quoted-scalar": "single",
  "double-quoted-scalar": "double",
};

/** Puts a value where another stands, or behind the key that has none. */
export function putValue(layout: TextLayout, at: Place, value: Value): Splice[] {
  const { holder, entry } = at;
  if (!holder || !entry) return putRoot(layout, at.value, value);
  if (holder.isFlow) return [putInFlow(layout, entry, value)];
  const { text, style } = layout;
  const column = columnOf(text, entry.start);
  const old = entry.value;
  const like = styleOf(text, old);
  const block = old?.type === "block-scalar" ? blockShape(text, old) : undefined;
  const place: BlockPlace = { column, isDash: !holder.isMap, inside: insideOf(text, entry), like, block };
  const written = writeBlock(value, place, style);
  return putInBlock(layout, entry, written);
}

/** How a scalar is written; null for anything else. */
export function styleOf(text: string, token: CST.Token | null): ScalarStyle | null {
  if (token?.type === "block-scalar") return text[blockHeader(token).start] === ">" ? "folded" : "literal";
  return token ? (scalarStyles[token.type as CST.TokenType] ?? null) : null;
}

/** Where a value on the line of its dash begins. */
function insideOf(text: string, { after, value }: Entry): number | undefined {
  if (!value || value.type === "block-scalar") return undefined;
  const start = mapOrListOf(value)?.entries[0]?.start ?? value.offset;
  const first = mapOrListOf(value)?.isFlow === false ? start : value.offset;
  return lineStart(text, first) === lineStart(text, after) ? columnOf(text, first) : undefined;
}

function putRoot({ text, empty, style }: TextLayout, old: CST.Token | null, value: Value): Splice[] {
  const { head, body } = writeBlock(value, { column: -style.step, isDash: false, like: null }, style);
  const written = [head, ...body].filter((line) => line !== "").join(style.eol);
  if (old) return [{ start: old.offset, end: endOf(old), text: written }];
  const at = empty ?? text.length;
  const isLineStart = at === lineStart(text, at);
  return [{ start: at, end: at, text: `${isLineStart ? "" : style.eol}${written}${style.eol}` }];
}

function putInFlow({ text, style }: TextLayout, { value: old, after }: Entry, value: Value): Splice {
  const indent = /^[ \t]*/.exec(text.slice(lineStart(text, after)))?.[0] ?? "";
  const isMultiLine = style.isJson && text.includes("\n");
  const written = isMultiLine ? writeJson(value, indent, style) : writeFlow(value, styleOf(text, old), style);
  if (old) return { start: old.offset, end: endOf(old), text: written };
  return { start: after, end: after, text: ` ${written}` };
}

/** The part behind the colon and the lines below are replaced each for itself: a comment between them stays. */
function putInBlock({ text, style }: TextLayout, entry: Entry, written: Written): Splice[] {
  const old = oldParts(text, entry);
  const { head, body } = written;
  const lines = body.map((line) => style.eol + line).join("");
  const inline =
    head === ""
      ? { start: entry.after, end: old.inline.end, text: "" }
      : { ...old.inline, text: old.inline.start === entry.after ? ` ${head}` : head };
  const splices: Splice[] = [];
  if (inline.start !== inline.end || inline.text !== "") splices.push(inline);
  const below = old.below ?? { start: lineEnd(text, old.inline.end), end: lineEnd(text, old.inline.end) };
  // The file's last line has no end that the text's own could be.
  const isOpen = written.needsBreak && below.end === text.length;
  const put = lines + (isOpen ? style.eol : "");
  if (below.start !== below.end || put !== "") splices.push({ ...below, text: put });
  return splices;
}

interface Span {
  start: number;
  end: number;
}

/** What of an old value stands behind the colon or dash, and what on the lines below. */
function oldParts(text: string, entry: Entry): { inline: Span; below: Span | null } {
  const { value, after } = entry;
  const nothing = { start: after, end: after };
  if (!value) return { inline: nothing, below: null };
  if (value.type === "block-scalar") {
    const header = blockHeader(value);
    const below = {
      start: lineEnd(text, header.end),
      end: Math.max(lineEnd(text, header.end), endOf(value)),
    };
    return { inline: header, below };
  }
  const isBlock = value.type === "block-map" || value.type === "block-seq";
  if (!isBlock) return { inline: { start: value.offset, end: endOf(value) }, below: null };
  const inside = mapOrListOf(value);
  const end = (inside && blockLines(text, inside).chunks.at(-1)?.end) ?? endOf(value);
  const start = inside?.entries[0]?.start ?? value.offset;
  if (lineStart(text, start) === lineStart(text, after)) return { inline: { start, end }, below: null };
  return { inline: nothing, below: { start: lineEnd(text, after), end } };
}

function blockShape(text: string, token: CST.BlockScalar): BlockPlace["block"] {
  const lines = text.slice(blockHeader(token).end, endOf(token)).split(/\r?\n/).slice(1);
  const first = lines.find((line) => line.trim() !== "") ?? "";
  const indent = first.length - first.trimStart().length;
  return { indent, width: Math.max(40, ...lines.map((line) => line.trimEnd().length - indent)) };
}
