import { basename, dirname } from "node:path";
import type { IndexChange, IndexedFile } from "../store/index-files.ts";
import type { FileProblem, WorkflowStatus } from "../store/workflow-record.ts";
import { isIdentifier } from "../workflow/identifier.ts";
import { matchFiles, type MatchedFile } from "./match-files.ts";
import type { ReadFile } from "../collection/read-file.ts";
import { emptyDefinition } from "../workflow/empty-definition.ts";
import { slugOf } from "../collection/workflow-files.ts";

/** The changes of the rows. `settled`: the ids of rows whose file is as it was; every other row may get a new file. */
export function indexChanges(
  rows: readonly IndexedFile[],
  settled: ReadonlySet<string>,
  files: readonly ReadFile[],
): IndexChange[] {
  const open = rows.filter(({ id }) => !settled.has(id));
  const { matched, left } = matchFiles(open, files);
  const claims = claimsOf([...rows.filter(({ id }) => settled.has(id)), ...left]);
  const taken = new Set(files.map(({ file }) => file));
  const gone = left.flatMap((row) => goneChange(row, taken));
  const inOrder = matched.toSorted((a, b) => Number(isMoved(a)) - Number(isMoved(b)));
  const changed = inOrder.map((each) => changeOf(each, claims));
  const before = new Map(rows.map((row) => [row.id, row]));
  return [...gone, ...changed.filter((change) => !isUnchanged(change, before.get(change.id)))];
}

/** A row that already has its id keeps it. */
function isMoved({ row, file }: MatchedFile): boolean {
  return row === null || (wantedId(file) ?? row.slug) !== row.slug;
}

function wantedId({ definition }: ReadFile): string | null {
  return definition?.effective?.workflow.id ?? null;
}

interface Claims {
  slugs: Set<string>;
  names: Set<string>;
}

function claimsOf(rows: readonly IndexedFile[]): Claims {
  const names = rows.map(({ name, created_by }) => nameKey(name, created_by));
  return { slugs: new Set(rows.map(({ slug }) => slug)), names: new Set(names) };
}

function nameKey(name: string, createdBy: string | null): string {
  return `${createdBy ?? ""}\n${name}`;
}

function changeOf({ row, file }: MatchedFile, claims: Claims): IndexChange {
  const wanted = wantedId(file);
  const isDuplicate = wanted !== null && claims.slugs.has(wanted);
  const slug =
    isDuplicate || wanted === null ? freeSlug(row?.slug ?? madeUpSlug(file, claims), claims) : wanted;
  claims.slugs.add(slug);
  const ownName = file.definition?.effective?.workflow.name ?? row?.name ?? slug;
  const isTaken = claims.names.has(nameKey(ownName, row?.created_by ?? null));
  const name = isTaken ? freeName(`${ownName} (${slug})`, row?.created_by ?? null, claims) : ownName;
  claims.names.add(nameKey(name, row?.created_by ?? null));
  const problem = isDuplicate
    ? duplicate(file, wanted)
    : (troubleOf(file) ?? (isTaken ? sameName(ownName) : null));
  const status = statusOf(row);
  const holds = wanted !== null && !isDuplicate;
  return {
    id: row?.id ?? Bun.randomUUIDv7(),
    isNew: row === null,
    slug,
    name,
    status,
    status_before: status,
    file: file.file,
    mark: file.mark,
    problem,
    definition: definitionOf({ row, file }, slug),
    holds,
  };
}

function definitionOf({ row, file: { definition } }: MatchedFile, slug: string): IndexChange["definition"] {
  if (definition) return { ...definition, effective: definition.effective ?? emptyDefinition(slug) };
  return row ? null : { text: "", hash: "", effective: emptyDefinition(slug) };
}

/** Restores a workflow that was archived because its file had disappeared. */
function statusOf(row: IndexedFile | null): WorkflowStatus {
  if (row === null) return "draft";
  return row.problem?.kind === "missing" && row.status === "archived" ? row.status_before : row.status;
}

function goneChange(row: IndexedFile, taken: ReadonlySet<string>): IndexChange[] {
  const isKnown = row.file === null || row.problem?.kind === "missing";
  const isTaken = row.file !== null && taken.has(row.file);
  if (isKnown && !isTaken) return [];
  const message = `its file "${row.file}" is gone. put it back, or save the workflow again`;
  const problem: FileProblem = { kind: "missing", message, findings: [] };
  return [
    {
      ...row,
      isNew: false,
      status: isKnown ? row.status : "archived",
      status_before: isKnown ? row.status_before : row.status,
      file: isTaken ? null : row.file,
      mark: null,
      problem: isKnown ? row.problem : problem,
      definition: null,
      holds: false,
    },
  ];
}

function troubleOf({ trouble, definition }: ReadFile): FileProblem | null {
  if (trouble) return trouble;
  if (definition.effective) return null;
  const { errors, warnings } = definition.validation;
  const [first] = errors;
  const message = first ? `line ${first.line}: ${first.message}` : "the definition does not hold";
  return { kind: "invalid", message, findings: [...errors, ...warnings] };
}

function duplicate({ file }: ReadFile, id: string): FileProblem {
  const message = `"${file}" has the workflow.id "${id}", which another workflow has already. give it another id`;
  return { kind: "duplicate", message, findings: [] };
}

function sameName(name: string): FileProblem {
  const message = `another workflow is named "${name}" already. give one of them another name`;
  return { kind: "name", message, findings: [] };
}

const mostSlug = 128;

/** The id of a file that has none: its folder's name, or its own name where it lies flat. */
function madeUpSlug({ file, definition }: ReadFile, { slugs }: Claims): string {
  const id = definition?.id ?? "";
  if (isIdentifier(id) && id.length <= mostSlug && !slugs.has(id)) return id;
  const stem = basename(file).replace(/\.[^.]*$/, "");
  const own = /^workflow$/i.test(stem) ? basename(dirname(file)) : stem;
  return /[a-z0-9]/i.test(own) ? slugOf(own) : "workflow";
}

function freeSlug(slug: string, { slugs }: Claims): string {
  return firstFree(
    slug,
    (made) => slugs.has(made),
    (count) => `${slug.slice(0, 120)}-${count}`,
  );
}

function freeName(name: string, createdBy: string | null, { names }: Claims): string {
  return firstFree(
    name,
    (made) => names.has(nameKey(made, createdBy)),
    (count) => `${name} ${count}`,
  );
}

function firstFree(own: string, isTaken: (text: string) => boolean, next: (count: number) => string): string {
  let made = own;
  for (let count = 2; isTaken(made); count++) made = next(count);
  return made;
}

/** A workflow whose id or name was taken may be found unchanged at a second look. */
function isUnchanged(change: IndexChange, row: IndexedFile | undefined): boolean {
  return (
    row !== undefined &&
    row.file === change.file &&
    row.slug === change.slug &&
    row.name === change.name &&
    row.status === change.status &&
    row.mark === change.mark &&
    row.mark !== null &&
    row.problem?.message === change.problem?.message &&
    (change.definition === null || change.definition.hash === row.definition_hash)
  );
}
