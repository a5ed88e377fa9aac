import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../errors.ts";
import { nextTurn } from "../next-turn.ts";
import type { LifecycleLog } from "../execution/lifecycle.ts";
import type { Store } from "../store/database.ts";
import { getWorkflow, getWorkflowByFile, getWorkflowBySlug } from "../store/read-workflows.ts";
import type { WorkflowRecord, WorkflowStatus } from "../store/workflow-record.ts";
import {
  createWorkflow,
  deleteWorkflow as deleteWorkflowRow,
  liveExecutionOf,
  updateWorkflow,
} from "../store/workflows.ts";
import type { EffectiveDefinition } from "../workflow/effective.ts";
import { definitionHash } from "../workflow/definition-hash.ts";
import { definitionIn } from "../collection/detect-artifact-type.ts";
import { lockingFiles } from "../collection/files-lock.ts";
import { markOfFile } from "../collection/look-at-files.ts";
import { requireValid } from "./require-valid.ts";
import { refreshIndex, refreshLockedIndex, type Library } from "./refresh-index.ts";
import { workflowEntry } from "./workflow-entry.ts";
import {
  moveWorkflow,
  openCollection,
  ownFolder,
  removeWorkflow,
  rewriteWorkflow,
  slugOf,
  writeWorkflow,
  type FileChange,
} from "../collection/workflow-files.ts";

/** A definition that is to be stored. */
export interface SaveRequest {
  text: string;
  /** How messages name the text; default: `definition`. */
  file?: string;
  /** The workflow that it replaces; null for a new one. */
  over: WorkflowRecord | null;
  /** Save only if the saved text has one of these hashes; null: in any case. */
  expected: readonly string[] | null;
  /** Null: the status stays as it was; a new workflow is a draft. */
  status: WorkflowStatus | null;
  /** Who a new workflow belongs to. */
  created_by: string | null;
}

interface CheckedSaving extends SaveRequest {
  effective: EffectiveDefinition;
}

/** A home in use: its files, its database, and the log that records changes of both. */
export interface OpenHome extends Library {
  log: LifecycleLog;
}

/**
 * Checks the text, then writes the file, its manifest entry and the row together: if one fails, none is left. The files
 * as they are at that moment count, so the text that is replaced is in the history. A new `workflow.id` moves the
 * folder. Throws `FindingsError` when the text has errors, `AppError("conflict")` when the saved text is none of the
 * expected ones (its details are both texts), or an id is taken.
 */
export async function saveWorkflow(open: OpenHome, saving: SaveRequest): Promise<WorkflowRecord> {
  const { home, store, log } = open;
  const effective = await requireValid(saving.text, saving.file ?? "definition");
  // What was changed by hand is read in a turn of its own: it may be long, and the row takes a while, too.
  refreshIndex(open);
  await nextTurn();
  const saved = await lockingFiles(home, () => {
    refreshLockedIndex(open);
    const over = saving.over && getWorkflow(store, saving.over.id);
    if (over) refuseStale(over, saving.expected, saving.text);
    refuseTaken(store, effective.workflow.id, over);
    const now = new Date();
    const checked = { ...saving, effective, over };
    const change = writeFiles(open, checked, now);
    try {
      return writeRow(open, checked, { file: change.file, at: now.toISOString() });
    } catch (error) {
      change.undo();
      throw error;
    }
  });
  log(workflowEntry(saving.over ? "workflow_updated" : "workflow_created", saved.slug));
  // Storing thousands of stages takes a while, and so does showing them again.
  await nextTurn();
  return saved;
}

/** Gives a workflow another status. Throws as `saveWorkflow` does. */
export async function setWorkflowStatus(
  open: OpenHome,
  workflow: WorkflowRecord,
  { status, expected }: { status: WorkflowStatus; expected: readonly string[] | null },
): Promise<WorkflowRecord> {
  const { home, store, log } = open;
  const saved = await lockingFiles(home, () => {
    refreshLockedIndex(open);
    refuseStale(getWorkflow(store, workflow.id), expected, null);
    return updateWorkflow(store, workflow.id, { status, at: new Date().toISOString() });
  });
  log(workflowEntry("workflow_updated", saved.slug, { message: `it is ${status} now` }));
  return saved;
}

/** Removes the file, its manifest entry and the row together; executions stay. */
export async function deleteWorkflow(open: OpenHome, workflow: WorkflowRecord): Promise<void> {
  const { home, store, log } = open;
  await lockingFiles(home, () => {
    const { file } = workflow;
    const change = file ? removeWorkflow(home, file, new Date()) : null;
    try {
      deleteWorkflowRow(store, workflow.id);
    } catch (error) {
      change?.undo();
      throw error;
    }
    // Another workflow may have waited for its id or its name.
    refreshLockedIndex(open);
  });
  log(workflowEntry("workflow_deleted", workflow.slug));
}

function refuseStale(over: WorkflowRecord, expected: readonly string[] | null, sent: string | null): void {
  const { name, definition, definition_hash, file_problem } = over;
  const isUnread = file_problem?.kind === "unreadable" || file_problem?.kind === "link";
  if (expected === null || (expected.includes(definition_hash) && !isUnread)) return;
  const said = isUnread
    ? `the file of workflow "${name}" has become unreadable: ${file_problem.message}`
    : `workflow "${name}" has been changed meanwhile (it is now ${definition_hash}). ` +
      "load it again and repeat the change";
  const mine =
    sent === null
      ? []
      : [{ path: "sent", message: "this was sent", definition: sent, definition_hash: definitionHash(sent) }];
  const saved = { path: "saved", message: "this is saved now", definition, definition_hash };
  throw new AppError("conflict", said, [saved, ...mine]);
}

function refuseTaken(store: Store, id: string, over: WorkflowRecord | null): void {
  const other = getWorkflowBySlug(store, id);
  if (!other || other.id === over?.id) return;
  throw takenError(id, "change workflow.id");
}

/** The refusal of a `workflow.id` that another workflow has; `wayOut` says what to do instead. */
export function takenError(id: string, wayOut: string): AppError {
  return new AppError("conflict", `there is a workflow with the id "${id}" already. ${wayOut}`);
}

function writeFiles(
  { home, store }: Library,
  { text, effective, over }: CheckedSaving,
  now: Date,
): FileChange {
  const { id } = effective.workflow;
  if (over?.file && existsSync(over.file)) {
    if (id === over.slug) return rewriteWorkflow(over.file, text);
    refuseLive({ home, store }, over, over.file);
    return moveWorkflow(home, over.file, slugOf(id), text, now);
  }
  const collection = openCollection(home);
  const there = definitionIn(join(collection.workflows, slugOf(id)));
  const owner = there === null ? null : getWorkflowByFile(store, there);
  if (owner && owner.id !== over?.id) {
    throw new AppError("conflict", `"${there}" is the file of workflow "${owner.slug}". change workflow.id`);
  }
  return writeWorkflow(collection, slugOf(id), text, now);
}

/** Agents beside a workflow are started from where they lie, when their stage begins. */
function refuseLive({ home, store }: Library, { id, name }: WorkflowRecord, file: string): void {
  const live = liveExecutionOf(store, id);
  const folder = ownFolder(home, file);
  if (live === null || folder === null || readdirSync(folder).length < 2) return;
  throw new AppError(
    "conflict",
    `workflow "${name}" has the live execution "${live}", which needs its folder to stay where it is. wait for ` +
      `its end ` +
      "before you change workflow.id",
  );
}

function writeRow(
  { home, store }: Library,
  { text, effective, over, status, created_by }: CheckedSaving,
  { file, at }: { file: string; at: string },
): WorkflowRecord {
  const definition = { text, hash: definitionHash(text), effective };
  const file_mark = markOfFile(file, home);
  if (!over) {
    const id = Bun.randomUUIDv7();
    return createWorkflow(store, {
      id,
      definition,
      status: status ?? "draft",
      created_by,
      file,
      file_mark,
      at,
    });
  }
  const change = { definition, file, file_mark, at, ...(status === null ? {} : { status }) };
  return updateWorkflow(store, over.id, change);
}
