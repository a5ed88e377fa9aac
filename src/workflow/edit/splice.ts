/** `text` in the place of what is between `start` and `end`. */
export interface Splice {
  start: number;
  end: number;
  text: string;
}

/** The text with all splices done. Null when two of them want the same characters. */
export function applySplices(text: string, splices: readonly Splice[]): string | null {
  const sorted = splices.toSorted((a, b) => a.start - b.start || a.end - b.end);
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end, text: put } of sorted) {
    if (start < at) return null;
    pieces.push(text.slice(at, start), put);
    at = end;
  }
  return pieces.join("") + text.slice(at);
}
