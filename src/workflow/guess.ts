import { nearest } from "../expression/nearest.ts";

/** What was probably meant by a name that is not among the known ones, as a hint; null when nothing is near. */
export type Guess = (word: string, known: readonly string[]) => string | null;

const mostComparisons = 300_000;

/** Guessing is slow: where thousands of names are wrong, the first ones get a hint, the others do without. */
export function createGuess(): Guess {
  let left = mostComparisons;
  return (word, known) => {
    left -= known.length;
    const meant = left < 0 ? null : nearest(word, known);
    return meant === null ? null : `did you mean "${meant}"?`;
  };
}
