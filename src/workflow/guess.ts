import { nearest } from "../expression/nearest.ts";

/** Names that are there to be used. */
export interface Names {
  readonly size: number;
  has(name: string): boolean;
  keys(): Iterable<string>;
}

/** What was probably meant by a name that is not among the known ones, as a hint; null when nothing is near. */
export type Guess = (word: string, known: Names) => string | null;

const mostComparisons = 300_000;

/** Guessing is slow: where thousands of names are wrong, the first ones get a hint, the others do without. */
export function createGuess(): Guess {
  let left = mostComparisons;
  return (word, known) => {
    left -= known.size;
    const meant = left < 0 ? null : nearest(word, [...known.keys()]);
    return meant === null || meant === "" ? null : `did you mean "${meant}"?`;
  };
}
