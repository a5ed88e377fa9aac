import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { lockingFiles } from "../collection/files-lock.ts";
import {
  definitionIn,
  openCollection,
  rewriteWorkflow,
  slugOf,
  writeWorkflow,
  type FileChange,
} from "../collection/workflow-files.ts";
import { AppError } from "../errors.ts";
import type { Store } from "../store/database.ts";
import type { WorkflowRecord } from "../store/workflow-record.ts";
import { createWorkflow, updateWorkflow } from "../store/workflows.ts";
import type { EffectiveDefinition } from "../workflow/effective.ts";
import type { Invocation } from "./command.ts";
import { loginName } from "./login-name.ts";

/** A definition that holds, as it is to be stored. */
export interface Saving {
  text: string;
  effective: EffectiveDefinition;
  /** The workflow it takes the place of; null for a new one. */
  over: WorkflowRecord | null;
  /** True: a file that no workflow belongs to may be written over. */
  force: boolean;
}

/** Writes the file, its manifest entry and the row in one go: a failure of any leaves none. */
export function saveWorkflow(invocation: Invocation, store: Store, saving: Saving): Promise<WorkflowRecord> {
  return lockingFiles(invocation.home, () => {
    const now = new Date();
    const change = writeFiles(invocation.home, saving, now);
    try {
      return writeRow(invocation, store, saving, { file: change.file, at: now.toISOString() });
    } catch (error) {
      change.undo();
      throw error;
    }
  });
}

function writeFiles(home: string, { text, effective, over, force }: Saving, now: Date): FileChange {
  if (over?.file && existsSync(over.file)) return rewriteWorkflow(over.file, text);
  const collection = openCollection(home);
  const slug = slugOf(effective.workflow.id);
  const there = definitionIn(join(collection.workflows, slug));
  if (there !== null && !force) {
    throw new AppError("conflict", `${there} is there already. --force replaces it`);
  }
  return writeWorkflow(collection, slug, text, now);
}

function writeRow(
  { env }: Invocation,
  store: Store,
  { text, effective, over }: Saving,
  { file, at }: { file: string; at: string },
): WorkflowRecord {
  const definition = { text, hash: createHash("sha256").update(text).digest("hex"), effective };
  if (over) return updateWorkflow(store, over.id, { definition, file, at }, over.definition_hash);
  const id = Bun.randomUUIDv7();
  return createWorkflow(store, { id, definition, status: "draft", created_by: loginName(env), file, at });
}
