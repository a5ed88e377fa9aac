import { lookAtFile } from "../collection/look-at-files.ts";
import { refreshIndex, type Library } from "./refresh-index.ts";
import { AppError } from "../errors.ts";
import type { Store } from "../store/database.ts";
import { isIndexed } from "../store/index-files.ts";
import { findWorkflow } from "../store/read-workflows.ts";
import type { WorkflowRecord } from "../store/workflow-record.ts";

/**
 * Opens the workflow that a person means by an id, a `workflow.id` or a name, as its file is now. If its file is
 * unchanged, no other file is looked at. Throws `AppError`: `not_found`, or `conflict` when several have the name.
 */
export function openWorkflow(library: Library, asked: string): WorkflowRecord {
  const known = findOrNull(library.store, asked);
  if (known && isAsIndexed(library, known)) return known;
  refreshIndex(library);
  return findWorkflow(library.store, asked);
}

function isAsIndexed({ home, store }: Library, { id, file }: WorkflowRecord): boolean {
  if (file === null) return true;
  const seen = lookAtFile(file, home);
  return seen?.mark !== null && seen?.mark !== undefined && isIndexed(store, id, seen.mark);
}

function findOrNull(store: Store, asked: string): WorkflowRecord | null {
  try {
    return findWorkflow(store, asked);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
