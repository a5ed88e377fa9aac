import { nearest } from "../expression/nearest.ts";

/** Names that may be used. */
export interface Names {
  readonly size: number;
  has(name: string): boolean;
  keys(): Iterable<string>;
}

/** A hint with the known name that an unknown one probably means; null when no name is near enough. */
export type Guess = (word: string, known: Names) => string | null;

const mostComparisons = 300_000;

/** Guessing is slow: when thousands of names are wrong, only the first ones get a hint. */
export function createGuess(): Guess {
  let left = mostComparisons;
  return (word, known) => {
    left -= known.size;
    const meant = left < 0 ? null : nearest(word, [...known.keys()]);
    return meant === null || meant === "" ? null : `did you mean "${meant}"?`;
  };
}
