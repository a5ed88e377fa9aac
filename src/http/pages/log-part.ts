import { countAll, shownText } from "../../execution/shown-text.ts";
import type { LogTab } from "../../../views/executions/execution-view.ts";
import type { LogLine, LogStream } from "../../execution/event.ts";
import { isOfLevel, type LogLevel } from "../../execution/log-level.ts";
import { plainLogText } from "../../execution/log-text.ts";
import type { ExecutionRecord, StepRecord } from "../../execution/record.ts";
import type { Store } from "../../store/database.ts";
import { nextTurn } from "../../next-turn.ts";
import { levelCounts } from "./log-levels.ts";
import { countLogStreams, logFacts, logPage, logTail } from "../../store/logs.ts";

const pageLines = 1000;
const walkLines = 5000;

/** Which lines are shown; "" and null show all. */
export interface LineFilter {
  search: string;
  stream: LogStream | "";
  level: LogLevel | null;
}

/** Which part of a log. Numbers are 0 where nothing is asked for. */
export interface LogPlace extends LineFilter {
  attempt: number;
  /** Only lines below this number of the feed… */
  before: number;
  /** …of which the first that is known has this line number. */
  first: number;
  /** The part around this line number. */
  line: number;
  /** The part that begins with this line number. */
  from: number;
}

/**
 * A part of an attempt's log with what there is to know of the whole. No index helps to find a line by its text or its
 * number: a long log is read slice by slice, and others have their turn in between.
 */
export async function logTabOf(
  store: Store,
  execution: ExecutionRecord,
  step: StepRecord,
  place: LogPlace,
): Promise<LogTab> {
  const { run_id } = execution;
  const attempt = place.attempt === 0 ? Math.max(1, step.attempt_number) : place.attempt;
  const filter = { run_id, stage_id: step.stage_id, attempt };
  const counts = countLogStreams(store, filter);
  const cut = logFacts(store, run_id, step.stage_id).cut.lines;
  const until = execution.last_event;
  const levels = await levelCounts(store, filter, until);
  const part = await partOf(store, filter, place, until, counts);
  return { counts: { ...counts }, levels, cut, ...part };
}

interface Filter {
  run_id: string;
  stage_id: string;
  attempt: number;
}

type Part = Pick<LogTab, "part" | "total" | "last" | "earlier" | "hasLater">;

function partOf(
  store: Store,
  filter: Filter,
  place: LogPlace,
  until: number,
  counts: Record<LogStream, number>,
): Part | Promise<Part> {
  const total = countAll(counts);
  if (isFiltered(place)) return readMatching(store, filter, place, until);
  if (place.from > 0) return beginningWith(store, filter, Math.min(place.from, Math.max(1, total)), total);
  if (place.line > 0 && place.line <= total - pageLines) {
    return beginningWith(store, filter, Math.max(1, place.line - pageLines / 2), total);
  }
  if (place.before > 0) {
    const { lines } = logTail(store, { ...filter, before: place.before, limit: pageLines });
    const first = Math.max(1, place.first - lines.length);
    return { part: { lines, first }, total, last: total, earlier: first - 1, hasLater: true };
  }
  // The stream brings lines that came after the execution was read.
  const { lines } = logTail(store, { ...filter, limit: pageLines });
  const known = lines.filter(({ seq }) => seq <= until);
  for (const { stream } of lines.slice(known.length)) counts[stream]--;
  const first = total - lines.length + 1;
  const last = first + known.length - 1;
  return { part: { lines: known, first }, total, last, earlier: first - 1, hasLater: false };
}

/** The page of lines that begins with this one; the log is read up to there. */
async function beginningWith(store: Store, filter: Filter, first: number, total: number): Promise<Part> {
  let after = 0;
  for (let skipped = 0; skipped < first - 1;) {
    const { lines } = logPage(store, { ...filter, after, limit: Math.min(walkLines, first - 1 - skipped) });
    if (lines.length === 0) break;
    skipped += lines.length;
    after = lines.at(-1)?.seq ?? after;
    await nextTurn();
  }
  const { lines, has_more } = logPage(store, { ...filter, after, limit: pageLines });
  return { part: { lines, first }, total, last: total, earlier: first - 1, hasLater: has_more };
}

/** The last lines that match, under the numbers they have in the whole log, which is read for that. */
async function readMatching(store: Store, filter: Filter, place: LogPlace, until: number): Promise<Part> {
  const found: (LogLine & { number: number })[] = [];
  let total = 0;
  let earlier = 0;
  let number = 0;
  for await (const lines of slices(store, filter, until)) {
    for (const line of lines) {
      number++;
      if (!isWanted(line, place)) continue;
      total++;
      if (place.before > 0 && line.seq >= place.before) continue;
      found.push({ ...line, number });
      if (found.length <= pageLines) continue;
      found.shift();
      earlier++;
    }
  }
  const part = { lines: found, first: found[0]?.number ?? 1, numbers: found.map((line) => line.number) };
  return { part, total, last: number, earlier, hasLater: place.before > 0 };
}

/** The lines of an attempt that a filter lets through, as text, slice by slice. */
export async function* wantedText(store: Store, filter: Filter, wanted: LineFilter): AsyncGenerator<string> {
  for await (const lines of slices(store, filter, Number.MAX_SAFE_INTEGER - 1)) {
    const text = lines.filter((line) => isWanted(line, wanted)).map((line) => `${shownText(line)}\n`);
    yield text.join("");
  }
}

export function isFiltered({ search, stream, level }: LineFilter): boolean {
  return search !== "" || stream !== "" || level !== null;
}

export function isWanted(
  line: Pick<LogLine, "text" | "stream">,
  { search, stream, level }: LineFilter,
): boolean {
  if (stream !== "" && line.stream !== stream) return false;
  if (search !== "" && !plainLogText(shownText(line)).toLowerCase().includes(search.toLowerCase()))
    return false;
  return isOfLevel(line, level);
}

/** The log up to a number of the feed. */
async function* slices(store: Store, filter: Filter, until: number): AsyncGenerator<LogLine[]> {
  for (let after = 0; ;) {
    const { lines, has_more } = logPage(store, { ...filter, after, before: until + 1, limit: walkLines });
    yield lines;
    if (!has_more) return;
    after = lines.at(-1)?.seq ?? after;
    await nextTurn();
  }
}
