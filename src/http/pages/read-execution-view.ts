import { logStreams } from "../../execution/event.ts";
import { tabs, type ExecutionAddress, type ExecutionView } from "../../../views/executions/execution-view.ts";
import { AppError } from "../../errors.ts";
import { logLevels } from "../../execution/log-level.ts";
import type { StepRecord } from "../../execution/record.ts";
import type { EffectiveDefinition } from "../../workflow/effective.ts";
import { toYaml } from "../../workflow/serialize.ts";
import { getExecution, getSnapshot, getSteps } from "../../store/executions.ts";
import type { Context } from "../server/server-parts.ts";
import { filesOf } from "./output-files.ts";
import { logTabOf, type LogPlace } from "./log-part.ts";

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
  const { store } = context;
  const execution = getExecution(store, runId);
  const steps = getSteps(store, runId);
  const address = addressOf(query);
  const selected = chosenStep(steps, address.stage);
  const definition = getSnapshot(store, execution).definition;
  return {
    execution,
    steps,
    definition,
    address,
    selected,
    log: null,
    files: address.tab === "files" && selected ? filesOf(execution, selected) : null,
    yaml: address.tab === "yaml" && selected ? yamlOf(definition, selected) : null,
    decider,
    now: Date.now(),
  };
}

/** The same view with the part of the log that its address names, where it shows one. */
export async function withLog(
  { store }: Context,
  view: ExecutionView,
  query = new URLSearchParams(),
): Promise<ExecutionView> {
  const { execution, selected, address } = view;
  if (address.tab !== "log" || !selected) return view;
  return { ...view, log: await logTabOf(store, execution, selected, placeOf(query, address)) };
}

export function addressOf(query: URLSearchParams): ExecutionAddress {
  const stream = query.get("stream");
  return {
    stage: query.get("stage") ?? "",
    tab: tabs.find((tab) => tab === query.get("tab")) ?? "log",
    view: query.get("view") === "graph" ? "graph" : "timeline",
    attempt: wholeOf(query.get("attempt")),
    search: (query.get("search") ?? "").slice(0, 200),
    stream: logStreams.find((each) => each === stream) ?? "",
    level: logLevels.find((level) => level === query.get("level")) ?? null,
  };
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
