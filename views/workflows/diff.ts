/** A line of a comparison; `from` and `to` are its numbers in the two texts. `gap` stands for lines that are alike. */
export interface DiffLine {
  kind: "same" | "added" | "removed" | "gap";
  text: string;
  from: number | null;
  to: number | null;
}

const around = 3;
const usualMost = 2000;

/**
 * Two texts line by line, by Myers' greedy algorithm ("An O(ND) Difference Algorithm", 1986). Texts that differ in more
 * than `mostEdits` lines are shown as one taken away and one put in: the work grows with the square of the difference.
 */
export function diffLines(before: string, after: string, mostEdits = usualMost): DiffLine[] {
  const a = before.split("\n");
  const b = after.split("\n");
  const trace = traceOf(a, b, mostEdits);
  const lines = trace === null ? replaceAllLines(a, b) : walkBack(a, b, trace);
  return withoutSame(lines);
}

/** For each number of edits the furthest place on each diagonal; null when there are too many. */
function traceOf(
  a: readonly string[],
  b: readonly string[],
  mostEdits: number,
): Map<number, number>[] | null {
  let furthest = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let edits = 0; edits <= Math.min(a.length + b.length, mostEdits); edits++) {
    trace.push(new Map(furthest));
    const next = new Map(furthest);
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = comesFromAbove(next, diagonal, edits) ? at(next, diagonal + 1) : at(next, diagonal - 1) + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      next.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return trace;
    }
    furthest = next;
  }
  return null;
}

/** From the end back to the start, by the choices that were made on the way there. */
function walkBack(
  a: readonly string[],
  b: readonly string[],
  trace: readonly Map<number, number>[],
): DiffLine[] {
  const lines: DiffLine[] = [];
  let x = a.length;
  let y = b.length;
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const furthest = trace[edits] ?? new Map<number, number>();
    const isAdded = comesFromAbove(furthest, x - y, edits);
    const before = isAdded ? x - y + 1 : x - y - 1;
    const start = edits === 0 ? 0 : at(furthest, before) + (isAdded ? 0 : 1);
    const alike = x - start;
    for (let back = 1; back <= alike; back++)
      lines.push({ kind: "same", text: a[x - back] ?? "", from: x - back + 1, to: y - back + 1 });
    x -= alike;
    y -= alike;
    if (edits === 0) break;
    if (isAdded) lines.push({ kind: "added", text: b[--y] ?? "", from: null, to: y + 1 });
    else lines.push({ kind: "removed", text: a[--x] ?? "", from: x + 1, to: null });
  }
  return lines.toReversed();
}

function comesFromAbove(furthest: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  return diagonal !== edits && at(furthest, diagonal - 1) < at(furthest, diagonal + 1);
}

function at(furthest: ReadonlyMap<number, number>, diagonal: number): number {
  return furthest.get(diagonal) ?? 0;
}

function replaceAllLines(a: readonly string[], b: readonly string[]): DiffLine[] {
  return [
    ...a.map((text, line): DiffLine => ({ kind: "removed", text, from: line + 1, to: null })),
    ...b.map((text, line): DiffLine => ({ kind: "added", text, from: null, to: line + 1 })),
  ];
}

/** Only a few of the lines around each change; what is left out is told. */
function withoutSame(lines: readonly DiffLine[]): DiffLine[] {
  const isNear = new Uint8Array(lines.length);
  lines.forEach(({ kind }, place) => {
    if (kind !== "same") isNear.fill(1, Math.max(0, place - around), place + around + 1);
  });
  const kept: DiffLine[] = [];
  for (let place = 0; place < lines.length; place++) {
    const line = lines[place];
    if (line && isNear[place] === 1) {
      kept.push(line);
      continue;
    }
    const start = place;
    while (place + 1 < lines.length && isNear[place + 1] === 0) place++;
    const count = place - start + 1;
    kept.push({
      kind: "gap",
      text: `… ${count} ${count === 1 ? "line" : "lines"} alike`,
      from: null,
      to: null,
    });
  }
  return kept;
}
