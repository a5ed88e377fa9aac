import { unlessDamaged } from "./damaged-row.ts";
import { runTransaction, type Store } from "./database.ts";
import { columnsBut, inserter, updater } from "./row-writer.ts";
import type { FileProblem, WorkflowStatus } from "./workflow-record.ts";
import { definitionColumns, storedProblem, type SavedDefinition, type WorkflowRow } from "./workflow-rows.ts";
import { workflows } from "./workflow-tables.ts";
import { writeParts } from "./workflows.ts";

/** What the index holds of a workflow's file. */
export interface IndexedFile {
  id: string;
  slug: string;
  name: string;
  created_by: string | null;
  status: WorkflowStatus;
  definition_hash: string;
  /** Absolute; null: it has none. */
  file: string | null;
  /** The mark of the file when it was last read; null: it must be read again. */
  mark: string | null;
  problem: FileProblem | null;
  /** The status before the file disappeared. */
  status_before: WorkflowStatus;
}

/** The new content of a row. */
export interface IndexChange {
  id: string;
  isNew: boolean;
  slug: string;
  name: string;
  status: WorkflowStatus;
  status_before: WorkflowStatus;
  file: string | null;
  mark: string | null;
  problem: FileProblem | null;
  /** The text of the file and what is read out of it; null: both stay as they were. */
  definition: SavedDefinition | null;
  /** True: the definition is valid and becomes a new version. False: only the text of an existing row is replaced. */
  holds: boolean;
}

/** Every workflow, by its file. */
export function indexedFiles(store: Store): IndexedFile[] {
  return store.prepare<IndexRow, []>(selectFiles).all().map(indexedFile);
}

/** True when the file had this mark when it was read. */
export function isIndexed(store: Store, id: string, mark: string): boolean {
  return store.prepare("SELECT 1 FROM workflows WHERE id = ? AND file_mark = ?").get(id, mark) !== null;
}

/** Brings the rows in line with the files, all or nothing. `at`: ISO time. */
export function writeIndex(store: Store, changes: readonly IndexChange[], at: string): void {
  runTransaction(store, () => {
    // Files may exchange names: each row gives up its own name and file before any row takes another's.
    for (const { id } of changes) store.prepare(letGo).run(id);
    for (const change of changes) writeChange(store, change, at);
  });
}

/** Notes the present mark of a file that was read and found unchanged. */
export function keepMark(store: Store, id: string, mark: string): void {
  store.prepare("UPDATE workflows SET file_mark = ? WHERE id = ?").run(mark, id);
}

function writeChange(store: Store, change: IndexChange, at: string): void {
  const { definition, holds, isNew, status, slug, name, file } = change;
  const known = store.prepare<WorkflowRow, [string]>("SELECT * FROM workflows WHERE id = ?").get(change.id);
  const facts = factsOf(change, known);
  const { problem, status_before } = change;
  const row: WorkflowRow = {
    ...facts,
    id: change.id,
    slug,
    name,
    status,
    file,
    file_mark: change.mark,
    file_problem_json: problem && JSON.stringify({ problem, status: status_before }),
    created_by: known?.created_by ?? null,
    created_at: known?.created_at ?? at,
    updated_at: at,
    last_run_at: known?.last_run_at ?? "",
  };
  if (isNew) insertRow(store, row);
  else updateRow(store, row);
  if (definition && holds) writeParts(store, row, definition, at);
}

function factsOf({ definition, holds, isNew }: IndexChange, known: WorkflowRow | null) {
  if (definition && (holds || isNew || !known)) return definitionColumns(definition);
  if (!known) throw new Error("a workflow that is not in the index has no definition either");
  return definition
    ? { ...known, definition_yaml: definition.text, definition_hash: definition.hash }
    : known;
}

type IndexRow = Omit<IndexedFile, "mark" | "problem" | "status_before"> &
  Pick<WorkflowRow, "file_mark" | "file_problem_json">;

/** A damaged note of the file is ignored: the file is read again, whatever it holds. */
function indexedFile({ file_mark, file_problem_json, ...row }: IndexRow): IndexedFile {
  const stored = unlessDamaged(() => ({ of: storedProblem({ slug: row.slug, file_problem_json }) }));
  return {
    ...row,
    ...(stored === null ? { mark: null, definition_hash: "" } : { mark: file_mark }),
    problem: stored?.of?.problem ?? null,
    status_before: stored?.of?.status ?? row.status,
  };
}

const selectFiles = `SELECT id, slug, name, created_by, status, definition_hash, file, file_mark, file_problem_json
  FROM workflows ORDER BY file`;
const letGo = "UPDATE workflows SET slug = id, name = id, file = NULL WHERE id = ?";
const insertRow = inserter(workflows, columnsBut(workflows, []));
const updateRow = updater(
  workflows,
  columnsBut(workflows, ["id", "created_by", "created_at", "last_run_at"]),
  ["id"],
);
