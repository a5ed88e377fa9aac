import { addToFacts, noTranscriptFacts, type TranscriptFacts } from "../../execution/transcript-facts.ts";
import type { Store } from "../../store/database.ts";
import { logFacts, logPage } from "../../store/logs.ts";
import { transcriptSlices, type AttemptKey } from "./transcript-slices.ts";

interface Counted {
  /** The number of the feed up to which lines are counted. */
  until: number;
  facts: TranscriptFacts;
}

const mostKept = 500;
const kept = new WeakMap<Store, Map<string, Counted>>();
const knownToHave = new WeakMap<Store, Map<string, number>>();

/**
 * What is counted over an attempt's transcript, up to a number of the feed. What was counted once is kept, and only the
 * events since then are read; other requests have their turn in between.
 */
export async function countTranscript(
  store: Store,
  attempt: AttemptKey,
  until: number,
): Promise<TranscriptFacts> {
  const known = mapOf(kept, store);
  const key = keyOf(store, attempt);
  const before = known.get(key);
  const start = before && before.until <= until ? before : { until: 0, facts: noTranscriptFacts };
  let { facts } = start;
  for await (const entries of transcriptSlices(store, attempt, { after: start.until, until }))
    facts = addToFacts(facts, entries);
  if (!before || before.until <= until) keep(known, key, { until, facts });
  return facts;
}

/** True when the attempt has an event of a transcript up to this number of the feed. */
export function hasTranscript(store: Store, attempt: AttemptKey, until: number): boolean {
  const known = mapOf(knownToHave, store);
  const key = keyOf(store, attempt);
  // Infinity: it has one. Else the number up to which there is none, so that a long log is not read again.
  const none = known.get(key) ?? 0;
  if (none >= until) return none === Infinity;
  const { lines } = logPage(store, {
    ...attempt,
    stream: "agent",
    after: none,
    before: until + 1,
    limit: 1,
  });
  keep(known, key, lines.length > 0 ? Infinity : until);
  return lines.length > 0;
}

function mapOf<Counts>(all: WeakMap<Store, Map<string, Counts>>, store: Store): Map<string, Counts> {
  const known = all.get(store) ?? new Map<string, Counts>();
  all.set(store, known);
  return known;
}

function keep<Counts>(known: Map<string, Counts>, key: string, counts: Counts): void {
  known.delete(key);
  known.set(key, counts);
  for (const oldest of known.keys()) {
    if (known.size <= mostKept) break;
    known.delete(oldest);
  }
}

/** Removing lines from a log that grew too long makes it another log. */
function keyOf(store: Store, { run_id, stage_id, attempt }: AttemptKey): string {
  return [run_id, stage_id, attempt, logFacts(store, run_id, stage_id).cut.lines].join(" ");
}
