import type { TranscriptEntry } from "../../src/execution/transcript-facts.ts";
import type { TranscriptEvent } from "../../src/execution/transcript.ts";

type EventOf<Kind> = TranscriptEntry & { event: Extract<TranscriptEvent, { kind: Kind }> };
export type CallEntry = EventOf<"tool_call">;
export type ResultEntry = EventOf<"tool_result">;

/** What stands in a transcript as one thing. */
export type TranscriptItem =
  | { kind: "event"; entry: TranscriptEntry }
  | CallItem
  /** The result of a call that is not in this part. */
  | { kind: "result"; entry: ResultEntry; call: TranscriptEntry | null }
  /** What a sub-agent does whose call is not in this part. */
  | { kind: "sub-agent"; parent: string; call: TranscriptEntry | null; children: TranscriptItem[] };

/** A call with its result, and with what the sub-agent does that it has started. */
export interface CallItem {
  kind: "call";
  entry: CallEntry;
  result: ResultEntry | null;
  children: TranscriptItem[];
}

/** Calls before a part, and results after it, by the ids that their agent gave them. */
export interface Surroundings {
  calls: ReadonlyMap<string, TranscriptEntry>;
  results: ReadonlyMap<string, ResultEntry>;
}

export const noSurroundings: Surroundings = { calls: new Map(), results: new Map() };

/** Deeper sub-agents stand beside the one that has called them: there would be no room for their text. */
export const mostDepth = 3;

/** Puts results to their calls, and what sub-agents do under the calls that started them. Oldest first. */
export function arrangeTranscript(
  entries: readonly TranscriptEntry[],
  around: Surroundings = noSurroundings,
): TranscriptItem[] {
  const top: TranscriptItem[] = [];
  const placed = new Map<string, PlacedCall>();
  const plans = new Set<string>();
  for (const entry of entries) {
    const { event } = entry;
    const list = listFor(event?.parent, { top, placed, around });
    if (event?.kind === "plan" && event.id !== undefined) plans.add(event.id);
    if (isCall(entry)) {
      const item: CallItem = { kind: "call", entry, result: null, children: [] };
      const { id } = entry.event;
      list.items.push(item);
      if (id === undefined) continue;
      item.result = around.results.get(id) ?? null;
      placed.set(id, { item, siblings: list });
    } else if (isResult(entry)) putResult(entry, list.items, { placed, plans, around });
    else list.items.push({ kind: "event", entry });
  }
  return dropEmpty(top);
}

export function isCall(entry: TranscriptEntry): entry is CallEntry {
  return entry.event?.kind === "tool_call";
}

export function isResult(entry: TranscriptEntry): entry is ResultEntry {
  return entry.event?.kind === "tool_result";
}

interface PlacedCall {
  item: CallItem;
  siblings: ItemList;
}

interface ItemList {
  items: TranscriptItem[];
  depth: number;
}

interface Arranged {
  top: TranscriptItem[];
  placed: ReadonlyMap<string, PlacedCall>;
  around: Surroundings;
}

function listFor(parent: string | undefined, { top, placed, around }: Arranged): ItemList {
  if (parent === undefined) return { items: top, depth: 0 };
  const call = placed.get(parent);
  if (call && call.siblings.depth >= mostDepth) return call.siblings;
  if (call) return { items: call.item.children, depth: call.siblings.depth + 1 };
  const last = top.at(-1);
  if (last?.kind === "sub-agent" && last.parent === parent) return { items: last.children, depth: 1 };
  const children: TranscriptItem[] = [];
  top.push({ kind: "sub-agent", parent, call: around.calls.get(parent) ?? null, children });
  return { items: children, depth: 1 };
}

function putResult(
  entry: ResultEntry,
  items: TranscriptItem[],
  { placed, plans, around }: Omit<Arranged, "top"> & { plans: ReadonlySet<string> },
): void {
  const { id, ok } = entry.event;
  const call = id === undefined ? undefined : placed.get(id)?.item;
  if (call && (call.result === null || call.result.seq === entry.seq)) {
    call.result = entry;
    return;
  }
  const before = id === undefined ? undefined : around.calls.get(id);
  // That a plan was noted is no news.
  if (ok && id !== undefined && (plans.has(id) || before?.event?.kind === "plan")) return;
  items.push({ kind: "result", entry, call: before ?? null });
}

/** A sub-agent of which only such a note came has nothing to show. */
function dropEmpty(items: readonly TranscriptItem[]): TranscriptItem[] {
  return items.filter((item) => item.kind !== "sub-agent" || item.children.length > 0);
}
