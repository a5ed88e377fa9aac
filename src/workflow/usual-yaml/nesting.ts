import type { SourceEntry, SourceNode, SourceScalar } from "../source-node.ts";
import { throwUnusual, type Reading } from "./reading.ts";

/** A little less than what `parse-tokens.ts` allows: the library says what is too deep. */
const deepest = 60;

/** Begins a collection. */
export function enterNesting(reading: Reading): void {
  if (++reading.depth > deepest) throwUnusual();
}

/** Ends it. */
export function leaveNesting(reading: Reading): void {
  reading.depth--;
}

/** A key that is there already is left to the library. */
export function addEntry(
  entries: Map<string, SourceEntry>,
  name: string,
  { start, end }: SourceScalar,
  value: SourceNode,
): void {
  if (entries.has(name)) throwUnusual();
  entries.set(name, { key: { start, end, origin: null }, value });
}
