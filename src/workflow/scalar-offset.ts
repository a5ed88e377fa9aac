import type { SourceScalar } from "./source-node.ts";

/**
 * The offset in the text of a character of a scalar's value. It works for every style: plain and quoted scalars with
 * escapes and folded lines, and block scalars with indentation. The end of the value maps to the offset after it.
 */
export function sourceOffset(text: string, node: SourceScalar, offset: number): number {
  if (node.origin || typeof node.value !== "string") return node.start;
  const places = placesOnce(text, node);
  // If the value differs from the one that yaml read, which would be a bug, the scalar's beginning is a safe answer.
  if (places.length !== node.value.length) return node.start;
  const at = offset < places.length ? places[offset] : (places.at(-1) ?? -1) + 1;
  return node.start + (at ?? 0);
}

/** Offsets are kept, because a long text may have thousands of faults. */
const known = new WeakMap<SourceScalar, number[]>();

function placesOnce(text: string, node: SourceScalar): number[] {
  const found = known.get(node) ?? placesOf(text.slice(node.start, node.end), node);
  known.set(node, found);
  return found;
}

/** The offset in the raw text for each UTF-16 unit of the value. */
function placesOf(raw: string, { style, value }: SourceScalar): number[] {
  switch (style) {
    case "plain":
      return unfold(raw, 0, raw.length);
    case "single":
      return withoutDoubledQuotes(raw, unfold(raw, 1, raw.length - 1));
    case "double":
      return unescape(raw);
    case "literal":
    case "folded":
      return blockPlaces(raw, String(value), style === "folded");
    default:
      return style satisfies never;
  }
}

interface Line {
  start: number;
  /** The line without its end. */
  end: number;
}

function linesOf(raw: string, from: number, to: number): Line[] {
  const lines: Line[] = [];
  let start = from;
  for (let at = raw.indexOf("\n", from); at >= 0 && at < to; at = raw.indexOf("\n", at + 1)) {
    lines.push({ start, end: at > start && raw[at - 1] === "\r" ? at - 1 : at });
    start = at + 1;
  }
  lines.push({ start, end: to });
  return lines;
}

/** Folds the lines of a flow scalar: a single line break becomes a space; of several, the first is dropped. */
function unfold(raw: string, from: number, to: number): number[] {
  const lines = linesOf(raw, from, to);
  const places: number[] = [];
  let separators: number[] = [];
  lines.forEach((line, at) => {
    const start = at === 0 ? line.start : skipBlanks(raw, line.start, line.end);
    const end = at === lines.length - 1 ? line.end : trimBlanks(raw, start, line.end);
    if (start === end && at > 0 && at < lines.length - 1) {
      separators.push(line.start);
      return;
    }
    if (at > 0) places.push(...(separators.length > 0 ? separators : [line.start - 1]));
    separators = [];
    for (let unit = start; unit < end; unit++) places.push(unit);
  });
  return places;
}

function withoutDoubledQuotes(raw: string, places: readonly number[]): number[] {
  const kept: number[] = [];
  for (let at = 0; at < places.length; at++) {
    const place = places[at] ?? 0;
    kept.push(place);
    if (raw[place] === "'" && raw[place + 1] === "'") at++;
  }
  return kept;
}

const escapeLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function unescape(raw: string): number[] {
  const places: number[] = [];
  const last = raw.length - 1;
  for (let at = 1; at < last; at++) {
    const unit = raw[at] ?? "";
    if (unit === "\\") at = escape(raw, at, places);
    else if (unit === "\n") at = foldBreaks(raw, at, places);
    else if (unit === " " || unit === "\t") {
      const end = skipBlanks(raw, at, last);
      const isTrailing = raw[end] === "\n" || (raw[end] === "\r" && raw[end + 1] === "\n");
      if (!isTrailing) for (let blank = at; blank < end; blank++) places.push(blank);
      at = end - 1;
    } else if (unit !== "\r" || raw[at + 1] !== "\n") places.push(at);
  }
  return places;
}

/** Reads the escape at `at` and returns the offset of its last unit. */
function escape(raw: string, at: number, places: number[]): number {
  const letter = raw[at + 1] ?? "";
  const lineEnd = letter === "\r" && raw[at + 2] === "\n" ? at + 2 : at + 1;
  if (raw[lineEnd] === "\n") return skipBlanks(raw, lineEnd + 1, raw.length) - 1;
  const digits = escapeLengths[letter] ?? 0;
  places.push(at);
  const code = Number.parseInt(raw.slice(at + 2, at + 2 + digits), 16);
  if (code > 0xffff) places.push(at);
  return at + 1 + digits;
}

function foldBreaks(raw: string, at: number, places: number[]): number {
  const breaks: number[] = [];
  let end = at;
  for (
    let next = raw[end + 1];
    next === " " || next === "\t" || next === "\n" || next === "\r";
    next = raw[end + 1]
  ) {
    if (next === "\r" && raw[end + 2] !== "\n") break;
    end++;
    if (next === "\n") breaks.push(end);
  }
  places.push(...(breaks.length > 0 ? breaks : [at]));
  return end;
}

/** Reads a block scalar from its `|` or `>`. Its indentation is what its first line has in addition to the value's. */
function blockPlaces(raw: string, value: string, isFolded: boolean): number[] {
  const [, ...lines] = linesOf(raw, 0, raw.length);
  const first = lines.find((line) => indentOf(raw, line) < line.end - line.start);
  const firstText = value.split("\n").find((line) => /[^ ]/.test(line)) ?? "";
  const indent = first ? indentOf(raw, first) - firstText.search(/[^ ]|$/) : Infinity;
  const bodies = lines.map((line) => ({ start: Math.min(line.start + indent, line.end), end: line.end }));
  const places = isFolded ? foldedPlaces(raw, bodies) : literalPlaces(bodies);
  // Chomping shortens the value's end, so the places are cut too; a last line without a break gets the end of the text.
  while (places.length < value.length) places.push(raw.length);
  return places.slice(0, value.length);
}

function literalPlaces(lines: readonly Line[]): number[] {
  return lines.flatMap((line) => {
    const places: number[] = [];
    for (let at = line.start; at <= line.end; at++) places.push(at);
    return places;
  });
}

/** Folds like yaml: breaks between lines of text become a space; those at empty or more indented lines stay. */
function foldedPlaces(raw: string, lines: readonly Line[]): number[] {
  const places: number[] = [];
  let breaks: number[] = [];
  let wasMoreIndented = false;
  let isFirst = true;
  for (const line of lines) {
    if (line.start === line.end) {
      breaks.push(line.end);
      continue;
    }
    const isMoreIndented = raw[line.start] === " " || raw[line.start] === "\t";
    const staysWhole = isMoreIndented || wasMoreIndented || isFirst;
    // Of several breaks between lines of text, the first is dropped.
    if (staysWhole || breaks.length < 2) places.push(...breaks);
    else places.push(...breaks.slice(1));
    for (let at = line.start; at < line.end; at++) places.push(at);
    breaks = [line.end];
    wasMoreIndented = isMoreIndented;
    isFirst = false;
  }
  return [...places, ...breaks];
}

function indentOf(raw: string, line: Line): number {
  let at = line.start;
  while (at < line.end && raw[at] === " ") at++;
  return at - line.start;
}

function skipBlanks(raw: string, from: number, to: number): number {
  let at = from;
  while (at < to && (raw[at] === " " || raw[at] === "\t")) at++;
  return at;
}

function trimBlanks(raw: string, from: number, to: number): number {
  let at = to;
  while (at > from && (raw[at - 1] === " " || raw[at - 1] === "\t")) at--;
  return at;
}
