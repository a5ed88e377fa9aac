import { countLevels, type LevelCounts } from "../../execution/log-level.ts";
import type { Store } from "../../store/database.ts";
import { logFacts, logPage } from "../../store/logs.ts";
import { nextTurn } from "../../next-turn.ts";

interface CountedLevels {
  /** The number of the feed up to which lines are counted. */
  until: number;
  counts: LevelCounts;
}

interface AttemptKey {
  run_id: string;
  stage_id: string;
  attempt: number;
}

const walkLines = 5000;
const mostKept = 500;
const kept = new WeakMap<Store, Map<string, CountedLevels>>();

/**
 * How many lines of an attempt each level lets through, up to a number of the feed. A line's level is read out of its
 * text, which no index helps with: what was counted once is kept, and only the lines since then are read.
 */
export async function levelCounts(store: Store, attempt: AttemptKey, until: number): Promise<LevelCounts> {
  const known = kept.get(store) ?? new Map<string, CountedLevels>();
  kept.set(store, known);
  const key = keyOf(store, attempt);
  const before = known.get(key);
  let counted = before && before.until <= until ? before : { until: 0, counts: { warn: 0, error: 0 } };
  while (counted.until < until) {
    const { lines, has_more } = logPage(store, {
      ...attempt,
      after: counted.until,
      before: until + 1,
      limit: walkLines,
    });
    const last = has_more ? (lines.at(-1)?.seq ?? until) : until;
    counted = { until: last, counts: countLevels(counted.counts, lines) };
    if (has_more) await nextTurn();
  }
  if (before && before.until > until) return counted.counts;
  known.delete(key);
  known.set(key, counted);
  for (const oldest of known.keys()) {
    if (known.size <= mostKept) break;
    known.delete(oldest);
  }
  return counted.counts;
}

/** Removing lines from a log that grew too long makes it another log. */
function keyOf(store: Store, { run_id, stage_id, attempt }: AttemptKey): string {
  return [run_id, stage_id, attempt, logFacts(store, run_id, stage_id).cut.lines].join(" ");
}
