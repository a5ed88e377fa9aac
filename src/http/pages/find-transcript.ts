import type { TranscriptTab } from "../../../views/executions/execution-view.ts";
import { isCall, isResult, type TranscriptItem } from "../../../views/executions/transcript-items.ts";
import type { TranscriptEntry } from "../../execution/transcript-facts.ts";
import type { Store } from "../../store/database.ts";
import {
  isFound,
  partEvents,
  transcriptSlices,
  type AttemptKey,
  type TranscriptPlace,
} from "./transcript-slices.ts";

/** Calls whose results may still come; of more than so many at once the oldest are forgotten. */
const mostOpen = 1000;

type Found = Omit<TranscriptTab, "facts">;

/**
 * The last events that have the words of a search, a call together with its result. No index helps to find them: the
 * whole transcript is read, slice by slice.
 */
export async function findTranscript(
  store: Store,
  attempt: AttemptKey,
  { search, before }: TranscriptPlace,
  until: number,
): Promise<Found> {
  const finds = createFinds(search);
  let [found, seen] = [0, 0];
  for await (const entries of transcriptSlices(store, attempt, { until })) {
    for (const entry of entries) {
      seen = entry.seq;
      const item = finds.hear(entry);
      if (item === null) continue;
      found++;
      if (before === 0 || entry.seq < before) finds.keep(item, entry.seq);
    }
  }
  const { kept, hasEarlier } = finds;
  return {
    items: kept.map(({ item }) => item),
    first: kept[0]?.at ?? 0,
    last: seen,
    found,
    hasEarlier,
    hasLater: before > 0,
  };
}

function createFinds(search: string) {
  /** `at`: the number of the event that made it a find, which for a call may be its result. */
  const kept: { item: TranscriptItem; at: number }[] = [];
  /** By the id of the call: its item, and whether it is among the finds. */
  const open = new Map<string, { item: TranscriptItem & { kind: "call" }; isFound: boolean }>();
  let hasEarlier = false;

  /** The item that this event has made a find; null when it is none, or belongs to one. */
  function hear(entry: TranscriptEntry): TranscriptItem | null {
    const hit = isFound(entry.event, search);
    if (isCall(entry)) {
      const item = { kind: "call" as const, entry, result: null, children: [] };
      const { id } = entry.event;
      if (id !== undefined) open.set(id, { item, isFound: hit });
      for (const oldest of open.keys()) {
        if (open.size <= mostOpen) break;
        open.delete(oldest);
      }
      return hit ? item : null;
    }
    if (!isResult(entry)) return hit ? { kind: "event", entry } : null;
    const call = open.get(entry.event.id ?? "");
    open.delete(entry.event.id ?? "");
    if (!call) return hit ? { kind: "result", entry, call: null } : null;
    call.item.result = entry;
    return hit && !call.isFound ? call.item : null;
  }

  return {
    kept,
    get hasEarlier() {
      return hasEarlier;
    },
    hear,
    keep(item: TranscriptItem, at: number): void {
      kept.push({ item, at });
      if (kept.length <= partEvents) return;
      kept.shift();
      hasEarlier = true;
    },
  };
}
