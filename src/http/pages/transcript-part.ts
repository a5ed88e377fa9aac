import type { TranscriptTab } from "../../../views/executions/execution-view.ts";
import { arrangeTranscript } from "../../../views/executions/transcript-items.ts";
import type { TranscriptEntry } from "../../execution/transcript-facts.ts";
import type { LogLine } from "../../execution/event.ts";
import type { Store } from "../../store/database.ts";
import { logPage, logTail } from "../../store/logs.ts";
import { countTranscript } from "./count-transcript.ts";
import { findTranscript } from "./find-transcript.ts";
import { partEvents, readEntry, type AttemptKey, type TranscriptPlace } from "./transcript-slices.ts";
import { findSurroundings } from "./transcript-surroundings.ts";

/** Of long texts a part has fewer events than it may. */
const partBytes = 1024 * 1024;

/** A part of an attempt's transcript up to a number of the feed, with what there is to know of the whole. */
export async function transcriptTabOf(
  store: Store,
  attempt: AttemptKey,
  place: TranscriptPlace,
  until: number,
): Promise<TranscriptTab> {
  const facts = await countTranscript(store, attempt, until);
  if (place.search !== "") return { facts, ...(await findTranscript(store, attempt, place, until)) };
  const { entries, hasEarlier, hasLater } = partOf(store, attempt, place, until);
  const around = findSurroundings(store, attempt, entries);
  return {
    facts,
    items: arrangeTranscript(entries, around),
    first: entries[0]?.seq ?? 0,
    last: entries.at(-1)?.seq ?? 0,
    found: null,
    hasEarlier,
    hasLater,
  };
}

interface Part {
  entries: TranscriptEntry[];
  hasEarlier: boolean;
  hasLater: boolean;
}

function partOf(store: Store, attempt: AttemptKey, place: TranscriptPlace, until: number): Part {
  const filter = { ...attempt, stream: "agent" as const };
  const { before, after, event } = place;
  if (after > 0) {
    const { lines, has_more } = logPage(store, { ...filter, after, before: until + 1, limit: partEvents });
    const shown = fitting(lines);
    const hasLater = has_more || shown.length < lines.length;
    return { entries: shown.map(readEntry), hasEarlier: hasBefore(store, attempt, after + 1), hasLater };
  }
  if (event > 0 && event <= until) {
    const limit = partEvents / 2;
    const earlier = logTail(store, { ...filter, before: event, limit });
    const later = logPage(store, { ...filter, after: event - 1, before: until + 1, limit });
    const shown = fitting(later.lines);
    // Where it is near the end, the page is that of the end, which goes on by itself.
    if (shown.length > 0 && (later.has_more || shown.length < later.lines.length)) {
      const lead = fittingTail(earlier.lines);
      const hasEarlier = earlier.has_more || lead.length < earlier.lines.length;
      return { entries: [...lead, ...shown].map(readEntry), hasEarlier, hasLater: true };
    }
  }
  const end = before > 0 ? Math.min(before, until + 1) : until + 1;
  const { lines, has_more } = logTail(store, { ...filter, before: end, limit: partEvents });
  const shown = fittingTail(lines);
  const hasEarlier = has_more || shown.length < lines.length;
  return { entries: shown.map(readEntry), hasEarlier, hasLater: before > 0 };
}

function hasBefore(store: Store, attempt: AttemptKey, before: number): boolean {
  return logTail(store, { ...attempt, stream: "agent", before, limit: 1 }).lines.length > 0;
}

/** The first lines whose texts are not too long together: at least one. */
function fitting(lines: readonly LogLine[]): LogLine[] {
  let bytes = 0;
  const end = lines.findIndex(({ text }, at) => (bytes += text.length) > partBytes && at > 0);
  return end < 0 ? [...lines] : lines.slice(0, end);
}

function fittingTail(lines: readonly LogLine[]): LogLine[] {
  return fitting(lines.toReversed()).toReversed();
}
