import { SQLiteError } from "bun:sqlite";
import { AppError } from "../errors.ts";
import { writing, type Store } from "./database.ts";
import { getWorkflow, readWorkflowRow } from "./read-workflows.ts";
import { columnsBut, inserter, updater } from "./row-writer.ts";
import type { WorkflowRecord, WorkflowStatus } from "./workflow-record.ts";
import { definitionColumns, stageRow, type SavedDefinition, type WorkflowRow } from "./workflow-rows.ts";
import { workflows, workflowStages, workflowTags, workflowVersions } from "./workflow-tables.ts";

export interface NewWorkflow {
  id: string;
  definition: SavedDefinition;
  status: WorkflowStatus;
  created_by: string | null;
  /** Absolute path of its file. */
  file: string | null;
  /** ISO time of the saving. */
  at: string;
}

/** What is left away stays as it is. */
export interface WorkflowChange {
  definition?: SavedDefinition;
  status?: WorkflowStatus;
  file?: string | null;
  at: string;
}

/** Throws `AppError("conflict")` when the name (for its creator), the id of the definition or the file is taken. */
export function createWorkflow(store: Store, given: NewWorkflow): WorkflowRecord {
  const { id, definition, status, created_by, file, at } = given;
  const times = { created_at: at, updated_at: at, last_run_at: "" };
  const row: WorkflowRow = { id, ...definitionColumns(definition), status, file, created_by, ...times };
  refusingTaken(row, () =>
    writing(store, () => {
      insertWorkflow(store, row);
      writeParts(store, row, definition, at);
    }),
  );
  return getWorkflow(store, id);
}

/**
 * Saves a change; a new definition takes the place of stages and tags and is appended to the versions. With `ifHash`
 * only if the stored definition still has that hash. Throws `AppError`: `not_found`, `conflict` (stale or taken).
 */
export function updateWorkflow(
  store: Store,
  id: string,
  change: WorkflowChange,
  ifHash?: string,
): WorkflowRecord {
  const { definition, status, file, at } = change;
  writing(store, () => {
    const before = readWorkflowRow(store, id);
    if (ifHash !== undefined && ifHash !== before.definition_hash) throw stale(before);
    const row: WorkflowRow = {
      ...before,
      ...(definition && definitionColumns(definition)),
      status: status ?? before.status,
      file: file === undefined ? before.file : file,
      updated_at: at,
    };
    refusingTaken(row, () => updateRow(store, row));
    if (definition) writeParts(store, row, definition, at);
  });
  return getWorkflow(store, id);
}

/**
 * Deletes a workflow with its stages and versions; its executions stay, without it. Throws `AppError`: `not_found`, or
 * `conflict` while one of them has not ended.
 */
export function deleteWorkflow(store: Store, id: string): void {
  writing(store, () => {
    const { name } = readWorkflowRow(store, id);
    const live = store.prepare<{ id: string }, [string]>(selectLive).get(id);
    if (live) {
      throw new AppError(
        "conflict",
        `workflow "${name}" has the live execution "${live.id}". ` +
          `wait for its end, or cancel it: "skillmeat workflow cancel ${live.id}"`,
      );
    }
    store.prepare("DELETE FROM workflows WHERE id = ?").run(id);
  });
}

function writeParts(store: Store, row: WorkflowRow, definition: SavedDefinition, at: string): void {
  const { stages, workflow } = definition.effective;
  const kept = new Map(
    store
      .prepare<KeptStage, [string]>(selectKept)
      .all(row.id)
      .map((stage) => [stage.stage_id_ref, stage]),
  );
  store.prepare("DELETE FROM workflow_stages WHERE workflow_id = ?").run(row.id);
  stages.forEach((stage, order) =>
    insertStage(store, stageRow(row.id, stage, order, at, kept.get(stage.id))),
  );
  store.prepare("DELETE FROM workflow_tags WHERE workflow_id = ?").run(row.id);
  for (const tag of workflow.tags) insertTag(store, { workflow_id: row.id, tag });
  appendVersion(store, row, at);
}

/** Saving the same text twice makes no version. */
function appendVersion(store: Store, row: WorkflowRow, at: string): void {
  const newest = store.prepare<NewestVersion, [string]>(selectNewest).get(row.id);
  if (newest?.definition_hash === row.definition_hash) return;
  insertVersion(store, {
    workflow_id: row.id,
    number: (newest?.number ?? 0) + 1,
    version: row.version,
    definition_yaml: row.definition_yaml,
    definition_hash: row.definition_hash,
    created_at: at,
  });
}

function refusingTaken(row: WorkflowRow, write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof SQLiteError) || error.code !== "SQLITE_CONSTRAINT_UNIQUE") throw error;
    throw takenBy(error.message, row) ?? error;
  }
}

function takenBy(message: string, row: WorkflowRow): AppError | null {
  if (message.includes("workflows_name_created_by")) {
    return new AppError(
      "conflict",
      `there is a workflow named "${row.name}" already. give this one another name`,
    );
  }
  if (message.includes("workflows.slug")) {
    return new AppError(
      "conflict",
      `there is a workflow with the id "${row.slug}" already. change workflow.id`,
    );
  }
  if (message.includes("workflows.file")) {
    return new AppError(
      "conflict",
      `the file "${row.file}" belongs to another workflow already. name another file`,
    );
  }
  return null;
}

function stale(row: WorkflowRow): AppError {
  return new AppError(
    "conflict",
    `workflow "${row.name}" has been changed meanwhile (it is now ${row.definition_hash}). ` +
      "load it again and repeat the change",
  );
}

type KeptStage = { stage_id_ref: string; id: string; created_at: string };
type NewestVersion = { number: number; definition_hash: string };

const neverChanging = ["id", "created_by", "created_at", "last_run_at"] as const;
const insertWorkflow = inserter(workflows, columnsBut(workflows, []));
const updateRow = updater(workflows, columnsBut(workflows, neverChanging), ["id"]);
const insertStage = inserter(workflowStages, columnsBut(workflowStages, []));
const insertTag = inserter(workflowTags, columnsBut(workflowTags, []), "ON CONFLICT DO NOTHING");
const insertVersion = inserter(workflowVersions, columnsBut(workflowVersions, []));
const selectKept = "SELECT stage_id_ref, id, created_at FROM workflow_stages WHERE workflow_id = ?";
const selectNewest =
  "SELECT number, definition_hash FROM workflow_versions WHERE workflow_id = ? ORDER BY number DESC LIMIT 1";
const selectLive =
  "SELECT id FROM workflow_executions WHERE workflow_id = ? AND status IN ('pending', 'running', 'paused') LIMIT 1";
