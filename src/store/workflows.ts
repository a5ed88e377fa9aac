import { SQLiteError } from "bun:sqlite";
import { AppError } from "../errors.ts";
import { runTransaction, type Store } from "./database.ts";
import { getWorkflow, readWorkflowRow, writtenWorkflow } from "./read-workflows.ts";
import { columnsBut, inserter, updater } from "./row-writer.ts";
import type { WorkflowRecord, WorkflowStatus } from "./workflow-record.ts";
import {
  definitionColumns,
  stageRow,
  storedProblem,
  type SavedDefinition,
  type WorkflowRow,
} from "./workflow-rows.ts";
import { workflows, workflowStages, workflowTags, workflowVersions } from "./workflow-tables.ts";

export interface NewWorkflow {
  id: string;
  definition: SavedDefinition;
  status: WorkflowStatus;
  created_by: string | null;
  /** Absolute path of its file. */
  file: string | null;
  /** The mark of the file; null: it must be read again. */
  file_mark?: string | null;
  /** ISO time of the saving. */
  at: string;
}

/** A field that is absent stays as it is. */
export interface WorkflowChange {
  definition?: SavedDefinition;
  status?: WorkflowStatus;
  file?: string | null;
  /** The mark of the file; absent: it must be read again. */
  file_mark?: string | null;
  at: string;
}

/** Throws `AppError("conflict")` when the name (for its creator), the id of the definition or the file is taken. */
export function createWorkflow(store: Store, given: NewWorkflow): WorkflowRecord {
  const { id, definition, status, created_by, file, file_mark = null, at } = given;
  const times = { created_at: at, updated_at: at, last_run_at: "" };
  const of = { file, file_mark, file_problem_json: null, created_by };
  const row: WorkflowRow = { id, ...definitionColumns(definition), status, ...of, ...times };
  refuseTaken(row, () =>
    runTransaction(store, () => {
      insertWorkflow(store, row);
      writeParts(store, row, definition, at);
    }),
  );
  return writtenWorkflow(store, row, definition.effective.stages);
}

/**
 * Saves a change; a new definition takes the place of stages and tags and is appended to the versions, after the text
 * that it replaces, if that is none of them yet. Throws `AppError`: `not_found`, `conflict` (taken).
 */
export function updateWorkflow(store: Store, id: string, change: WorkflowChange): WorkflowRecord {
  const { definition, status, file, file_mark = null, at } = change;
  const written = runTransaction(store, () => {
    const before = readWorkflowRow(store, id);
    const row: WorkflowRow = {
      ...before,
      ...(definition && { ...definitionColumns(definition), file_mark, file_problem_json: null }),
      status: status ?? (definition ? statusWithFile(before) : before.status),
      file: file === undefined ? before.file : file,
      updated_at: at,
    };
    refuseTaken(row, () => updateRow(store, row));
    if (!definition) return row;
    appendVersion(store, before, at);
    writeParts(store, row, definition, at);
    return row;
  });
  return definition ? writtenWorkflow(store, written, definition.effective.stages) : getWorkflow(store, id);
}

/**
 * Deletes a workflow with its stages and versions; its executions stay, without it. Throws `AppError`: `not_found`, or
 * `conflict` while one of them has not ended.
 */
export function deleteWorkflow(store: Store, id: string): void {
  runTransaction(store, () => {
    const { name } = readWorkflowRow(store, id);
    const live = liveExecutionOf(store, id);
    if (live !== null) {
      throw new AppError(
        "conflict",
        `workflow "${name}" has the live execution "${live}". ` +
          `wait for its end, or cancel it: "skillmeat workflow cancel ${live}"`,
      );
    }
    store.prepare("DELETE FROM workflows WHERE id = ?").run(id);
  });
}

/** Restores the status of a workflow that was archived because its file had disappeared. */
function statusWithFile(row: WorkflowRow): WorkflowStatus {
  const stored = storedProblem(row);
  return stored?.problem.kind === "missing" && row.status === "archived" ? stored.status : row.status;
}

/** The id of an execution that has not ended; null when all have. */
export function liveExecutionOf(store: Store, workflowId: string): string | null {
  return store.prepare<{ id: string }, [string]>(selectLive).get(workflowId)?.id ?? null;
}

/** The stages and tags of a row, and its text as a version. */
export function writeParts(store: Store, row: WorkflowRow, definition: SavedDefinition, at: string): void {
  const { stages, workflow } = definition.effective;
  store.prepare("DELETE FROM workflow_stages WHERE workflow_id = ?").run(row.id);
  stages.forEach((stage, order) => insertStage(store, stageRow(row.id, stage, order)));
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

function refuseTaken(row: WorkflowRow, write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof SQLiteError) || error.code !== "SQLITE_CONSTRAINT_UNIQUE") throw error;
    throw nameConflict(error.message, row) ?? error;
  }
}

function nameConflict(message: string, row: WorkflowRow): AppError | null {
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

type NewestVersion = { number: number; definition_hash: string };

const neverChanging = ["id", "created_by", "created_at", "last_run_at"] as const;
const insertWorkflow = inserter(workflows, columnsBut(workflows, []));
const updateRow = updater(workflows, columnsBut(workflows, neverChanging), ["id"]);
const insertStage = inserter(workflowStages, columnsBut(workflowStages, []));
const insertTag = inserter(workflowTags, columnsBut(workflowTags, []), "ON CONFLICT DO NOTHING");
const insertVersion = inserter(workflowVersions, columnsBut(workflowVersions, []));
const selectNewest =
  "SELECT number, definition_hash FROM workflow_versions WHERE workflow_id = ? ORDER BY number DESC LIMIT 1";
const selectLive =
  "SELECT id FROM workflow_executions WHERE workflow_id = ? AND status IN ('pending', 'running', 'paused') LIMIT 1";
