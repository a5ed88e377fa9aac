/** Where the lines of a text begin, found once. */
export interface TextLines {
  /** Line and column of an offset, both from 1; columns count code points. */
  place(offset: number): { line: number; column: number };
  /** A line's text without its end; empty when there is no such line. */
  line(number: number): string;
}

export function textLines(text: string): TextLines {
  let starts: number[] | null = null;
  const startsOnce = (): number[] => (starts ??= lineStarts(text));
  return {
    place(offset) {
      const at = Math.max(0, Math.min(offset, text.length));
      const line = lineAt(startsOnce(), at);
      return { line, column: codePoints(text, startsOnce()[line - 1] ?? 0, at) + 1 };
    },
    line(number) {
      const start = startsOnce()[number - 1];
      if (start === undefined) return "";
      const end = startsOnce()[number];
      return text.slice(start, end === undefined ? text.length : end - 1).replace(/\r$/, "");
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
  for (let at = from; at < to; at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) count++;
  return count;
}
