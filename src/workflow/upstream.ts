import { components, type Graph } from "./graph.ts";

/** Which stages come before which, directly or through others. For 2,000 stages this is half a megabyte of bits. */
export interface Upstream {
  /** Takes stage numbers in the order of the file. */
  isBefore(candidate: number, stage: number): boolean;
  /** True when the stage also comes before through another dependency. */
  isImplied(dependency: number, stage: number): boolean;
}

export function upstreamIn(
  graph: Graph,
  order: readonly (readonly number[])[] = components(graph),
): Upstream {
  const words = Math.ceil(graph.ids.length / 32);
  const rows: Uint32Array[] = [];
  /** The stages before the dependencies of a stage, without the dependencies themselves. */
  const implied: Uint32Array[] = [];
  for (const members of order) {
    const row = new Uint32Array(words);
    for (const member of members) {
      const through = members.length === 1 ? new Uint32Array(words) : row;
      for (const dependency of graph.dependencies[member] ?? []) {
        setBit(row, dependency);
        const theirs = rows[dependency];
        if (!theirs) continue;
        for (let at = 0; at < words; at++) through[at] = (through[at] ?? 0) | (theirs[at] ?? 0);
      }
      implied[member] = through;
      if (through !== row) for (let at = 0; at < words; at++) row[at] = (row[at] ?? 0) | (through[at] ?? 0);
    }
    for (const member of members) {
      rows[member] = row;
      // In a knot of cycles everything comes before everything.
      if (members.length > 1) setBit(row, member);
    }
  }
  return {
    isBefore: (candidate, stage) => hasBit(rows[stage], candidate),
    isImplied: (dependency, stage) => hasBit(implied[stage], dependency),
  };
}

function setBit(row: Uint32Array, bit: number): void {
  row[bit >> 5] = (row[bit >> 5] ?? 0) | (1 << (bit & 31));
}

function hasBit(row: Uint32Array | undefined, bit: number): boolean {
  return (((row?.[bit >> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
}
