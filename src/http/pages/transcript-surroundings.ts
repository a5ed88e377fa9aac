import { isResult, type ResultEntry, type Surroundings } from "../../../views/executions/transcript-items.ts";
import type { TranscriptEntry } from "../../execution/transcript-facts.ts";
import type { Store } from "../../store/database.ts";
import { logPage, logTail } from "../../store/logs.ts";
import { readEntry, type AttemptKey } from "./transcript-slices.ts";

const sliceLines = 500;
const mostLooked = 2000;

/**
 * The calls before a part, and the results after it, that belong to its events. Looked for in a bounded neighbourhood:
 * what is farther away stands on its own.
 */
export function findSurroundings(
  store: Store,
  attempt: AttemptKey,
  entries: readonly TranscriptEntry[],
): Surroundings {
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) return { calls: new Map(), results: new Map() };
  const calls = findCalls(store, attempt, missingCalls(entries), first.seq);
  return { calls, results: findResults(store, attempt, openCalls(entries), last.seq) };
}

/** The calls and plans with these ids before a number of the feed. */
export function findCalls(
  store: Store,
  attempt: AttemptKey,
  ids: ReadonlySet<string>,
  before: number,
): Map<string, TranscriptEntry> {
  const found = new Map<string, TranscriptEntry>();
  for (let looked = 0, end = before; looked < mostLooked && found.size < ids.size; looked += sliceLines) {
    const { lines, has_more } = logTail(store, {
      ...attempt,
      stream: "agent",
      before: end,
      limit: sliceLines,
    });
    for (const entry of lines.map(readEntry).toReversed()) {
      const { event } = entry;
      const isAsked = event?.kind === "tool_call" || event?.kind === "plan";
      if (isAsked && event.id !== undefined && ids.has(event.id) && !found.has(event.id))
        found.set(event.id, entry);
    }
    if (!has_more) break;
    end = lines[0]?.seq ?? 0;
  }
  return found;
}

/** The ids of calls that the events belong to and that are not among them. */
export function missingCalls(entries: readonly TranscriptEntry[]): Set<string> {
  const known = new Set(entries.flatMap(({ event }) => (isAsking(event) && event.id ? [event.id] : [])));
  const asked = entries.flatMap(({ event }) => {
    const of = event?.kind === "tool_result" ? event.id : undefined;
    return [of, event?.parent].filter((id) => id !== undefined);
  });
  return new Set(asked.filter((id) => !known.has(id)));
}

function findResults(
  store: Store,
  attempt: AttemptKey,
  ids: ReadonlySet<string>,
  after: number,
): Map<string, ResultEntry> {
  const found = new Map<string, ResultEntry>();
  for (let looked = 0, from = after; looked < mostLooked && found.size < ids.size; looked += sliceLines) {
    const { lines, has_more } = logPage(store, {
      ...attempt,
      stream: "agent",
      after: from,
      limit: sliceLines,
    });
    for (const entry of lines.map(readEntry).filter(isResult)) {
      const { id } = entry.event;
      if (id !== undefined && ids.has(id) && !found.has(id)) found.set(id, entry);
    }
    if (!has_more) break;
    from = lines.at(-1)?.seq ?? from;
  }
  return found;
}

/** The ids of calls whose results are not among the events. */
function openCalls(entries: readonly TranscriptEntry[]): Set<string> {
  const ended = new Set(entries.filter(isResult).map(({ event }) => event.id));
  return new Set(
    entries.flatMap(({ event }) =>
      event?.kind === "tool_call" && event.id !== undefined && !ended.has(event.id) ? [event.id] : [],
    ),
  );
}

function isAsking(event: TranscriptEntry["event"]): event is NonNullable<TranscriptEntry["event"]> {
  return event?.kind === "tool_call" || event?.kind === "plan";
}
