import { AppError } from "../errors.ts";
import { readable } from "./damaged-row.ts";
import type { Store } from "./database.ts";
import { askPage, pageOf, type Cursor, type Page } from "./page.ts";
import type { EffectiveStage } from "../workflow/effective.ts";
import type { LastExecution, WorkflowRecord, WorkflowVersion } from "./workflow-record.ts";
import { stagesOf, workflowRecord, type StageRow, type WorkflowRow } from "./workflow-rows.ts";

/** Throws `AppError("not_found")` and `DamagedRow`, as all functions below. */
export function getWorkflow(store: Store, id: string): WorkflowRecord {
  return withParts(store, readWorkflowRow(store, id));
}

/** By `workflow.id` of the definition; null when there is none. */
export function getWorkflowBySlug(store: Store, slug: string): WorkflowRecord | null {
  return one(store, "SELECT * FROM workflows WHERE slug = ?", slug);
}

/** By the absolute path of its file; null when there is none. */
export function getWorkflowByFile(store: Store, file: string): WorkflowRecord | null {
  return one(store, "SELECT * FROM workflows WHERE file = ?", file);
}

/** By exact name and creator; null when there is none. */
export function getWorkflowByName(
  store: Store,
  name: string,
  createdBy: string | null,
): WorkflowRecord | null {
  return one(store, selectByNameAndCreator, name, createdBy ?? "");
}

/**
 * What a person means by an id, a definition's id or a name (in any case of letters), in this order. Throws `AppError`:
 * `not_found`, or `conflict` when several have the name.
 */
export function findWorkflow(store: Store, asked: string): WorkflowRecord {
  const exact = one(store, "SELECT * FROM workflows WHERE id = ?", asked) ?? getWorkflowBySlug(store, asked);
  if (exact) return exact;
  const named = store.prepare<WorkflowRow, [string]>(selectByName).all(asked);
  const best = named.filter(({ name }) => name === asked);
  const [row, ...others] = best.length > 0 ? best : named;
  if (!row) return throwMissing(asked);
  if (others.length > 0) {
    const ids = [row, ...others].map(({ slug }) => `"${slug}"`).join(", ");
    throw new AppError("conflict", `several workflows are named "${asked}". give the id of one: ${ids}`);
  }
  return withParts(store, row);
}

/** Throws `AppError("not_found")`. */
export function readWorkflowRow(store: Store, id: string): WorkflowRow {
  return (
    store.prepare<WorkflowRow, [string]>("SELECT * FROM workflows WHERE id = ?").get(id) ?? throwMissing(id)
  );
}

/** Reads rows with their stages and newest executions, in the order given. Damaged ones are counted. */
export function readWorkflows(
  store: Store,
  rows: readonly WorkflowRow[],
): { items: WorkflowRecord[]; damaged: number } {
  return readable(rows, partsReader(store, rows));
}

function withParts(store: Store, row: WorkflowRow): WorkflowRecord {
  return partsReader(store, [row])(row);
}

function partsReader(store: Store, rows: readonly WorkflowRow[]): (row: WorkflowRow) => WorkflowRecord {
  const last = lastExecutions(store, JSON.stringify(rows.map(({ id }) => id)));
  // Each workflow's stages are read by a query of their own: one query for all would sort, which takes ten times as
  // long as reading.
  const stages = store.prepare<StageRow, [string]>(selectStages);
  return (row) => workflowRecord(row, stagesOf(stages.all(row.id), row.slug), last.get(row.id) ?? null);
}

/** The newest execution of each workflow that has one; `ids` is a JSON list. */
function lastExecutions(store: Store, ids: string): Map<string, LastExecution> {
  const runs = store.prepare<LastRow, [string]>(selectLast).all(ids);
  return new Map(runs.map(({ workflow_id, ...execution }) => [workflow_id, execution]));
}

/** Reads a row that was just written, with its stages, which are not read again. */
export function writtenWorkflow(store: Store, row: WorkflowRow, stages: EffectiveStage[]): WorkflowRecord {
  return workflowRecord(row, stages, lastExecutions(store, JSON.stringify([row.id])).get(row.id) ?? null);
}

/** A name that is free for this creator: the name itself, or "name (copy)", "name (copy 2)" … */
export function freeWorkflowName(store: Store, name: string, createdBy: string | null): string {
  const isTaken = (candidate: string) =>
    store.prepare(selectByNameAndCreator).get(candidate, createdBy ?? "") !== null;
  return firstFree(isTaken, name, (count) =>
    appendEnd(name, count === 1 ? " (copy)" : ` (copy ${count})`, mostName),
  );
}

/** A `workflow.id` that is free: the one given, or with "-copy", "-copy-2" … */
export function freeWorkflowSlug(store: Store, slug: string): string {
  const isTaken = (candidate: string) =>
    store.prepare("SELECT 1 FROM workflows WHERE slug = ?").get(candidate) !== null;
  return firstFree(isTaken, slug, (count) =>
    appendEnd(slug, count === 1 ? "-copy" : `-copy-${count}`, mostSlug),
  );
}

const mostName = 255;
const mostSlug = 128;

/** The text with this end, shortened where both would be too long. */
function appendEnd(text: string, end: string, most: number): string {
  const characters = [...text];
  return characters.slice(0, most - end.length).join("") + end;
}

/** The saved definitions of a workflow, newest first. Throws `AppError`: `not_found`, `invalid_usage`. */
export function listWorkflowVersions(
  store: Store,
  workflowId: string,
  options: { limit?: number; cursor?: string | null } = {},
): Page<WorkflowVersion> {
  readWorkflowRow(store, workflowId);
  const asked = askPage({ name: "versions", sort: "-number", workflowId }, options);
  const { limit, cursor } = asked;
  const rows = versionRows(store, workflowId, cursor, limit + 1);
  const total = store.prepare<{ count: number }, [string]>(countVersions).get(workflowId)?.count ?? 0;
  return pageOf(rows, asked, { count: total, isLeast: false }, versionPlace, (items) => ({
    items,
    damaged: 0,
  }));
}

function versionPlace(row: WorkflowVersion): { id: string; value: string } {
  return { id: row.workflow_id, value: String(row.number) };
}

function versionRows(
  store: Store,
  workflowId: string,
  cursor: Cursor | null,
  limit: number,
): WorkflowVersion[] {
  if (cursor?.direction === "before") {
    const text = `${selectVersions} AND number > ? ORDER BY number LIMIT ?`;
    return store.prepare<WorkflowVersion, VersionParams>(text).all(workflowId, Number(cursor.value), limit);
  }
  const below = cursor ? Number(cursor.value) : Number.MAX_SAFE_INTEGER;
  const text = `${selectVersions} AND number < ? ORDER BY number DESC LIMIT ?`;
  return store.prepare<WorkflowVersion, VersionParams>(text).all(workflowId, below, limit);
}

function one(store: Store, text: string, ...values: string[]): WorkflowRecord | null {
  const row = store.prepare<WorkflowRow, string[]>(text).get(...values);
  return row ? withParts(store, row) : null;
}

function firstFree(isTaken: (name: string) => boolean, own: string, copy: (count: number) => string): string {
  if (!isTaken(own)) return own;
  for (let count = 1; ; count++) {
    const name = copy(count);
    if (!isTaken(name)) return name;
  }
}

function throwMissing(asked: string): never {
  throw new AppError("not_found", `there is no workflow "${asked}". "skillmeat workflow list" lists them`);
}

type LastRow = LastExecution & { workflow_id: string };
type VersionParams = [string, number, number];

const selectByName = "SELECT * FROM workflows WHERE name = ? COLLATE NOCASE ORDER BY name COLLATE NOCASE, id";
const selectByNameAndCreator = "SELECT * FROM workflows WHERE name = ? AND coalesce(created_by, '') = ?";
const selectStages = "SELECT * FROM workflow_stages WHERE workflow_id = ? ORDER BY order_index";
const selectLast = `SELECT e.workflow_id, e.id AS run_id, e.status, e.started_at, e.completed_at
  FROM json_each(?) ids CROSS JOIN workflow_executions e ON e.id = (
    SELECT id FROM workflow_executions WHERE workflow_id = ids.value
    ORDER BY coalesce(started_at, created_at) DESC, id DESC LIMIT 1)`;
const selectVersions =
  "SELECT workflow_id, number, version, definition_yaml AS definition, definition_hash, created_at " +
  "FROM workflow_versions WHERE workflow_id = ?";
const countVersions = "SELECT count(*) AS count FROM workflow_versions WHERE workflow_id = ?";
