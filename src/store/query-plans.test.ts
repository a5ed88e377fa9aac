import { expect, test } from "bun:test";
import { agentRuns } from "./agent-runs.ts";
import { aDefinition } from "../testing/a-definition.ts";
import { aNewExecution, anUpdate } from "../testing/an-execution.ts";
import type { Store } from "./database.ts";
import { openStore } from "./database.ts";
import {
  deleteDraft,
  draftOfWorkflow,
  findDraft,
  keepNewDrafts,
  listNewDrafts,
  writeDraft,
} from "./drafts.ts";
import { countByStatus } from "./execution-counts.ts";
import { executionStates } from "./execution-states.ts";
import {
  findExecutions,
  getSteps,
  hasRerun,
  loadForEngine,
  unendedAmong,
  waitingSteps,
} from "./executions.ts";
import { allEventsAfter, eventsAfter, lastEventId } from "./feed.ts";
import { countLiveSteps } from "./count-steps.ts";
import { releaseKey, reserveKey } from "./idempotency.ts";
import {
  deadLeases,
  hasOrphans,
  heartbeat,
  holderOf,
  holders,
  registerHolder,
  releaseLease,
  removeHolder,
  takeLease,
  takeLeases,
} from "./leases.ts";
import { executionSorts, listExecutions, type ExecutionFilter } from "./list-executions.ts";
import { listWorkflows, workflowSorts, workflowTagCounts, type WorkflowFilter } from "./list-workflows.ts";
import { countLogStreams, logFacts, logPage, logTail } from "./logs.ts";
import {
  findWorkflow,
  freeWorkflowName,
  freeWorkflowSlug,
  getWorkflowByFile,
  getWorkflowByName,
  listWorkflowVersions,
} from "./read-workflows.ts";
import {
  addLoginLink,
  addSession,
  endSession,
  findSession,
  isLivingSession,
  listSessions,
  takeLoginLink,
} from "./sessions.ts";
import { pendingSignals, postSignal, signalAnswer } from "./signals.ts";
import { commitTransitions } from "./transitions.ts";
import { createWorkflow, deleteWorkflow, updateWorkflow } from "./workflows.ts";

const at = "2026-01-01T00:00:00.000Z";
const nobody = () => false;

/** A store that remembers the text of every statement it was asked for. */
function aWatchedStore(): { store: Store; asked: Set<string> } {
  const inner = openStore(":memory:");
  const asked = new Set<string>();
  const store: Store = {
    ...inner,
    orm: inner.orm,
    prepare: (text) => {
      asked.add(text);
      return inner.prepare(text);
    },
  };
  return { store, asked };
}

function exerciseExecutions(store: Store): void {
  registerHolder(store, { id: "h", pid: 1, process_start: "1", boot_id: "b", kind: "run", heartbeat_at: at });
  heartbeat(store, "h", at);
  holders(store);
  const names = ["one", "two", "other"];
  const created = names.map((workflow_name, index) =>
    aNewExecution({ execution: { workflow_name, run_id: `run-${index}`, workflow_id: "w" } }),
  );
  commitTransitions(store, { holder_id: "h", created, updated: [] });
  const [run] = created;
  if (!run) return;
  const run_id = run.execution.record.run_id;
  const logs = [{ seq: 4, run_id, stage_id: "stage-0", attempt: 1, at, stream: "stdout" as const, text: "" }];
  const offsets = [{ stage_id: "stage-0", stdout: 1, stderr: 0 }];
  postSignal(store, { id: "s", run_id, signal: { type: "pause" }, created_at: at });
  pendingSignals(store, "h");
  const answers = [{ signal_id: "s", answer: { outcome: "applied" as const, message: "" } }];
  const update = anUpdate(run, { logs, offsets, answers, release: true });
  commitTransitions(store, { holder_id: "h", created: [], updated: [update] });
  run.execution.record.status = "paused";
  expect(takeLease(store, run_id, "h", nobody)).toBe("taken");
  commitTransitions(store, { holder_id: "h", created: [], updated: [anUpdate(run)] });
  signalAnswer(store, "s");
  holderOf(store, run_id);
  takeLeases(store, [run_id], "h", nobody);
  deadLeases(store, nobody);
  hasOrphans(store);
  findExecutions(store, "run-");
  getSteps(store, run_id);
  waitingSteps(store, run_id);
  loadForEngine(store, run_id);
  unendedAmong(store, [run_id]);
  hasRerun(store, run.execution.record);
  executionStates(store, [run_id]);
  eventsAfter(store, run_id, 0, 10);
  allEventsAfter(store, 0, 10);
  lastEventId(store);
  const step = { run_id, stage_id: "stage-0" };
  logPage(store, { ...step, after: 0, limit: 10, search: "x", stream: "stdout", attempt: 1 });
  logTail(store, { ...step, limit: 10 });
  countLogStreams(store, { ...step, attempt: 1 });
  logFacts(store, run_id, "stage-0");
  releaseLease(store, run_id, "h");
  countByStatus(store);
  countLiveSteps(store);
  agentRuns(store, { since: at, most: 10 });
  const asked = { scope: "run w", key: "k", request_hash: "h", run_id, created_at: at };
  reserveKey(store, asked, at);
  reserveKey(store, asked, at);
  releaseKey(store, asked);
}

function exerciseDrafts(store: Store): void {
  const texts = { text: "", base_text: "", base_hash: "", changes_json: "[]" };
  const draft = {
    id: "d",
    workflow_id: null,
    name: "",
    revision: 1,
    created_at: at,
    updated_at: at,
    ...texts,
  };
  writeDraft(store, draft, 0);
  findDraft(store, "d");
  draftOfWorkflow(store, "w");
  listNewDrafts(store, 10);
  keepNewDrafts(store, 10);
  deleteDraft(store, "d");
}

function exerciseSessions(store: Store): void {
  const living = { token_mark: "m", now: at };
  addSession(store, { id: "b", hash: "h", token_mark: "m", client: "", created_at: at, expires_at: at });
  findSession(store, "h", living);
  isLivingSession(store, "b", living);
  listSessions(store, living);
  endSession(store, "b");
  addLoginLink(store, { hash: "l", expires_at: at }, at);
  takeLoginLink(store, "l", at);
}

function listEveryWay(store: Store): void {
  const parts: ExecutionFilter[] = [
    { workflow_id: "w" },
    { workflow_slug: "ship" },
    { workflow_name: "Ship it" },
    { status: "running" },
    { trigger: "manual" },
    { live: true },
    { started_after: at, started_before: "2027-01-01" },
    { search: "one" },
    { search: "o" },
  ];
  const pairs = parts.flatMap((one) => parts.map((two) => ({ ...one, ...two })));
  for (const filter of [{}, ...pairs]) {
    for (const sort of executionSorts)
      walk((cursor) => listExecutions(store, { ...filter, sort, cursor, limit: 1 }));
  }
  const narrowed: WorkflowFilter[] = [{}, { status: "draft" }, { tags: ["a", "b"] }, { search: "x" }];
  for (const filter of narrowed) {
    for (const sort of workflowSorts)
      walk((cursor) => listWorkflows(store, { ...filter, sort, cursor, limit: 1 }));
  }
}

function walk(
  page: (cursor: string | null) => { next_cursor: string | null; prev_cursor: string | null },
): void {
  const { next_cursor } = page(null);
  if (next_cursor) page(page(next_cursor).prev_cursor);
}

function exerciseWorkflows(store: Store): void {
  for (const id of ["w", "v", "u"]) {
    const effective = aDefinition({ id, name: `x ${id}`, tags: ["a", "b"] });
    createWorkflow(store, {
      id,
      definition: { text: id, hash: id, effective },
      status: "draft",
      created_by: null,
      file: id,
      at,
    });
  }
  const effective = aDefinition({ id: "w", name: "x w", tags: ["a", "b"] });
  updateWorkflow(store, "w", { definition: { text: "2", hash: "2", effective }, at });
  walk((cursor) => listWorkflowVersions(store, "w", { limit: 1, cursor }));
  findWorkflow(store, "X W");
  getWorkflowByFile(store, "w");
  getWorkflowByName(store, "x w", null);
  freeWorkflowName(store, "x w", null);
  freeWorkflowSlug(store, "w");
  workflowTagCounts(store);
}

// What may be read whole or sorted, and why that stays small.
const allowed: [plan: RegExp, text: RegExp, why: string][] = [
  [/^SCAN (names|json_each|ids)\b/, /./, "names of workflows, or the rows of one page"],
  [/^SCAN execution_totals/, /./, "a row for each status and trigger"],
  [/^SCAN \(subquery-/, /^SELECT count\(\*\) AS count FROM \(select 1 .* limit \?\)$/, "at most 10,001 rows"],
  [/^SCAN \(subquery-/, /FROM log_lines/, "at most twice the limit of the feed"],
  [/^USE TEMP B-TREE FOR ORDER BY/, /FROM log_lines[^]*LIMIT \?$/, "at most twice the limit of the feed"],
  [/^SCAN workflows/, /like \? escape/, "a plain text may stand anywhere in a name: no index can tell"],
];

test("no statement reads a growing table whole without an index, and none sorts what an index gives in order", () => {
  const { store, asked } = aWatchedStore();
  exerciseWorkflows(store);
  exerciseExecutions(store);
  exerciseDrafts(store);
  exerciseSessions(store);
  listEveryWay(store);
  deleteWorkflow(store, "v");
  removeHolder(store, "h");
  expect(asked.size).toBeGreaterThan(150);
  const wrong: string[] = [];
  for (const text of asked) {
    if (/^(BEGIN|COMMIT|ROLLBACK|PRAGMA)/.test(text)) continue;
    const steps = store.sqlite.query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${text}`).all();
    for (const { detail } of steps) {
      const isBad =
        /TEMP B-TREE/.test(detail) ||
        // In no order that a list has: the status of every execution there ever was.
        /^SCAN \w+ USING COVERING INDEX executions_status$/.test(detail) ||
        (detail.startsWith("SCAN ") && !/ USING (COVERING )?INDEX /.test(detail));
      if (isBad && !allowed.some(([plan, where]) => plan.test(detail) && where.test(text)))
        wrong.push(`${detail}: ${text}`);
    }
  }
  expect(wrong).toEqual([]);
});
