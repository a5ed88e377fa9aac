import { expect, test } from "bun:test";
import type { LogLine } from "../execution/event.ts";
import type { StepRecord } from "../execution/record.ts";
import { aNewExecution, anEvent, anUpdate } from "../testing/an-execution.ts";
import { openTestStore } from "../testing/open-test-store.ts";
import type { Store } from "./database.ts";
import { getExecution, getSteps, loadForEngine, readForEngine } from "./executions.ts";
import { eventsAfter } from "./feed.ts";
import { holderOf, registerHolder } from "./leases.ts";
import { logFacts, emptyLogFacts } from "./logs.ts";
import { pendingSignals, postSignal, signalAnswer } from "./signals.ts";
import { commitTransitions, type ExecutionUpdate, type NewExecution } from "./transitions.ts";

const at = "2026-01-02T03:04:05.006Z";

function aStoreWith(...created: NewExecution[]): Store {
  const store = openTestStore();
  register(store, "mine");
  commitTransitions(store, { holder_id: "mine", created, updated: [] });
  return store;
}

function register(store: Store, id: string): void {
  registerHolder(store, { id, pid: 1, process_start: "1", boot_id: "b", kind: "run", heartbeat_at: at });
}

function commit(store: Store, update: ExecutionUpdate, holder = "mine"): string[] {
  return commitTransitions(store, { holder_id: holder, created: [], updated: [update] }).lost;
}

function aLine(run: NewExecution, seq: number, text: string): LogLine {
  return {
    seq,
    run_id: run.execution.record.run_id,
    stage_id: "stage-0",
    attempt: 1,
    at,
    stream: "stdout",
    text,
  };
}

const awkward = {
  "": "empty key",
  constructor: null,
  nested: { list: [1, -0.5, 1e21, true, null, "\u0000", "é", "😀", '"'] },
  text: "line\nline\u2028",
};

test("what is created is read back exactly, snapshot and machine included", () => {
  const run = aNewExecution({
    stages: 3,
    execution: {
      parameters: awkward,
      overrides: { stages: [awkward] },
      waiting_gates: ["a", "b"],
      usage: { input: 1, cache_read: 2, cache_write: 3, output: 4, cost_micro_usd: 5, basis: "reported" },
      error_message: "it \u0000 failed",
      had_failures: true,
    },
  });
  run.steps.reverse();
  run.snapshot.agents = {};
  const store = aStoreWith(run);
  const loaded = loadForEngine(store, run.execution.record.run_id);
  expect(loaded?.execution).toEqual(run.execution);
  expect(loaded?.steps).toEqual(run.steps.toReversed());
  expect(loaded?.snapshot).toEqual(run.snapshot);
  expect(loaded?.offsets.get("stage-1")).toEqual({ stdout: 0, stderr: 0 });
});

test("many are read at once as each would be alone, share their snapshot, and a damaged one hides no other", () => {
  const [first, second, damaged] = [aNewExecution(), aNewExecution(), aNewExecution()];
  const store = aStoreWith(first, second, damaged);
  const ids = [first, second, damaged].map(({ execution }) => execution.record.run_id);
  const [firstId = "", secondId = "", damagedId = ""] = ids;
  store.sqlite.query("UPDATE workflow_executions SET options_json = '[' WHERE id = ?").run(damagedId);
  const read = readForEngine(store, ids);
  expect([read(firstId), read(secondId)]).toEqual([
    loadForEngine(store, firstId),
    loadForEngine(store, secondId),
  ]);
  expect(read(firstId)?.snapshot).toBe(read(secondId)?.snapshot);
  expect(() => read(damagedId)).toThrow("it is damaged in the database");
  expect(read("none")).toBeNull();
});

test("an own property named __proto__ comes back as one", () => {
  const parameters = JSON.parse('{"__proto__": {"polluted": true}}');
  const run = aNewExecution({ execution: { parameters } });
  const read = getExecution(aStoreWith(run), run.execution.record.run_id).parameters;
  expect(Object.keys(read)).toEqual(["__proto__"]);
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
});

test("every field of a step is written by an update and read back exactly", () => {
  const run = aNewExecution();
  const store = aStoreWith(run);
  const first = run.steps[0];
  if (!first) throw new Error("no step");
  const changed: StepRecord = {
    ...first.record,
    status: "retry_wait",
    attempt_number: 2,
    agent_id: "agent:other",
    model: "opus",
    inputs: awkward,
    outputs: awkward,
    context_consumed: [{ module_id: "m", name: "n", tokens: 1, bytes: 4 }],
    text: "",
    handoff_summary: "short",
    error_message: "no",
    error_class: "rate_limited",
    skip_reason: "why",
    started_at: at,
    completed_at: "2026-01-02T03:04:07.506Z",
    deadline_at: at,
    recovered: true,
    reused: true,
    decided_by: "me",
    decision_comment: "fine",
    attempts: [
      {
        number: 1,
        status: "failed",
        started_at: at,
        completed_at: at,
        error_class: "x",
        error_message: "y",
        usage: null,
      },
    ],
    usage: { input: 0, cache_read: 0, cache_write: 0, output: 0, cost_micro_usd: 0, basis: "unknown" },
  };
  expect(commit(store, anUpdate(run, { steps: [{ record: changed, machine: "{}" }] }))).toEqual([]);
  expect(getSteps(store, changed.run_id)[0]).toEqual(changed);
  expect(getSteps(store, changed.run_id)[1]).toEqual(run.steps[1]?.record as StepRecord);
  const row = store.sqlite
    .query<{ duration_seconds: number }, [string]>(
      "SELECT duration_seconds FROM execution_steps WHERE machine_json = ?",
    )
    .get("{}");
  expect(row?.duration_seconds).toBe(2.5);
});

test("an execution's changed status and start are written", () => {
  const run = aNewExecution({ execution: { status: "pending", started_at: null } });
  const store = aStoreWith(run);
  Object.assign(run.execution.record, {
    status: "running",
    started_at: at,
    waiting_gates: ["g"],
    progress_done: 1,
  });
  commit(store, anUpdate(run));
  expect(getExecution(store, run.execution.record.run_id)).toEqual(run.execution.record);
  Object.assign(run.execution.record, {
    status: "failed",
    completed_at: at,
    error_message: "no",
    had_failures: true,
  });
  commit(store, anUpdate(run));
  expect(getExecution(store, run.execution.record.run_id)).toEqual(run.execution.record);
});

test("a holder that has lost a lease is told so and writes nothing, while its other runs are written", () => {
  const kept = aNewExecution();
  const stolen = aNewExecution();
  const store = aStoreWith(kept, stolen);
  register(store, "other");
  const stolenId = stolen.execution.record.run_id;
  store.sqlite.run("UPDATE leases SET holder_id = 'other' WHERE execution_id = ?", [stolenId]);
  const before = loadForEngine(store, stolenId);
  stolen.execution.record.status = "failed";
  const updated = [anUpdate(stolen), anUpdate(kept)];
  const { lost } = commitTransitions(store, { holder_id: "mine", created: [], updated });
  expect(lost).toEqual([stolenId]);
  expect(loadForEngine(store, stolenId)).toEqual(before);
  expect(eventsAfter(store, stolenId, 0, 10)).toHaveLength(1);
  expect(eventsAfter(store, kept.execution.record.run_id, 0, 10)).toHaveLength(3);
});

test("every commit makes the lease's revision grow, and a release gives the lease back", () => {
  const run = aNewExecution();
  const store = aStoreWith(run);
  const runId = run.execution.record.run_id;
  const revision = () =>
    store.sqlite
      .query<{ revision: number }, [string]>("SELECT revision FROM leases WHERE execution_id = ?")
      .get(runId);
  commit(store, anUpdate(run));
  expect(revision()?.revision).toBe(2);
  expect(holderOf(store, runId)?.id).toBe("mine");
  commit(store, anUpdate(run, { release: true }));
  expect(revision()).toBeNull();
  expect(commit(store, anUpdate(run))).toEqual([runId]);
});

test("a batch that fails half way leaves nothing behind", () => {
  const run = aNewExecution();
  const store = aStoreWith(run);
  const before = loadForEngine(store, run.execution.record.run_id);
  const doubled = anUpdate(run, { events: [anEvent(run.execution.record.run_id, 1)] });
  const created = [aNewExecution()];
  expect(() => commitTransitions(store, { holder_id: "mine", created, updated: [doubled] })).toThrow(
    "UNIQUE",
  );
  expect(loadForEngine(store, run.execution.record.run_id)).toEqual(before);
  expect(loadForEngine(store, created[0]?.execution.record.run_id ?? "")).toBeNull();
  expect(store.sqlite.inTransaction).toBe(false);
});

test("log lines, their facts, what was cut and the offsets come with the same commit", () => {
  const run = aNewExecution();
  const store = aStoreWith(run);
  const runId = run.execution.record.run_id;
  commit(store, anUpdate(run, { events: [], logs: [aLine(run, 2, "é"), aLine(run, 3, "two")] }));
  const offsets = [{ stage_id: "stage-0", stdout: 8, stderr: 0 }];
  const cuts = [{ stage_id: "stage-0", lines: 7, bytes: 70, isTold: false }];
  commit(store, anUpdate(run, { events: [], logs: [aLine(run, 4, "x")], offsets, cuts }));
  const cut = { lines: 7, bytes: 70 };
  expect(logFacts(store, runId, "stage-0")).toEqual({ lines: 3, bytes: 6, cut, untold: cut });
  expect(logFacts(store, runId, "stage-1")).toEqual(emptyLogFacts());
  const told = [{ stage_id: "stage-0", lines: 1, bytes: 10, isTold: true }];
  commit(store, anUpdate(run, { events: [], logs: [aLine(run, 5, "8 lines are left out")], cuts: told }));
  expect(logFacts(store, runId, "stage-0")).toMatchObject({
    cut: { lines: 8, bytes: 80 },
    untold: { lines: 0, bytes: 0 },
  });
  expect(loadForEngine(store, runId)?.offsets.get("stage-0")).toEqual({ stdout: 8, stderr: 0 });
});

test("a signal's answer is recorded with the transition it caused, and only the first one", () => {
  const run = aNewExecution();
  const store = aStoreWith(run);
  const runId = run.execution.record.run_id;
  postSignal(store, { id: "s1", run_id: runId, signal: { type: "pause" }, created_at: at });
  expect(pendingSignals(store, "mine").map(({ id }) => id)).toEqual(["s1"]);
  const applied = { outcome: "applied", message: "paused" } as const;
  commit(store, anUpdate(run, { answers: [{ signal_id: "s1", answer: applied }] }));
  commit(store, anUpdate(run, { answers: [{ signal_id: "s1", answer: { ...applied, message: "again" } }] }));
  expect(signalAnswer(store, "s1")).toEqual(applied);
  expect(pendingSignals(store, "mine")).toEqual([]);
});

test("executions of one snapshot share its row", () => {
  const store = aStoreWith(aNewExecution(), aNewExecution());
  expect(store.sqlite.query("SELECT count(*) AS count FROM execution_snapshots").get()).toEqual({ count: 1 });
});

test("an execution whose workflow was deleted meanwhile is stored without it", () => {
  const run = aNewExecution({ execution: { workflow_id: Bun.randomUUIDv7() } });
  const store = aStoreWith(run);
  expect(getExecution(store, run.execution.record.run_id).workflow_id).toBeNull();
});
