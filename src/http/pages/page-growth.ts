import type { ExecutionView } from "../../../views/executions/execution-view.ts";
import { attemptOf } from "../../../views/executions/log-facts.ts";
import { StagePanel } from "../../../views/executions/stage-panel.tsx";
import { StageTabs } from "../../../views/executions/stage-tabs.tsx";
import type { Html } from "../../../views/jsx/jsx-runtime.ts";
import type { StoredEvent } from "../../execution/event.ts";
import type { Context } from "../server/server-parts.ts";
import { growLog, growthId, logGrowth, type LogGrowth } from "./log-growth.ts";
import { wholeOf } from "./read-execution-view.ts";
import { growTranscript, transcriptGrowth, type TranscriptGrowth } from "./transcript-growth.ts";

/** What grows on a page at its end: the log or the transcript of an attempt. */
export type PageGrowth = LogGrowth | TranscriptGrowth;

interface Growing {
  context: Context;
  given: { query: URLSearchParams };
  growth: PageGrowth | null;
}

/**
 * From what the page was drawn with, or from the `Last-Event-ID` it sent. A transcript's is `t.attempt.first`. Null for
 * a page on which nothing grows.
 */
export function pageGrowth(query: URLSearchParams, resumed: string | null): PageGrowth | null {
  const [mark, attempt, first] = (resumed ?? "").split(".");
  const given = { stage: query.get("stage") ?? "", known: 0, search: query.get("search") ?? "" };
  if (mark === "t")
    return transcriptGrowth({ ...given, attempt: wholeOf(attempt ?? null), first: wholeOf(first ?? null) });
  if ((query.get("line") ?? "") !== "" || (resumed !== null && resumed !== ""))
    return logGrowth(query, resumed);
  if ((query.get("first") ?? "") === "") return null;
  return transcriptGrowth({
    ...given,
    attempt: wholeOf(query.get("attempt")),
    first: wholeOf(query.get("first")),
  });
}

/** What `Last-Event-ID` says from then on. */
export function growthIdOf(growth: PageGrowth | null): string {
  if (growth === null) return "";
  return growth.kind === "log" ? growthId(growth) : `t.${growth.attempt}.${growth.first}`;
}

/** The growth of the panel that this view draws, which takes the place of another. */
export function growthAfter(growth: PageGrowth, view: ExecutionView): PageGrowth {
  const { log, transcript, execution } = view;
  const place = { stage: growth.stage, attempt: attemptOf(view), known: execution.last_event };
  if (transcript) return transcriptGrowth({ ...place, first: transcript.first, search: view.address.search });
  const { search, stream, level } = view.address;
  return {
    kind: "log",
    ...place,
    line: log?.last ?? 0,
    counts: { agent: 0, stdout: 0, stderr: 0, system: 0, ...log?.counts },
    levels: log?.levels ?? { warn: 0, error: 0 },
    filter: { search, stream, level },
  };
}

/**
 * What has come to the log or to the transcript. The first event of a transcript brings its tab; where the reader has
 * not chosen the log, and has nothing of a program to read in it, it brings the transcript itself.
 */
export async function growPage(
  growing: Growing,
  events: readonly StoredEvent[],
  view: () => ExecutionView,
  readAnew: () => Promise<ExecutionView>,
): Promise<{ html: Html[]; isNewPanel: boolean }> {
  const { context, given, growth } = growing;
  if (growth === null) return { html: [], isNewPanel: false };
  if (growth.kind === "transcript")
    return { html: await growTranscript(context.store, growth, events, view), isNewPanel: false };
  const { agent, stdout, stderr } = growth.counts;
  const html = growLog(growth, events, view);
  if (agent > 0 || growth.counts.agent === 0) return { html, isNewPanel: false };
  if (stdout + stderr > 0 || given.query.get("tab") === "log")
    return { html: [...html, StageTabs.update({ view: view() })], isNewPanel: false };
  const anew = await readAnew();
  growing.growth = growthAfter(growth, anew);
  return { html: [StagePanel.update({ view: anew })], isNewPanel: true };
}
