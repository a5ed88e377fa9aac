import type { LogLine, StoredEvent } from "../execution/event.ts";
import type { ExecutionRecord, StepRecord } from "../execution/record.ts";
import type { SignalAnswer } from "../execution/signal.ts";
import type { ExecutionSnapshot } from "../execution/snapshot.ts";
import { hasEnded } from "../execution/status.ts";
import { runTransaction, type Store } from "./database.ts";
import { executionRow, stepRow, type ExecutionRow } from "./execution-rows.ts";
import {
  events,
  executionSnapshots,
  executionSteps,
  logLines,
  workflowExecutions,
} from "./execution-tables.ts";
import { columnsBut, inserter, updater } from "./row-writer.ts";

/** The transitions that were ready together: one commit makes all of them durable. */
export interface TransitionSet {
  holder_id: string;
  created: NewExecution[];
  updated: ExecutionUpdate[];
}

/** A record with its actor's snapshot, which only the engine reads. */
export interface PersistedRecord<R> {
  record: R;
  /** JSON of the actor's snapshot. */
  machine: string;
}

export interface NewExecution {
  execution: PersistedRecord<ExecutionRecord>;
  steps: PersistedRecord<StepRecord>[];
  snapshot: ExecutionSnapshot;
  events: StoredEvent[];
  /** False: no process drives it yet. */
  held: boolean;
}

export interface ExecutionUpdate {
  /** Always given, because its `last_event` and `updated_at` change with every transition. */
  execution: PersistedRecord<ExecutionRecord>;
  /** Only the steps that changed. */
  steps: PersistedRecord<StepRecord>[];
  events: StoredEvent[];
  logs: LogLine[];
  /** What a step's log has lost since it exceeded its total; added to what it had lost before. */
  cuts?: LogCut[];
  /** How far the newest attempt's own log files have been taken in, in bytes; 0 again when an attempt begins. */
  offsets: { stage_id: string; stdout: number; stderr: number }[];
  answers: { signal_id: string; answer: SignalAnswer }[];
  /** True: the lease is given back with this commit. */
  release: boolean;
}

/** `isTold`: a line of the same commit says how much of the log is left out up to there. */
export interface LogCut {
  stage_id: string;
  lines: number;
  bytes: number;
  isTold: boolean;
}

/**
 * Writes a set of transitions in one commit. Every run's lease is checked first: a run whose lease this holder no
 * longer has is named in `lost` and nothing of it is written. When this returns, all the rest is on disk. Throws what
 * SQLite throws (see `storeFailure`), and then nothing of the set is written. The holder must be registered.
 */
export function commitTransitions(store: Store, set: TransitionSet): { lost: string[] } {
  return runTransaction(store, () => {
    for (const created of set.created) writeCreated(store, set.holder_id, created);
    const lost: string[] = [];
    for (const update of set.updated) {
      const runId = update.execution.record.run_id;
      if (holdsLease(store, set.holder_id, runId)) writeUpdate(store, set.holder_id, update);
      else lost.push(runId);
    }
    return { lost };
  });
}

function writeCreated(store: Store, holderId: string, created: NewExecution): void {
  const { snapshot, execution } = created;
  const row = executionRow(execution.record, execution.machine);
  insertSnapshot(store, {
    hash: snapshot.hash,
    definition_json: JSON.stringify(snapshot.definition),
    agents_json: JSON.stringify(snapshot.agents),
    modules_json: JSON.stringify(snapshot.modules),
  });
  insertExecution(store, { ...row, workflow_id: existingWorkflowId(store, row.workflow_id) });
  for (const step of created.steps) {
    insertStep(store, { id: Bun.randomUUIDv7(), ...stepRow(step.record, step.machine, row.created_at) });
  }
  for (const event of created.events) writeEvent(store, event);
  if (row.workflow_id) store.prepare(ranWorkflow).run(row.started_at ?? row.created_at, row.workflow_id);
  if (created.held && !hasEnded(row.status)) store.prepare(insertLease).run(row.id, holderId);
}

function writeUpdate(store: Store, holderId: string, update: ExecutionUpdate): void {
  const row = executionRow(update.execution.record, update.execution.machine);
  updateExecutionRow(store, row);
  for (const step of update.steps) updateStep(store, stepRow(step.record, step.machine, row.updated_at));
  for (const event of update.events) writeEvent(store, event);
  for (const line of update.logs) insertLine(store, lineRow(line));
  writeLogFacts(store, row.id, update);
  for (const { stage_id, stdout, stderr } of update.offsets) {
    store.prepare(moveOffsets).run(stdout, stderr, row.id, stage_id);
  }
  for (const { signal_id, answer } of update.answers) {
    store.prepare(answerSignal).run(JSON.stringify(answer), row.updated_at, signal_id);
  }
  if (update.release) store.prepare(deleteLease).run(row.id, holderId);
}

function holdsLease(store: Store, holderId: string, runId: string): boolean {
  return store.prepare(bumpLease).run(runId, holderId).changes === 1;
}

/** The workflow may have been deleted while its execution was being prepared; the execution goes on without it. */
function existingWorkflowId(store: Store, workflowId: string | null): string | null {
  if (workflowId === null) return null;
  return store.prepare<{ id: string }, [string]>(workflowById).get(workflowId)?.id ?? null;
}

/**
 * Status and start time stand in seven indexes, and SQLite renews the index entries of each column that is set, changed
 * or not. Most updates change neither, so an update without these columns is tried first.
 */
function updateExecutionRow(store: Store, row: ExecutionRow): void {
  if (updateSameStatus(store, row) === 0) updateStatus(store, row);
}

function writeEvent(store: Store, event: StoredEvent): void {
  insertEvent(store, {
    execution_id: event.run_id,
    seq: event.seq,
    type: event.type,
    stage_id: event.stage_id,
    attempt: event.attempt,
    at: event.at,
    data_json: JSON.stringify(event.data),
  });
}

function lineRow(line: LogLine): typeof logLines.$inferSelect {
  const { run_id, seq, stage_id, attempt, at, stream, text } = line;
  return { execution_id: run_id, seq, stage_id, attempt, at, stream, text };
}

function writeLogFacts(store: Store, runId: string, update: ExecutionUpdate): void {
  if (update.logs.length === 0 && !update.cuts?.length) return;
  const growth = new Map<string, LogGrowth>();
  const of = (stageId: string): LogGrowth => {
    let facts = growth.get(stageId);
    if (!facts) growth.set(stageId, (facts = { lines: 0, bytes: 0, cut: { lines: 0, bytes: 0, isTold: 0 } }));
    return facts;
  };
  for (const line of update.logs) {
    const facts = of(line.stage_id);
    facts.lines += 1;
    facts.bytes += Buffer.byteLength(line.text);
  }
  for (const cut of update.cuts ?? []) {
    const facts = of(cut.stage_id);
    facts.cut.lines += cut.lines;
    facts.cut.bytes += cut.bytes;
    if (cut.isTold) facts.cut.isTold = 1;
  }
  for (const [stageId, { lines, bytes, cut }] of growth) {
    store.prepare(addLogFacts).run(lines, bytes, cut.lines, cut.bytes, cut.isTold, runId, stageId);
  }
}

/** `isTold` is 1 when the last cut in the log is followed by a line that says what is left out. */
interface LogGrowth {
  lines: number;
  bytes: number;
  cut: { lines: number; bytes: number; isTold: 0 | 1 };
}

const neverChanging = [
  "id",
  "workflow_id",
  "workflow_slug",
  "workflow_name",
  "workflow_version",
  "workflow_definition_hash",
  "snapshot_hash",
  "trigger",
  "parameters_json",
  "overrides_json",
  "options_json",
  "parent_id",
  "created_at",
] as const;
const countedByStore = ["logs_json", "stdout_offset", "stderr_offset"] as const;
const stepKeys = ["execution_id", "stage_id_ref"] as const;
const stepNeverChanging = [
  "id",
  ...stepKeys,
  "stage_name",
  "step_type",
  "batch",
  "position",
  "created_at",
] as const;

const insertSnapshot = inserter(
  executionSnapshots,
  columnsBut(executionSnapshots, []),
  "ON CONFLICT DO NOTHING",
);
const insertExecution = inserter(workflowExecutions, columnsBut(workflowExecutions, []));
const insertStep = inserter(executionSteps, columnsBut(executionSteps, countedByStore));
const insertEvent = inserter(events, columnsBut(events, ["id"]));
const insertLine = inserter(logLines, columnsBut(logLines, []));
const indexedState = ["status", "started_at"] as const;
const updateStatus = updater(workflowExecutions, columnsBut(workflowExecutions, neverChanging), ["id"]);
const updateSameStatus = updater(
  workflowExecutions,
  columnsBut(workflowExecutions, [...neverChanging, ...indexedState]),
  ["id", ...indexedState],
);
const updateStep = updater(
  executionSteps,
  columnsBut(executionSteps, [...stepNeverChanging, ...countedByStore]),
  stepKeys,
);

const insertLease = "INSERT INTO leases (execution_id, holder_id, revision) VALUES (?, ?, 1)";
const bumpLease = "UPDATE leases SET revision = revision + 1 WHERE execution_id = ? AND holder_id = ?";
const deleteLease = "DELETE FROM leases WHERE execution_id = ? AND holder_id = ?";
const workflowById = "SELECT id FROM workflows WHERE id = ?";
const ranWorkflow = "UPDATE workflows SET last_run_at = max(last_run_at, ?) WHERE id = ?";
const moveOffsets =
  "UPDATE execution_steps SET stdout_offset = ?, stderr_offset = ? WHERE execution_id = ? AND stage_id_ref = ?";
const answerSignal =
  "UPDATE signals SET answer_json = ?, answered_at = ? WHERE id = ? AND answer_json IS NULL";
const fact = (name: string, at: number): string => `coalesce(logs_json ->> '$.${name}', 0) + ?${at}`;
const untold = (name: string, at: number): string => `iif(?5, 0, ${fact(`untold.${name}`, at)})`;
const addLogFacts =
  `UPDATE execution_steps SET logs_json = json_object('lines', ${fact("lines", 1)}, 'bytes', ${fact("bytes", 2)}, ` +
  `'cut', json_object('lines', ${fact("cut.lines", 3)}, 'bytes', ${fact("cut.bytes", 4)}), ` +
  `'untold', json_object('lines', ${untold("lines", 3)}, 'bytes', ${untold("bytes", 4)})) ` +
  "WHERE execution_id = ?6 AND stage_id_ref = ?7";
