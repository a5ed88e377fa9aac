import { logStreams } from "../../execution/event.ts";
import { attemptOf } from "../../../views/executions/log-facts.ts";
import {
  mainTab,
  tabs,
  type ExecutionAddress,
  type ExecutionView,
  type Tab,
} from "../../../views/executions/execution-view.ts";
import { AppError } from "../../errors.ts";
import { logLevels } from "../../execution/log-level.ts";
import type { StepRecord } from "../../execution/record.ts";
import type { EffectiveDefinition } from "../../workflow/effective.ts";
import { toYaml } from "../../workflow/serialize.ts";
import { mayHaveChanges } from "../../operation/stage-changes.ts";
import { getExecution, getSnapshot, getSteps } from "../../store/executions.ts";
import type { Store } from "../../store/database.ts";
import { eventsAfter } from "../../store/feed.ts";
import type { Context } from "../server/server-parts.ts";
import { hasTranscript } from "./count-transcript.ts";
import { changesTabOf } from "./changes-tab.ts";
import { filesOf } from "./output-files.ts";
import { logTabOf, type LogPlace } from "./log-part.ts";
import { transcriptTabOf } from "./transcript-part.ts";

/**
 * What the page of an execution shows, as it is stored now, without the log, which takes longer. Throws
 * `AppError("not_found")`.
 */
export function readExecutionView(
  context: Context,
  runId: string,
  query: URLSearchParams,
  decider: string,
): ExecutionView {
  const { store, home } = context;
  const execution = getExecution(store, runId);
  const steps = getSteps(store, runId);
  const asked = addressOf(query);
  const event = eventPlace(store, runId, wholeOf(query.get("event")));
  const selected = chosenStep(steps, event?.stage ?? asked.stage);
  const ofEvent = event?.attempt === selected?.attempt_number ? 0 : event?.attempt;
  const attempt = event ? (ofEvent ?? 0) : asked.attempt;
  const address = { ...asked, attempt, stage: event?.stage ?? asked.stage };
  const shown = attemptOf({ address, selected });
  const has =
    selected !== null &&
    hasTranscript(
      store,
      { run_id: runId, stage_id: selected.stage_id, attempt: shown },
      execution.last_event,
    );
  address.tab = tabOf(query, has);
  const definition = getSnapshot(store, execution).definition;
  return {
    execution,
    steps,
    definition,
    address,
    selected,
    hasTranscript: has,
    hasChanges: selected !== null && mayHaveChanges(home, execution, selected),
    transcript: null,
    log: null,
    changes: null,
    files: address.tab === "files" && selected ? filesOf(execution, selected) : null,
    yaml: address.tab === "yaml" && selected ? yamlOf(definition, selected) : null,
    decider,
    now: Date.now(),
  };
}

/**
 * The same view with the part of the log or of the transcript that its address names, or with the changes of the stage,
 * where it shows one of these.
 */
export async function withLog(
  context: Context,
  view: ExecutionView,
  query = new URLSearchParams(),
): Promise<ExecutionView> {
  const { store } = context;
  const { execution, selected, address } = view;
  if (address.tab === "changes" && selected)
    return { ...view, changes: await changesTabOf(context, execution, selected) };
  if (address.tab === "transcript" && selected) {
    const attempt = { run_id: execution.run_id, stage_id: selected.stage_id, attempt: attemptOf(view) };
    const place = {
      search: address.search,
      before: wholeOf(query.get("before")),
      after: wholeOf(query.get("after")),
      event: wholeOf(query.get("event")),
    };
    return { ...view, transcript: await transcriptTabOf(store, attempt, place, execution.last_event) };
  }
  if (address.tab !== "log" || !selected) return view;
  return { ...view, log: await logTabOf(store, execution, selected, placeOf(query, address)) };
}

export function addressOf(query: URLSearchParams): ExecutionAddress {
  const stream = query.get("stream");
  return {
    stage: query.get("stage") ?? "",
    tab: tabOf(query, false),
    view: query.get("view") === "graph" ? "graph" : "timeline",
    attempt: wholeOf(query.get("attempt")),
    search: (query.get("search") ?? "").slice(0, 200),
    stream: logStreams.find((each) => each === stream) ?? "",
    level: logLevels.find((level) => level === query.get("level")) ?? null,
  };
}

/** The named tab, else the main one; a stream and a level are those of a log. */
function tabOf(query: URLSearchParams, has: boolean): Tab {
  const named = tabs.find((tab) => tab === query.get("tab"));
  if (named !== undefined && (named !== "transcript" || has)) return named;
  const isOfLog = ["stream", "level", "line", "from"].some((name) => (query.get(name) ?? "") !== "");
  return isOfLog ? "log" : mainTab(has);
}

/** Where an event of a transcript belongs; null for a number that is none of a line. */
function eventPlace(store: Store, runId: string, seq: number): { stage: string; attempt: number } | null {
  if (seq === 0) return null;
  const [event] = eventsAfter(store, runId, seq - 1, 1);
  if (event?.seq !== seq || event.type !== "log_line" || event.stage_id === null) return null;
  return { stage: event.stage_id, attempt: event.attempt ?? 1 };
}

function placeOf(query: URLSearchParams, { attempt, search, stream, level }: ExecutionAddress): LogPlace {
  return {
    attempt,
    search,
    stream,
    level,
    before: wholeOf(query.get("before")),
    first: wholeOf(query.get("first")),
    line: wholeOf(query.get("line")),
    from: wholeOf(query.get("from")),
  };
}

/** 0 for what is no whole number. */
export function wholeOf(text: string | null): number {
  return text !== null && /^\d{1,12}$/.test(text) ? Number(text) : 0;
}

/**
 * The stage that is named; else the one most worth a look: what has failed, what runs, what ended last (which is what
 * a gate that waits is asked about).
 */
function chosenStep(steps: readonly StepRecord[], named: string): StepRecord | null {
  if (named !== "") {
    const step = steps.find(({ stage_id }) => stage_id === named);
    if (!step) throw new AppError("not_found", `this execution has no stage "${named.slice(0, 100)}"`);
    return step;
  }
  for (const status of ["failed", "timed_out", "running", "retry_wait"] as const) {
    const found = steps.find((step) => step.status === status);
    if (found) return found;
  }
  const ended = steps.filter(({ completed_at, type }) => completed_at !== null && type === "agent");
  const last = ended.toSorted((a, b) => (a.completed_at ?? "").localeCompare(b.completed_at ?? "")).at(-1);
  return last ?? steps.find(({ started_at }) => started_at !== null) ?? steps[0] ?? null;
}

function yamlOf(definition: EffectiveDefinition, { stage_id }: StepRecord): string | null {
  const stage = definition.stages.find(({ id }) => id === stage_id);
  return stage ? toYaml(JSON.stringify(stage)) : null;
}
