/** One line of the table: a figure beside a limit of this machine, measured in the same run. */
export interface Row {
  what: string;
  figure: string;
  limit: string;
  ratio: string;
  budget: string;
  /** Null when there is no budget. */
  holds: boolean | null;
}

interface Comparison {
  figure: number;
  limit: number;
  /** The figure divided by the limit of the same round. */
  ratio: number;
}

type Measure = () => number | Promise<number>;

/**
 * Measures both in turn, so that a slow moment of the machine affects both. Returns medians of the rounds; the first
 * round only warms up.
 */
export async function compare(
  rounds: number,
  { figure, limit }: { figure: Measure; limit: Measure },
): Promise<Comparison> {
  const seen: Comparison[] = [];
  for (let round = 0; round <= rounds; round++) {
    const pair = { limit: await limit(), figure: await figure() };
    if (round > 0) seen.push({ ...pair, ratio: pair.figure / pair.limit });
  }
  return {
    figure: median(seen.map((each) => each.figure)),
    limit: median(seen.map((each) => each.limit)),
    ratio: median(seen.map((each) => each.ratio)),
  };
}

/** Does the work and returns the milliseconds that it took. */
export async function timeWork(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** A row whose figure may be at most `most` times its limit. */
export function timesRow(
  what: string,
  { figure, limit, ratio }: Comparison,
  { limitIs, most, unit = "" }: { limitIs: string; most: number; unit?: string },
): Row {
  return {
    what,
    figure: msText(figure),
    limit: `${limitIs}: ${msText(limit)}`,
    ratio: `${ratio.toFixed(2)}${unit === "" ? " ×" : ` ${unit}`}`,
    budget: `≤ ${most}${unit === "" ? " ×" : ` ${unit}`}`,
    holds: ratio <= most,
  };
}

export function msText(ms: number): string {
  return ms < 10 ? `${ms.toFixed(ms < 1 ? 3 : 2)} ms` : `${Math.round(ms)} ms`;
}
