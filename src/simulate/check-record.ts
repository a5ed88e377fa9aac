import { makeBlueprint } from "../machine/blueprint.ts";
import { freshStep } from "../machine/fresh-step.ts";
import { applyToExecution, applyToStep, endStep } from "../execution/apply-event.ts";
import type { ExecutionEvent, StageEvent } from "../execution/event.ts";
import type { ExecutionRecord, StepRecord } from "../execution/record.ts";
import type { Budget } from "../workflow/effective.ts";
import { hasEnded } from "../execution/status.ts";
import { loadForEngine } from "../store/executions.ts";
import { eventsAfter } from "../store/feed.ts";
import { checkEvents } from "./check-events.ts";
import { checkLog } from "./check-log.ts";
import { checkSpending } from "./check-spending.ts";
import type { StoredRun, World } from "./world.ts";

/** Holds everything that is stored against the invariants, and at the end also what was seen of it. */
export function checkRecords(world: World, isOver: boolean): void {
  const ids = world.disk.store
    .prepare<{ id: string }, []>("SELECT id FROM workflow_executions ORDER BY id")
    .all();
  const runs = ids.flatMap(({ id }) => storedRun(world, id) ?? []);
  for (const run of runs) {
    checkSequence(world, run);
    checkReplay(world, run);
    checkStates(world, run);
    checkEvents(world, run);
    checkLog(world, run);
    checkSpending(world, run);
    if (isOver) checkEnd(world, run);
  }
  checkSeen(world, new Map(runs.map((run) => [run.runId, run])));
}

function storedRun(world: World, runId: string): StoredRun | null {
  const { store } = world.disk;
  const loaded = loadForEngine(store, runId);
  if (!loaded) return null;
  const { hash, definition, agents, modules } = loaded.snapshot;
  const stages = world.stages.get(hash) ?? makeBlueprint(definition, agents, modules).stages;
  world.stages.set(hash, stages);
  return { runId, loaded, feed: eventsAfter(store, runId, 0, 100_000), stages };
}

function checkSequence(world: World, { runId, feed, loaded }: StoredRun): void {
  const wrong = feed.findIndex(({ seq }, at) => seq !== at + 1);
  if (wrong >= 0) {
    world.violate("sequence_has_no_gap", `${runId} has ${feed[wrong]?.seq} in the place of ${wrong + 1}`);
  }
  const { last_event } = loaded.execution.record;
  if (last_event !== feed.length) {
    world.violate("sequence_has_no_gap", `${runId} says ${last_event}, and ${feed.length} are stored`);
  }
}

/** The records are what the events say, and nothing else. */
function checkReplay(world: World, { runId, loaded, feed, stages }: StoredRun): void {
  const stored = loaded.execution.record;
  const records = loaded.steps.map(({ record }) => record);
  const reused = records.filter((record) => record.reused).length;
  let execution = beforeAll(stored, reused, loaded.snapshot.definition.config.budget ?? null);
  const steps = new Map(
    records.map((record, at) => {
      const plan = stages[at];
      return [record.stage_id, record.reused || !plan ? record : freshStep(runId, plan, {})];
    }),
  );
  for (const event of feed) {
    if (event.type === "log_line") continue;
    const fact = event as unknown as ExecutionEvent;
    execution = applyToExecution(execution, fact, event.at);
    const step = event.stage_id === null ? undefined : steps.get(event.stage_id);
    if (step) steps.set(step.stage_id, applyToStep(step, fact as StageEvent, event.at));
    if (event.type !== "execution_completed") continue;
    for (const each of steps.values()) steps.set(each.stage_id, endStep(each, event.at));
  }
  const { updated_at, last_event } = stored;
  compare(world, runId, { ...execution, updated_at, last_event }, stored);
  for (const record of records) {
    const replayed = steps.get(record.stage_id);
    if (replayed) compare(world, `${runId}/${record.stage_id}`, shown(replayed), shown(record));
  }
}

function beforeAll(stored: ExecutionRecord, reused: number, budget: Budget | null): ExecutionRecord {
  return {
    ...stored,
    status: "pending",
    had_failures: false,
    progress_done: reused,
    waiting_gates: [],
    started_at: null,
    completed_at: null,
    error_message: null,
    usage: null,
    budget,
    pause_reason: null,
  };
}

/** The instant at which a live state ends is moved when the wall clock is set, which is no event. */
function shown(step: StepRecord): StepRecord {
  const isMoved = step.status === "running" || step.status === "retry_wait";
  return isMoved && step.deadline_at !== null ? { ...step, deadline_at: "some time" } : step;
}

function compare<T extends object>(world: World, what: string, replayed: T, stored: T): void {
  const odd = Object.keys(stored).filter((key) => {
    const name = key as keyof T;
    return !Bun.deepEquals(replayed[name], stored[name]);
  });
  if (odd.length === 0) return;
  const [first = ""] = odd;
  const values = [replayed, stored].map((each) => JSON.stringify(each[first as keyof T]));
  const message = `${what}: ${odd.join(", ")} (${first}: the events give ${values[0]}, stored is ${values[1]})`;
  world.violate("replay_gives_the_record", message);
}

/** What the states of an execution's actor look like in its record. */
const shownAs: Readonly<Record<string, readonly string[]>> = {
  pausing: ["running"],
  halting: ["running", "paused"],
  cancelling: ["running", "paused", "pending"],
};

function checkStates(world: World, { runId, loaded }: StoredRun): void {
  const { record, machine } = loaded.execution;
  const state = stateOf(machine);
  if (!(shownAs[state] ?? [state]).includes(record.status)) {
    world.violate("state_fits_the_record", `${runId} is ${record.status}, its actor is ${state}`);
  }
  for (const { record: step, machine: stored } of loaded.steps) {
    if (stateOf(stored) === step.status) continue;
    const message = `${runId}/${step.stage_id} is ${step.status}, its actor is ${stateOf(stored)}`;
    world.violate("state_fits_the_record", message);
  }
}

/** A snapshot of XState has its state in `value`, whatever else is stored with it. */
function stateOf(machine: string): string {
  const stored = JSON.parse(machine) as { value?: string; snapshot?: { value?: string } };
  return String(stored.value ?? stored.snapshot?.value);
}

function checkEnd(world: World, { runId, loaded }: StoredRun): void {
  const { status } = loaded.execution.record;
  if (!hasEnded(status)) world.violate("run_ends", `${runId} is still ${status}`);
  const isCancelled = world.history.calls.some(
    ({ run_id, action, answer }) =>
      run_id === runId && action.kind === "cancel" && answer?.outcome === "applied",
  );
  if (isCancelled && status !== "cancelled") {
    world.violate("cancel_ends_it", `the cancel of ${runId} was acknowledged, and it is ${status}`);
  }
}

/** What anybody has seen is stored as it was seen. */
function checkSeen(world: World, runs: ReadonlyMap<string, StoredRun>): void {
  const { history } = world;
  for (const { run_id, state } of history.runs) {
    if (state === "acknowledged" && !runs.has(run_id)) {
      world.violate("acknowledged_is_kept", `the start of ${run_id} was acknowledged, and it is not stored`);
    }
    if (state === "refused" && runs.has(run_id)) {
      world.violate("refused_start_leaves_nothing", `the start of ${run_id} was refused, and it is stored`);
    }
  }
  for (const [runId, events] of history.announced) {
    const odd = events.find((event) => !Bun.deepEquals(runs.get(runId)?.feed[event.seq - 1], event));
    if (odd)
      world.violate("acknowledged_is_kept", `event ${odd.seq} of ${runId} is not stored as it was announced`);
  }
  for (const { seen } of history.readers) {
    for (const [runId, events] of seen) {
      const stored = runs.get(runId)?.feed.slice(0, events.length);
      if (Bun.deepEquals(stored, events)) continue;
      world.violate("reader_sees_the_sequence", `a reader of ${runId} has seen what is not stored so`);
    }
  }
}
