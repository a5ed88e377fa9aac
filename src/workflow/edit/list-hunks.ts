import type { Value } from "../../expression/value.ts";
import { isSame } from "./edited-value.ts";

/** Items `from` up to `to` of the old list have others in their place. */
export interface ListHunk {
  from: number;
  to: number;
  items: readonly Value[];
}

const mostPairs = 40_000;

/** Where two lists differ, so that what is in both stays with its comments. */
export function listHunks(old: readonly Value[], value: readonly Value[]): ListHunk[] {
  const least = Math.min(old.length, value.length);
  let head = 0;
  while (head < least && isSame(old[head] ?? null, value[head] ?? null)) head++;
  let tail = 0;
  while (tail < least - head && isSame(old.at(-1 - tail) ?? null, value.at(-1 - tail) ?? null)) tail++;
  const before = old.slice(head, old.length - tail);
  const after = value.slice(head, value.length - tail);
  if (before.length === 0 && after.length === 0) return [];
  if (before.length * after.length > mostPairs)
    return [{ from: head, to: head + before.length, items: after }];
  return hunksOf(before, after).map(({ from, to, items }) => ({ from: from + head, to: to + head, items }));
}

/** Along the longest common subsequence. */
function hunksOf(before: readonly Value[], after: readonly Value[]): ListHunk[] {
  const same = before.map((item) => after.map((other) => isSame(item, other)));
  const lengths = commonLengths(same, before.length, after.length);
  const lengthAt = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  const hunks: ListHunk[] = [];
  let [from, start] = [0, 0];
  let [i, j] = [0, 0];
  const close = (): void => {
    if (i > from || j > start) hunks.push({ from, to: i, items: after.slice(start, j) });
  };
  while (i < before.length && j < after.length) {
    if (same[i]?.[j]) {
      close();
      i++;
      j++;
      [from, start] = [i, j];
    } else if (lengthAt(i + 1, j) >= lengthAt(i, j + 1)) i++;
    else j++;
  }
  [i, j] = [before.length, after.length];
  close();
  return hunks;
}

/** For each pair of ends, how long the longest common subsequence of the rests is. */
function commonLengths(same: readonly boolean[][], rows: number, columns: number): number[][] {
  const lengths = Array.from({ length: rows + 1 }, () => Array.from({ length: columns + 1 }, () => 0));
  for (let i = rows - 1; i >= 0; i--) {
    const [row, below] = [lengths[i] ?? [], lengths[i + 1] ?? []];
    for (let j = columns - 1; j >= 0; j--) {
      row[j] = same[i]?.[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}
