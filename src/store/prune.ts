import { hasEnded, type ExecutionStatus } from "../execution/status.ts";
import { openStore, runTransaction, type Store } from "./database.ts";

/** Which ended executions are pruned: those that no part of the rule keeps. A part that is null keeps nothing. */
export interface RetentionRule {
  /** Only those that ended before this instant, ISO 8601. */
  endedBefore: string | null;
  /** Keeps the newest so many of each workflow, at least 1. */
  keep: number | null;
}

/** Which workflows' executions: stored workflows by their id, files by the `workflow.id` in them. Null: all. */
export interface PruneScope {
  workflow_id: string | null;
  slug: string | null;
}

export interface PrunableExecution {
  run_id: string;
  workflow_slug: string;
  completed_at: string | null;
}

const readAtOnce = 500;

/**
 * Opens the database for pruning. Foreign keys are off, because deleting an execution would take its log with it in the
 * same transaction, which would keep everybody else from writing for as long as that takes.
 */
export function openForPruning(path: string): Store {
  const store = openStore(path);
  store.sqlite.run("PRAGMA foreign_keys = OFF");
  return store;
}

/**
 * The executions that a rule prunes, in slices that take a few milliseconds each: newest first, workflow after
 * workflow.
 */
export function* prunableExecutions(
  store: Store,
  rule: RetentionRule,
  scope: PruneScope | null,
): Generator<PrunableExecution[]> {
  const keep = Math.max(1, rule.keep ?? 1);
  for (const workflowId of workflowIds(store, scope)) {
    const places = new Map<string, number>();
    for (const rows of executionsOf(store, workflowId)) {
      yield rows.filter((row) => {
        if (workflowId === null && scope && row.workflow_slug !== scope.slug) return false;
        const group = workflowId ?? row.workflow_slug;
        const place = places.get(group) ?? 0;
        places.set(group, place + 1);
        return place >= keep && hasEnded(row.status) && isOlder(row, rule);
      });
    }
  }
}

/**
 * Removes an ended execution from every list and answer, in one short transaction. Its events, log lines and files are
 * noted and removed later. False: it is gone already, or has not ended.
 */
export function takeOutExecution(store: Store, runId: string): boolean {
  return runTransaction(store, () => {
    const row = store.prepare<EndedRow, [string]>(selectEnded).get(runId);
    if (!row || !hasEnded(row.status)) return false;
    store.prepare("INSERT OR IGNORE INTO pruned_executions (execution_id) VALUES (?)").run(runId);
    for (const text of deletions) store.prepare(text).run(runId);
    store.prepare(deleteSnapshot).run(row.snapshot_hash, row.snapshot_hash);
    return true;
  });
}

/** Deletes up to `most` log lines or events of an execution that was removed. False: there are none left. */
export function deleteRecords(store: Store, runId: string, most: number): boolean {
  return runTransaction(store, () =>
    ["log_lines", "events"].some(
      (table) =>
        store.prepare(`DELETE FROM ${table} WHERE execution_id = ? LIMIT ?`).run(runId, most).changes > 0,
    ),
  );
}

/** Executions that were removed but of which something may be left, also by a process that was killed. */
export function listTakenOut(store: Store): string[] {
  const rows = store.prepare<{ execution_id: string }, []>(
    "SELECT execution_id FROM pruned_executions ORDER BY execution_id",
  );
  return rows.all().map(({ execution_id }) => execution_id);
}

/** Notes that nothing is left of a removed execution. */
export function forgetTakenOut(store: Store, runId: string): void {
  store.prepare("DELETE FROM pruned_executions WHERE execution_id = ?").run(runId);
}

/** Gives up to `most` free pages back to the disk; returns how many it gave. */
export function shrink(store: Store, most: number): number {
  const before = pages(store).free;
  if (before === 0) return 0;
  // The statement frees one page with each row it returns, so all rows have to be read.
  store.sqlite.query(`PRAGMA incremental_vacuum(${Math.round(most)})`).all();
  return before - pages(store).free;
}

/** The bytes of the database in use, the bytes of its free pages, and the size of a page. */
export function pages(store: Store): { usedBytes: number; free: number; pageSize: number } {
  const number = (name: string): number =>
    Object.values(store.sqlite.query<Record<string, number>, []>(`PRAGMA ${name}`).get() ?? {})[0] ?? 0;
  const free = number("freelist_count");
  const pageSize = number("page_size");
  return { usedBytes: (number("page_count") - free) * pageSize, free, pageSize };
}

/** About how many bytes an execution holds in the database: the lengths of its texts. */
export function bytesHeld(store: Store, runId: string): number {
  return store.prepare<{ bytes: number }, [string]>(sumBytes).get(runId)?.bytes ?? 0;
}

function* workflowIds(store: Store, scope: PruneScope | null): Generator<string | null> {
  if (scope) {
    if (scope.workflow_id !== null) yield scope.workflow_id;
    if (scope.slug !== null) yield null;
    return;
  }
  yield null;
  for (let last = ""; ;) {
    const next = store.prepare<{ id: string | null }, [string]>(selectNextWorkflow).get(last)?.id ?? null;
    if (next === null) return;
    yield (last = next);
  }
}

interface Row extends PrunableExecution {
  status: ExecutionStatus;
  at: string;
}

function* executionsOf(store: Store, workflowId: string | null): Generator<Row[]> {
  const select = store.prepare<Row, [string | null, string, string, string, number]>(selectSlice);
  for (let at = "\u{10ffff}", id = "\u{10ffff}"; ;) {
    const rows = select.all(workflowId, at, at, id, readAtOnce);
    const last = rows.at(-1);
    if (!last) return;
    ({ at, run_id: id } = last);
    yield rows;
  }
}

function isOlder({ completed_at, at }: Row, { endedBefore }: RetentionRule): boolean {
  return endedBefore === null || (completed_at ?? at) < endedBefore;
}

interface EndedRow {
  status: ExecutionStatus;
  snapshot_hash: string;
}

const selectNextWorkflow = "SELECT min(workflow_id) AS id FROM workflow_executions WHERE workflow_id > ?";
const startedAt = "coalesce(started_at, created_at)";
const selectSlice =
  `SELECT id AS run_id, workflow_slug, status, completed_at, ${startedAt} AS at FROM workflow_executions ` +
  `WHERE workflow_id IS ? AND ${startedAt} <= ? AND (${startedAt} < ? OR id < ?) ` +
  `ORDER BY ${startedAt} DESC, id DESC LIMIT ?`;
const selectEnded = "SELECT status, snapshot_hash FROM workflow_executions WHERE id = ?";
/** Every table that refers to executions but `events` and `log_lines`; a test holds this against the schema. */
const deletions = [
  "DELETE FROM signals WHERE execution_id = ?",
  "DELETE FROM leases WHERE execution_id = ?",
  "DELETE FROM execution_steps WHERE execution_id = ?",
  "DELETE FROM workflow_executions WHERE id = ?",
];
const deleteSnapshot =
  "DELETE FROM execution_snapshots WHERE hash = ? " +
  "AND NOT EXISTS (SELECT 1 FROM workflow_executions WHERE snapshot_hash = ?)";
const sumBytes =
  "SELECT coalesce((SELECT sum(length(text) + 120) FROM log_lines WHERE execution_id = ?1), 0) + " +
  "coalesce((SELECT sum(length(data_json) + 120) FROM events WHERE execution_id = ?1), 0) + " +
  "coalesce((SELECT sum(length(machine_json) + coalesce(length(outputs_json), 0) " +
  "+ coalesce(length(inputs_json), 0) + 500) FROM execution_steps WHERE execution_id = ?1), 0) AS bytes";
