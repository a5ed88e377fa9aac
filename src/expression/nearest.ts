/** Longer words are not typing errors of each other, and comparing them takes long. */
const longest = 128;

/** The name that was probably meant: the nearest one, when it is near enough; null otherwise. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > longest) return null;
  // Only what is nearer than the best so far is of interest, so that comparing becomes quicker as names are found.
  let most = Math.max(1, Math.floor(word.length / 3));
  let best: string | null = null;
  const wanted = word.toLowerCase();
  for (const name of known) {
    if (Math.abs(name.length - word.length) > most) continue;
    const steps = editSteps(wanted, name.toLowerCase(), most);
    if (steps > most) continue;
    best = name;
    if (steps === 0) break;
    most = steps - 1;
  }
  return best;
}

/**
 * Letters to put in, take out or change, and neighbours to swap, to make one word of the other; any number above `most`
 * where it takes more than that.
 */
function editSteps(from: string, to: string, most: number): number {
  if (most === 0) return from === to ? 0 : 1;
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  let leastBefore = 0;
  for (let a = 1; a <= from.length; a++) {
    const next = [a];
    let least = a;
    for (let b = 1; b <= to.length; b++) {
      const same = from[a - 1] === to[b - 1] ? 0 : 1;
      const isSwap = a > 1 && b > 1 && from[a - 1] === to[b - 2] && from[a - 2] === to[b - 1];
      const swapped = isSwap ? (before[b - 2] ?? 0) + 1 : Infinity;
      const steps = Math.min((row[b] ?? 0) + 1, (next[b - 1] ?? 0) + 1, (row[b - 1] ?? 0) + same, swapped);
      next.push(steps);
      if (steps < least) least = steps;
    }
    // Steps only become more, and a swap looks no further back than two rows.
    if (least > most && leastBefore > most) return least;
    leastBefore = least;
    before = row;
    row = next;
  }
  return row[to.length] ?? 0;
}
