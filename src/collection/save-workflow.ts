import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { AppError } from "../errors.ts";
import type { Store } from "../store/database.ts";
import type { WorkflowRecord, WorkflowStatus } from "../store/workflow-record.ts";
import { createWorkflow, deleteWorkflow, updateWorkflow } from "../store/workflows.ts";
import type { LifecycleLog } from "../execution/lifecycle.ts";
import type { EffectiveDefinition } from "../workflow/effective.ts";
import { definitionHash } from "./compose.ts";
import { lockingFiles } from "./files-lock.ts";
import { workflowEntry } from "./workflow-entry.ts";
import {
  definitionIn,
  openCollection,
  removeWorkflow,
  rewriteWorkflow,
  slugOf,
  writeWorkflow,
  type FileChange,
} from "./workflow-files.ts";

/** A definition that holds, as it is to be stored. */
export interface Saving {
  text: string;
  effective: EffectiveDefinition;
  /** The workflow it takes the place of; null for a new one. */
  over: WorkflowRecord | null;
  /** True: a file that no workflow belongs to may be written over. */
  force: boolean;
  /** Null: as it was; a new one is a draft. */
  status: WorkflowStatus | null;
  /** Who a new workflow belongs to. */
  created_by: string | null;
}

/** A home that is in use: its files, its database, and the log that tells of both. */
export interface OpenHome {
  home: string;
  store: Store;
  log: LifecycleLog;
}

/** Writes the file, its manifest entry and the row in one go: a failure of any leaves none. */
export async function saveWorkflow({ home, store, log }: OpenHome, saving: Saving): Promise<WorkflowRecord> {
  const saved = await lockingFiles(home, () => {
    const now = new Date();
    const change = writeFiles(home, saving, now);
    try {
      return writeRow(store, saving, { file: change.file, at: now.toISOString() });
    } catch (error) {
      change.undo();
      throw error;
    }
  });
  log(workflowEntry(saving.over ? "workflow_updated" : "workflow_created", saved.slug));
  return saved;
}

/** Takes the file, its manifest entry and the row away in one go; executions stay. */
export async function removeStoredWorkflow(
  { home, store, log }: OpenHome,
  workflow: WorkflowRecord,
): Promise<void> {
  await lockingFiles(home, () => {
    const { file } = workflow;
    const entry = file === null ? null : dirname(file).split("/").at(-1);
    const change = file && entry ? removeWorkflow(openCollection(home), entry, file, new Date()) : null;
    try {
      deleteWorkflow(store, workflow.id);
    } catch (error) {
      change?.undo();
      throw error;
    }
  });
  log(workflowEntry("workflow_deleted", workflow.slug));
}

function writeFiles(home: string, { text, effective, over, force }: Saving, now: Date): FileChange {
  if (over?.file && existsSync(over.file)) return rewriteWorkflow(over.file, text);
  const collection = openCollection(home);
  const slug = slugOf(effective.workflow.id);
  const there = definitionIn(join(collection.workflows, slug));
  if (there !== null && !force) {
    throw new AppError(
      "conflict",
      `${there} is there already. "skillmeat workflow create --force" replaces it`,
    );
  }
  return writeWorkflow(collection, slug, text, now);
}

function writeRow(
  store: Store,
  { text, effective, over, status, created_by }: Saving,
  { file, at }: { file: string; at: string },
): WorkflowRecord {
  const definition = { text, hash: definitionHash(text), effective };
  if (over) {
    const change = { definition, file, at, ...(status === null ? {} : { status }) };
    return updateWorkflow(store, over.id, change, over.definition_hash);
  }
  const id = Bun.randomUUIDv7();
  return createWorkflow(store, { id, definition, status: status ?? "draft", created_by, file, at });
}
