import type { Value, ValueObject } from "../../expression/value.ts";
import type { ScalarStyle } from "../source-node.ts";
import type { TextStyle } from "./text-style.ts";
import {
  canBeLiteral,
  foldedLines,
  isScalarValue,
  literalLines,
  writeKey,
  writeScalar,
  type ScalarValue,
} from "./write-scalar.ts";

/** A value in block style: what stands behind its `:` or `-`, and the lines below, whole and without line ends. */
export interface Written {
  head: string;
  body: string[];
  /** The last line is one of a `|` that keeps its line end: the text must not end without one. */
  needsBreak: boolean;
}

export interface BlockPlace {
  /** Of the key or dash that the value belongs to. */
  column: number;
  /** Behind a dash a map or list begins on the same line. */
  isDash: boolean;
  /** Where what stands behind a dash begins; two behind the dash, if not given. */
  inside?: number | undefined;
  like: ScalarStyle | null;
  /** Of a text that was a block: what its lines stood at, and the longest of them. */
  block?: { indent: number; width: number } | undefined;
}

const widest = 100;

export function writeBlock(value: Value, place: BlockPlace, style: TextStyle): Written {
  if (isScalarValue(value)) return writeBlockScalar(value, place, style);
  const flow = oneLine(value, place, style);
  if (flow !== null) return { head: flow, body: [], needsBreak: false };
  const { column, isDash } = place;
  if (isDash) {
    const inside = linesOf(value, place.inside ?? column + 2, style);
    const [head = "", ...body] = inside.lines;
    return { head: head.trimStart(), body, needsBreak: inside.needsBreak };
  }
  const inside = linesOf(value, column + (Array.isArray(value) ? style.dash : style.step), style);
  return { head: "", body: inside.lines, needsBreak: inside.needsBreak };
}

/** An entry of a block map, or an item of a block list where `name` is null, from its column on. */
export function writeEntry(
  name: string | null,
  value: Value,
  place: BlockPlace,
  style: TextStyle,
): { lines: string[]; needsBreak: boolean } {
  const { head, body, needsBreak } = writeBlock(value, place, style);
  const mark = name === null ? "-" : `${writeKey(name, null, style)}:`;
  return {
    lines: [`${" ".repeat(place.column)}${mark}${head === "" ? "" : ` ${head}`}`, ...body],
    needsBreak,
  };
}

/** On one line, in brackets where it has parts. */
export function writeFlow(value: Value, like: ScalarStyle | null, style: TextStyle): string {
  if (isScalarValue(value)) return writeScalar(value, { isFlow: true, like }, style);
  if (Array.isArray(value)) {
    const items = value.map((item: Value) => writeFlow(item, null, style));
    if (items.length === 0) return "[]";
    return `[${style.bracketPad}${items.join(`,${style.comma}`)}${style.bracketPad}]`;
  }
  const fields = entriesOf(value).map(
    ([key, part]) =>
      `${writeKey(key, null, style)}:${style.colon || (style.isJson ? "" : " ")}${writeFlow(part, null, style)}`,
  );
  if (fields.length === 0) return "{}";
  const pad = style.isJson ? "" : style.bracePad;
  return `{${pad}${fields.join(`,${style.comma}`)}${pad}}`;
}

export function entriesOf(value: Value): [string, Value][] {
  return isScalarValue(value) || Array.isArray(value) ? [] : Object.entries(value as ValueObject);
}

function writeBlockScalar(value: ScalarValue, place: BlockPlace, style: TextStyle): Written {
  const block = typeof value === "string" ? asLines(value, place, style) : null;
  if (block) return block;
  const like = place.like === "literal" || place.like === "folded" ? null : place.like;
  return { head: writeScalar(value, { isFlow: false, like }, style), body: [], needsBreak: false };
}

/** A text in lines of its own: where the old one was, or where it has line ends. Null where that does not do. */
function asLines(text: string, { column, like, block }: BlockPlace, style: TextStyle): Written | null {
  const wasBlock = like === "literal" || like === "folded";
  if (!style.hasLiterals || (!wasBlock && !text.includes("\n"))) return null;
  // Without a line end in it, a text is as good as one of a single line.
  if (!canBeLiteral(text.includes("\n") ? text : `${text}\n`)) return null;
  const folded = like === "folded" ? foldedLines(text, block?.width ?? 80) : null;
  const { header, lines } = folded ?? literalLines(text);
  const pad = " ".repeat(block && block.indent > column ? block.indent : column + style.step);
  return {
    head: header,
    body: lines.map((line) => (line === "" ? "" : pad + line)),
    needsBreak: !header.endsWith("-"),
  };
}

/** Null where it is better in lines of its own. */
function oneLine(value: Value, { column, isDash }: BlockPlace, style: TextStyle): string | null {
  if (isScalarValue(value)) return null;
  const parts: readonly Value[] = Array.isArray(value) ? value : entriesOf(value).map(([, part]) => part);
  if (parts.length === 0) return Array.isArray(value) ? "[]" : "{}";
  if (!parts.every((part) => isShort(part))) return null;
  const isWanted = Array.isArray(value)
    ? style.lists === "flow"
    : style.leaves === "flow" && !isDash && column >= 3 * style.step;
  const text = isWanted ? writeFlow(value, null, style) : null;
  return text !== null && text.length + column <= widest ? text : null;
}

function isShort(value: Value): boolean {
  return isScalarValue(value)
    ? typeof value !== "string" || !value.includes("\n")
    : Array.isArray(value)
      ? value.length === 0
      : entriesOf(value).length === 0;
}

function linesOf(value: Value, column: number, style: TextStyle): { lines: string[]; needsBreak: boolean } {
  const parts: [string | null, Value][] = Array.isArray(value)
    ? value.map((item: Value): [null, Value] => [null, item])
    : entriesOf(value);
  const lines: string[] = [];
  let needsBreak = false;
  for (const [name, part] of parts) {
    const entry = writeEntry(name, part, { column, isDash: name === null, like: null }, style);
    for (const line of entry.lines) lines.push(line);
    needsBreak = entry.needsBreak;
  }
  return { lines, needsBreak };
}
