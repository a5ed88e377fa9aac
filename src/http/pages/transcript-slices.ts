import type { TranscriptEntry } from "../../execution/transcript-facts.ts";
import type { TranscriptEvent } from "../../execution/transcript.ts";
import { transcriptWords } from "../../execution/read-transcript.ts";
import { nextTurn } from "../../next-turn.ts";
import type { Store } from "../../store/database.ts";
import { logPage } from "../../store/logs.ts";
import { readEntry, type AttemptKey } from "./count-transcript.ts";

/** A page shows so many events at most. */
export const partEvents = 200;
const walkLines = 2000;

/** Which part of a transcript. Numbers are those of the feed; 0 where nothing is asked for. */
export interface TranscriptPlace {
  search: string;
  /** Only events below this number… */
  before: number;
  /** …or above this one. */
  after: number;
  /** The part around this event. */
  event: number;
}

/** The events of an attempt up to a number of the feed, slice by slice. */
export async function* transcriptSlices(
  store: Store,
  attempt: AttemptKey,
  until: number,
): AsyncGenerator<TranscriptEntry[]> {
  for (let after = 0; ;) {
    const { lines, has_more } = logPage(store, {
      ...attempt,
      stream: "agent",
      after,
      before: until + 1,
      limit: walkLines,
    });
    yield lines.map(readEntry);
    if (!has_more) return;
    after = lines.at(-1)?.seq ?? after;
    await nextTurn();
  }
}

export function isFound(event: TranscriptEvent | null, search: string): boolean {
  return event !== null && transcriptWords(event).toLowerCase().includes(search.toLowerCase());
}
