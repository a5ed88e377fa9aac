import type { ExecutionView } from "../../../views/executions/execution-view.ts";
import { CurrentPlan, TranscriptMeter } from "../../../views/executions/transcript-bar.tsx";
import { CallPart, type TranscriptLook } from "../../../views/executions/transcript-call.tsx";
import { EarlierPlan, SubAgentPart, TranscriptChunk } from "../../../views/executions/transcript-item.tsx";
import { arrangeTranscript, isCall, mostDepth } from "../../../views/executions/transcript-items.ts";
import { lookOf, TranscriptNote } from "../../../views/executions/transcript.tsx";
import type { Html } from "../../../views/jsx/jsx-runtime.ts";
import { updatePart } from "../../../views/layout/fragment.ts";
import type { StoredEvent } from "../../execution/event.ts";
import { logLine } from "../../execution/stored-event.ts";
import type { TranscriptEntry, TranscriptFacts } from "../../execution/transcript-facts.ts";
import type { Store } from "../../store/database.ts";
import { logPage } from "../../store/logs.ts";
import { countTranscript } from "./count-transcript.ts";
import { isFound, readEntry, type AttemptKey } from "./transcript-slices.ts";
import { findCalls, missingCalls } from "./transcript-surroundings.ts";

/** How far a page's transcript has got. */
export interface TranscriptGrowth {
  kind: "transcript";
  stage: string;
  attempt: number;
  /** Events up to this number of the feed are on the page already. */
  known: number;
  /** The number of the first event on the page: what belongs to a call before it stands on its own. */
  first: number;
  search: string;
  /** Calls that have been met, by their ids: their results are still to come, or what their sub-agents do. */
  calls: Map<string, TranscriptEntry>;
  /** The number of the plan that the page shows unfolded; null while that is not known. */
  plan: number | null;
}

const mostCalls = 1000;

type Given = Pick<TranscriptGrowth, "stage" | "attempt" | "known" | "first" | "search">;

export function transcriptGrowth(given: Given): TranscriptGrowth {
  return { kind: "transcript", ...given, calls: new Map(), plan: null };
}

/** The new events of a transcript, each where it belongs, and the elements that count them. */
export async function growTranscript(
  store: Store,
  growth: TranscriptGrowth,
  events: readonly StoredEvent[],
  view: () => ExecutionView,
): Promise<Html[]> {
  const entries = events.flatMap((event) => (isOf(event, growth) ? [readEntry(logLine(event))] : []));
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) return [];
  const { run_id } = view().execution;
  const attempt = { run_id, stage_id: growth.stage, attempt: growth.attempt };
  growth.plan ??= (await countTranscript(store, attempt, first.seq - 1)).plan?.seq ?? 0;
  const facts = await countTranscript(store, attempt, last.seq);
  learnCalls(store, growth, attempt, entries);
  const shown = entries.filter(({ event }) => growth.search === "" || isFound(event, growth.search));
  const look = lookOf(view(), { facts });
  return [
    ...placeEvents(growth, shown, look),
    ...foldEarlierPlan(store, growth, facts, look, attempt),
    ...(shown.length > 0 ? [TranscriptNote.update({ view: view(), isEmpty: false })] : []),
    TranscriptMeter.update({ facts }),
    CurrentPlan.update({ facts }),
    updatePart("#transcript-count", "innerHTML", facts.events),
  ];
}

function isOf(event: StoredEvent, growth: TranscriptGrowth): event is StoredEvent & { type: "log_line" } {
  if (event.type !== "log_line" || event.data.stream !== "agent") return false;
  return event.stage_id === growth.stage && event.attempt === growth.attempt && event.seq > growth.known;
}

/** The calls that the new events belong to: those of before are looked for, those among them are kept for the next. */
function learnCalls(
  store: Store,
  { calls }: TranscriptGrowth,
  attempt: AttemptKey,
  entries: readonly TranscriptEntry[],
): void {
  const missing = new Set([...missingCalls(entries)].filter((id) => !calls.has(id)));
  for (const [id, call] of findCalls(store, attempt, missing, entries[0]?.seq ?? 0)) calls.set(id, call);
  for (const entry of entries) {
    const { event } = entry;
    if ((event?.kind === "tool_call" || event?.kind === "plan") && event.id !== undefined)
      calls.set(event.id, entry);
  }
  for (const oldest of calls.keys()) {
    if (calls.size <= mostCalls) break;
    calls.delete(oldest);
  }
}

/** Results go to the calls on the page, what sub-agents do goes below the calls there, all else to the end. */
function placeEvents(
  growth: TranscriptGrowth,
  entries: readonly TranscriptEntry[],
  look: TranscriptLook,
): Html[] {
  const items = arrangeTranscript(entries, { calls: growth.calls, results: new Map() });
  const parts: Html[] = [];
  const appended = items.filter((item) => {
    if (item.kind === "sub-agent" && item.call !== null && isOnPage(growth, item.call)) {
      parts.push(...placeBelow(growth, homeOf(growth, item.call), item.children, look));
      return false;
    }
    return !putToCall(growth, item, look, parts);
  });
  return appended.length === 0 ? parts : [...parts, TranscriptChunk.update({ items: appended, look })];
}

/** The call below which a sub-agent's events stand: there is room for a few levels only. */
function homeOf({ calls }: TranscriptGrowth, call: TranscriptEntry): number {
  const above = [call];
  for (let each: TranscriptEntry | undefined = call; each && above.length <= mostCallers;) {
    each = calls.get(each.event?.parent ?? "");
    if (each) above.unshift(each);
  }
  return (above[mostDepth - 1] ?? call).seq;
}

const mostCallers = 20;

type Items = ReturnType<typeof arrangeTranscript>;

function placeBelow(growth: TranscriptGrowth, call: number, items: Items, look: TranscriptLook): Html[] {
  const parts: Html[] = [];
  const below = items.filter((item) => !putToCall(growth, item, look, parts));
  return below.length === 0 ? parts : [...parts, SubAgentPart.update({ call, items: below, look })];
}

/** True for a result whose call is on the page: it has been drawn there. */
function putToCall(
  growth: TranscriptGrowth,
  item: Items[number],
  look: TranscriptLook,
  parts: Html[],
): boolean {
  if (item.kind !== "result" || item.call === null || !isCall(item.call)) return false;
  if (!isOnPage(growth, item.call)) return false;
  parts.push(CallPart.update({ entry: item.call, result: item.entry, look }));
  return true;
}

/** A search shows only some of the events before. */
function isOnPage({ first, search }: TranscriptGrowth, { seq, event }: TranscriptEntry): boolean {
  return seq >= first && (search === "" || isFound(event, search));
}

/** Only the newest plan stays unfolded. */
function foldEarlierPlan(
  store: Store,
  growth: TranscriptGrowth,
  facts: TranscriptFacts,
  look: TranscriptLook,
  attempt: AttemptKey,
): Html[] {
  const [before, now] = [growth.plan ?? 0, facts.plan?.seq ?? 0];
  growth.plan = now;
  if (before === now || before < growth.first || growth.search !== "") return [];
  const { lines } = logPage(store, {
    ...attempt,
    stream: "agent",
    after: before - 1,
    before: before + 1,
    limit: 1,
  });
  return lines.map((line) => EarlierPlan.update({ entry: readEntry(line), look }));
}
