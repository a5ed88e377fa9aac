/** Longer words are not typing errors of each other, and comparing them takes long. */
const longest = 128;

/** The name that was probably meant: the nearest one, when it is near enough; null otherwise. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > longest) return null;
  const most = Math.max(1, Math.floor(word.length / 3));
  let best: { name: string; steps: number } | null = null;
  for (const name of known) {
    if (Math.abs(name.length - word.length) > most) continue;
    const steps = editSteps(word.toLowerCase(), name.toLowerCase());
    if (steps <= most && (best === null || steps < best.steps)) best = { name, steps };
  }
  return best?.name ?? null;
}

/** Letters to put in, take out or change, and neighbours to swap, to make one word of the other. */
function editSteps(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let a = 1; a <= from.length; a++) {
    const next = [a];
    for (let b = 1; b <= to.length; b++) {
      const same = from[a - 1] === to[b - 1] ? 0 : 1;
      const isSwap = a > 1 && b > 1 && from[a - 1] === to[b - 2] && from[a - 2] === to[b - 1];
      const swapped = isSwap ? (before[b - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min((row[b] ?? 0) + 1, (next[b - 1] ?? 0) + 1, (row[b - 1] ?? 0) + same, swapped));
    }
    before = row;
    row = next;
  }
  return row[to.length] ?? 0;
}
