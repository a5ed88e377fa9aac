import type { MapOrList, Entry } from "./map-or-list.ts";
import { Refusal } from "./refusal.ts";
import { columnOf } from "./text-style.ts";

/**
 * An entry of a block collection with the lines that are its own: the comment lines right above it, and those below
 * that stand further in than it does. No line end before or behind.
 */
export interface Chunk {
  start: number;
  end: number;
  /** It begins on the line of something else, such as the dash of the item it is the first field of. */
  isInline: boolean;
}

export interface BlockLines {
  column: number;
  chunks: Chunk[];
}

/** Throws a `Refusal` where tabs indent. */
export function blockLines(text: string, { entries }: MapOrList): BlockLines {
  const [first] = entries;
  const column = first ? columnOf(text, first.start) : 0;
  let from = first ? lineStart(text, first.start) : 0;
  const chunks = entries.map((entry, at): Chunk => {
    const own = lineStart(text, entry.start);
    const isInline = text.slice(own, entry.start).trim() !== "";
    if (text.slice(own, entry.start).includes("\t")) {
      throw new Refusal("a tab stands in this line's indentation. write blanks", own);
    }
    const start = isInline ? entry.start : commentsAbove(text, own, at === 0 ? null : from, column);
    const end = commentsBelow(text, entry, column);
    from = end;
    return { start, end, isInline };
  });
  return { column, chunks };
}

export function lineStart(text: string, offset: number): number {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return start === 0 && text.startsWith("\uFEFF") ? 1 : start;
}

/** Before the line end. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  if (end < 0) return text.length;
  return end > offset && text[end - 1] === "\r" ? end - 1 : end;
}

/** Where the next line begins; the text's end on its last line. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end + 1;
}

/** The blank lines that begin at a line's start, whole. */
export function blanksBelow(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const end = lineEnd(text, at);
    if (text.slice(at, end).trim() !== "") return at;
    at = nextLine(text, at);
  }
  return at;
}

/** The blank lines that end at a line's start, whole. */
export function blanksAbove(text: string, start: number, notBefore: number): number {
  let at = start;
  while (at > notBefore) {
    const above = lineStart(text, at - 1);
    if (above >= at || above < notBefore || text.slice(above, at).trim() !== "") return at;
    at = above;
  }
  return at;
}

/** Where the comment lines right above a line begin. Those further in belong to what is above them. */
function commentsAbove(text: string, start: number, after: number | null, column: number): number {
  let from = start;
  while (from > 0) {
    const above = lineStart(text, from - 1);
    if (above >= from || (after !== null && above < after)) return from;
    const indent = commentIndent(text, above);
    if (indent === null || indent > column) return from;
    from = above;
  }
  return from;
}

/** The end of the last line below that is a comment further in, before anything but comments and blank lines. */
function commentsBelow(text: string, entry: Entry, column: number): number {
  let end = lineEnd(text, entry.end);
  for (let at = nextLine(text, end); at < text.length; at = nextLine(text, at)) {
    const stop = lineEnd(text, at);
    if (text.slice(at, stop).trim() === "") continue;
    const indent = commentIndent(text, at);
    if (indent === null) break;
    if (indent > column) end = stop;
  }
  return end;
}

/** Null for a line that is no comment. */
function commentIndent(text: string, start: number): number | null {
  const comment = /[ \t]*(?=#)/y;
  comment.lastIndex = start;
  return comment.exec(text)?.[0].length ?? null;
}
