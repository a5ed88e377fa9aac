import { dirname } from "node:path";
import type { Store } from "../store/database.ts";
import { changeMark } from "../store/change-mark.ts";
import { indexedFiles, keepMark, writeIndex, type IndexedFile } from "../store/index-files.ts";
import { storeFailure } from "../store/store-failure.ts";
import { tryLockingFiles } from "../collection/files-lock.ts";
import { indexChanges } from "./index-changes.ts";
import { lookAtFile, lookAtFiles, type SeenFile } from "../collection/look-at-files.ts";
import { readFile, textOf, type FileText, type ReadFile } from "../collection/read-file.ts";

/** A home and its database, which is an index of the home's files. */
export interface Library {
  home: string;
  store: Store;
}

/**
 * Brings the index in line with the files: changed, moved, removed and new files. Only files whose mark has changed are
 * read. While another process changes files, which indexes them itself, nothing is done.
 */
export function refreshIndex(library: Library): void {
  const look = lookAround(library);
  if (look.isSame) return;
  try {
    tryLockingFiles(library.home, () => refreshLockedIndex(library));
  } catch (error) {
    // The database cannot be written now, but what is indexed can be read all the same.
    if (!isUnwritable(error) && storeFailure(error) !== "busy") throw error;
  }
}

function isUnwritable(error: unknown): boolean {
  const codes = ["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "SQLITE_FULL"];
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

/** The same for callers that hold the lock of the files. Workflows whose id or name was taken are tried again. */
export function refreshLockedIndex(library: Library): void {
  const { rows, files, retried } = lookAround(library);
  const { store } = library;
  const at = new Date().toISOString();
  const known = new Map(rows.map((row) => [row.file, row]));
  const read: ReadFile[] = [];
  const settled = new Set<string>();
  for (const file of files) {
    const row = known.get(file.file);
    const mayBeAsBefore = row !== undefined && row.problem?.kind !== "missing" && !retried.has(row.id);
    if (mayBeAsBefore && row.mark !== null && row.mark === file.mark) {
      settled.add(row.id);
      continue;
    }
    const text = textOf(file);
    if (mayBeAsBefore && isAsBefore(row, text)) {
      settled.add(row.id);
      if (file.mark !== null) keepMark(store, row.id, file.mark);
    } else read.push(readFile(file, text));
  }
  const changes = indexChanges(rows, settled, read);
  if (changes.length > 0) writeIndex(store, changes, at);
}

interface Look {
  rows: IndexedFile[];
  files: SeenFile[];
  /** Rows whose id or name another row had. */
  retried: ReadonlySet<string>;
  /** True: every file is as the index has it. */
  isSame: boolean;
}

function lookAround({ home, store }: Library): Look {
  const rows = rowsOf(store);
  const byFolder = new Map(
    rows.flatMap(({ file }) => (file === null ? [] : [[dirname(file), file] as const])),
  );
  const files = lookAtFiles(home, (folder) => byFolder.get(folder));
  const paths = new Set(files.map(({ file }) => file));
  // A collection that is no longer the active one keeps its workflows.
  for (const { file } of rows) {
    const elsewhere = file === null || paths.has(file) ? null : lookAtFile(file, home);
    if (elsewhere) files.push(elsewhere);
  }
  const marks = new Map(files.map(({ file, mark }) => [file, mark]));
  const isSettled = ({ file, mark, problem }: IndexedFile): boolean => {
    if (file === null) return true;
    if (!marks.has(file)) return problem?.kind === "missing";
    return mark !== null && marks.get(file) === mark && problem?.kind !== "missing";
  };
  const known = new Set(rows.map(({ file }) => file));
  const isSame = rows.every(isSettled) && files.every(({ file }) => known.has(file));
  return { rows, files, retried: new Set(rows.filter(isRetried).map(({ id }) => id)), isSame };
}

function isRetried({ problem }: IndexedFile): boolean {
  return problem?.kind === "duplicate" || problem?.kind === "name";
}

const kept = new WeakMap<Store, { mark: string; rows: IndexedFile[] }>();

function rowsOf(store: Store): IndexedFile[] {
  const mark = changeMark(store);
  const last = kept.get(store);
  if (last?.mark === mark) return last.rows;
  const rows = indexedFiles(store);
  kept.set(store, { mark, rows });
  return rows;
}

/** The text is the same: the file was touched only, which is no change. */
function isAsBefore({ problem, definition_hash }: IndexedFile, found: FileText): boolean {
  if ("kind" in found) return problem?.kind === found.kind && problem.message === found.message;
  return found.hash === definition_hash && problem?.kind !== "unreadable" && problem?.kind !== "link";
}
