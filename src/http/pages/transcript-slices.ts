import type { LogLine } from "../../execution/event.ts";
import type { TranscriptEntry } from "../../execution/transcript-facts.ts";
import type { TranscriptEvent } from "../../execution/transcript.ts";
import { readTranscriptEvent, transcriptWords } from "../../execution/read-transcript.ts";
import { nextTurn } from "../../next-turn.ts";
import type { Store } from "../../store/database.ts";
import { logPage } from "../../store/logs.ts";

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

export interface AttemptKey {
  run_id: string;
  stage_id: string;
  attempt: number;
}

/** The events of an attempt between two numbers of the feed, the last one among them, slice by slice. */
export async function* transcriptSlices(
  store: Store,
  attempt: AttemptKey,
  { after = 0, until }: { after?: number; until: number },
): AsyncGenerator<TranscriptEntry[]> {
  for (let from = after; ;) {
    const { lines, has_more } = logPage(store, {
      ...attempt,
      stream: "agent",
      after: from,
      before: until + 1,
      limit: walkLines,
    });
    yield lines.map(readEntry);
    if (!has_more) return;
    from = lines.at(-1)?.seq ?? from;
    await nextTurn();
  }
}

export function readEntry({ seq, at, stream, text }: LogLine): TranscriptEntry {
  return { seq, at, event: stream === "agent" ? readTranscriptEvent(text) : null };
}

export function isFound(event: TranscriptEvent | null, search: string): boolean {
  return event !== null && transcriptWords(event).toLowerCase().includes(search.toLowerCase());
}
