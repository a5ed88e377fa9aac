/** The lines of a text. Lines and columns count from 1; columns count code points. */
export interface TextLines {
  place(offset: number): { line: number; column: number };
  /** The offset of a place, or of the nearest place before it if there is no such place. */
  offset(line: number, column: number): number;
  /** A line without its end; empty when there is no such line. */
  range(line: number): { start: number; end: number };
}

/** The last place that was found. When places are asked in order, the next one on a long line is counted from here. */
interface FoundPlace {
  line: number;
  column: number;
  offset: number;
}

export function textLines(text: string): TextLines {
  let starts: number[] | null = null;
  let last: FoundPlace = { line: 0, column: 0, offset: 0 };
  const startOf = (line: number): number | undefined => (starts ??= lineStarts(text))[line - 1];
  const nearestBefore = (line: number, isBefore: (found: FoundPlace) => boolean): FoundPlace =>
    last.line === line && isBefore(last) ? last : { line, column: 1, offset: startOf(line) ?? text.length };
  return {
    place(offset) {
      const at = Math.max(0, Math.min(offset, text.length));
      const line = lineAt((starts ??= lineStarts(text)), at);
      const from = nearestBefore(line, (found) => found.offset <= at);
      last = { line, column: from.column + codePoints(text, from.offset, at), offset: at };
      return { line, column: last.column };
    },
    offset(line, column) {
      const { end } = this.range(line);
      const from = nearestBefore(line, (found) => found.column <= column);
      let { offset } = from;
      for (let left = column - from.column; left > 0 && offset < end; left--) offset += widthAt(text, offset);
      last = { line, column, offset };
      return offset;
    },
    range(line) {
      const start = startOf(line) ?? text.length;
      const next = startOf(line + 1);
      const end = next === undefined ? text.length : next - 1;
      return { start, end: end > start && text[end - 1] === "\r" ? end - 1 : end };
    },
  };
}

function lineStarts(text: string): number[] {
  const starts = [text.startsWith("\uFEFF") ? 1 : 0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The last line that begins at or before the offset. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}

function codePoints(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at += widthAt(text, at)) count++;
  return count;
}

function widthAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
