import { runTransaction, type Store } from "./database.ts";
import { workflowDrafts } from "./draft-tables.ts";
import { columnsBut, inserter } from "./row-writer.ts";

export type DraftRow = typeof workflowDrafts.$inferSelect;

/** A draft of a workflow that is not stored yet, as a list shows it. */
export type NewDraft = Pick<DraftRow, "id" | "name" | "updated_at">;

/** By its own id; null when there is none. */
export function findDraft(store: Store, id: string): DraftRow | null {
  return store.prepare<DraftRow, [string]>(selectById).get(id) ?? null;
}

export function draftOfWorkflow(store: Store, workflowId: string): DraftRow | null {
  return store.prepare<DraftRow, [string]>(selectByWorkflow).get(workflowId) ?? null;
}

/**
 * Stores a draft if the stored one still has the revision it was made from (0: there is none). False: somebody else was
 * faster, and nothing was written.
 */
export function writeDraft(store: Store, draft: DraftRow, from: number): boolean {
  return runTransaction(store, () => {
    const known = store.prepare<{ revision: number }, [string]>(selectRevision).get(draft.id);
    if ((known?.revision ?? 0) !== from) return false;
    putRow(store, draft);
    return true;
  });
}

export function deleteDraft(store: Store, id: string): void {
  store.prepare("DELETE FROM workflow_drafts WHERE id = ?").run(id);
}

/** Drafts without a workflow, the last changed first. */
export function listNewDrafts(store: Store, limit: number): NewDraft[] {
  return store.prepare<NewDraft, [number]>(selectNew).all(limit);
}

/** Deletes all drafts without a workflow except the last changed ones: nobody comes back to that many. */
export function keepNewDrafts(store: Store, most: number): void {
  store.prepare(`DELETE FROM workflow_drafts WHERE id IN (${selectOldest})`).run(most);
}

const columns =
  "id, workflow_id, name, text, base_text, base_hash, revision, changes_json, created_at, updated_at";
const selectById = `SELECT ${columns} FROM workflow_drafts WHERE id = ?`;
const selectByWorkflow = `SELECT ${columns} FROM workflow_drafts WHERE workflow_id = ?`;
const selectRevision = "SELECT revision FROM workflow_drafts WHERE id = ?";
const newestNew = "FROM workflow_drafts WHERE workflow_id IS NULL ORDER BY updated_at DESC, id DESC";
const selectNew = `SELECT id, name, updated_at ${newestNew} LIMIT ?`;
const selectOldest = `SELECT id ${newestNew} LIMIT -1 OFFSET ?`;
const putRow = inserter(
  workflowDrafts,
  columnsBut(workflowDrafts, []),
  `ON CONFLICT (id) DO UPDATE SET workflow_id = excluded.workflow_id, name = excluded.name, text = excluded.text,
   base_text = excluded.base_text, base_hash = excluded.base_hash, revision = excluded.revision,
   changes_json = excluded.changes_json, updated_at = excluded.updated_at`,
);
