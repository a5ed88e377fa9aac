import { AppError } from "../../../errors.ts";
import { storedJson, unlessDamaged } from "../../../store/damaged-row.ts";
import { draftOfWorkflow, findDraft, writeDraft, type DraftRow } from "../../../store/drafts.ts";
import { openWorkflow } from "../../../operation/open-workflow.ts";
import type { WorkflowRecord } from "../../../store/workflow-record.ts";
import { workflowPath } from "../../../../views/paths.ts";
import type { Context } from "../../server/server-parts.ts";
import type { PageCall } from "../page-route.ts";
import { boundedChanges, changeBetween, textAt, type Change } from "./draft-changes.ts";

/** What the builder needs of a workflow that is stored. */
export type SavedWorkflow = Pick<
  WorkflowRecord,
  "id" | "slug" | "name" | "status" | "file_problem" | "definition_hash"
>;

/** A draft as a request finds it, as plain values. A draft that is not stored yet has revision 0. */
export interface OpenDraft {
  /** Where its builder is. */
  path: string;
  workflow: SavedWorkflow | null;
  row: DraftRow;
  changes: readonly Change[];
  /** The saved text, when the draft was made from another one. */
  theirs: string | null;
}

const joinsWithinMs = 5_000;

/** The draft that an address names: of a workflow, or of one that does not exist yet. Nothing is written. */
export function openDraft({ context, params }: Pick<PageCall, "context" | "params">): OpenDraft {
  const { store } = context;
  const id = params["draft"];
  if (id === undefined) return draftFor(context, openWorkflow(context, params["id"] ?? ""));
  const row = findDraft(store, id);
  if (!row) throw new AppError("not_found", "this draft no longer exists. begin a new one at /workflows/new");
  if (row.workflow_id !== null) return draftFor(context, openWorkflow(context, row.workflow_id));
  return { path: `/workflows/new/${row.id}`, workflow: null, row, changes: changesOf(row), theirs: null };
}

/** A draft of a workflow that does not exist yet; it is stored with its first text. */
export function newDraft(text: string, name: string): DraftRow {
  const at = new Date().toISOString();
  return {
    id: Bun.randomUUIDv7(),
    workflow_id: null,
    name,
    text,
    base_text: "",
    base_hash: "",
    revision: 1,
    changes_json: "[]",
    created_at: at,
    updated_at: at,
  };
}

/** The text at an earlier revision, from which a form was made. Throws `AppError` when that is too long ago. */
export function textOfRevision({ row, changes }: OpenDraft, revision: number): string {
  const text = textAt(row.text, changes, row.revision, revision);
  if (text === null)
    throw new AppError(
      "conflict",
      "the draft has changed too often since this page was loaded. load it again",
    );
  return text;
}

/** The draft with a new text and the way back from it. Nothing is stored. */
export function changeText(
  draft: OpenDraft,
  now: Date,
  made: { text: string; label: string; kind?: Change["kind"]; name?: string },
): OpenDraft {
  const { row, changes } = draft;
  const { text, label, kind = "edit", name = row.name } = made;
  if (text === row.text) return draft;
  const last = changes.at(-1);
  const isSoon = now.getTime() - Date.parse(row.updated_at) < joinsWithinMs;
  const joins = kind === "edit" && last?.kind === "edit" && last.label === label && isSoon;
  const revision = row.revision + 1;
  const change: Change = { revision, label, kind, joins, ...changeBetween(row.text, text) };
  const kept = boundedChanges([...changes, change]);
  const changes_json = JSON.stringify(kept);
  const updated_at = now.toISOString();
  return { ...draft, row: { ...row, text, revision, name, changes_json, updated_at }, changes: kept };
}

/** The draft with a new base: after saving, or after a choice between two versions. */
export function changeBase(
  draft: OpenDraft,
  now: Date,
  base: Pick<DraftRow, "base_text" | "base_hash" | "workflow_id">,
): OpenDraft {
  return { ...draft, theirs: null, row: { ...draft.row, ...base, updated_at: now.toISOString() } };
}

/** Stores a changed draft. Throws `AppError` when another process was faster. */
export function keepDraft({ store }: Context, before: OpenDraft, after: OpenDraft): void {
  if (writeDraft(store, after.row, before.row.revision)) return;
  throw new AppError("conflict", "the draft was changed at the same time. load it again");
}

/** What the builder needs of a stored workflow. */
export function savedOf(workflow: WorkflowRecord): SavedWorkflow {
  const { id, slug, name, status, file_problem, definition_hash } = workflow;
  return { id, slug, name, status, file_problem, definition_hash };
}

function draftFor({ store }: Context, record: WorkflowRecord): OpenDraft {
  const saved = record.definition;
  const workflow = savedOf(record);
  const path = workflowPath(workflow.slug, "edit");
  const row = draftOfWorkflow(store, workflow.id);
  const isAtRest = row === null || (row.text === row.base_text && row.base_text !== saved);
  if (isAtRest) {
    const fresh = { ...newDraft(saved, workflow.name), workflow_id: workflow.id, base_text: saved };
    const known = row ? { id: row.id, revision: row.revision } : { revision: 0 };
    const made = { ...fresh, ...known, base_hash: workflow.definition_hash };
    return { path, workflow, row: made, changes: [], theirs: null };
  }
  const theirs = row.base_text === saved ? null : saved;
  const current = theirs === null ? { ...row, base_hash: workflow.definition_hash } : row;
  return { path, workflow, row: current, changes: changesOf(row), theirs };
}

/** A draft whose undo history is damaged still has its text. */
function changesOf({ changes_json, id }: DraftRow): Change[] {
  return unlessDamaged(() => storedJson<Change[]>("changes_json", changes_json, `draft "${id}"`)) ?? [];
}
