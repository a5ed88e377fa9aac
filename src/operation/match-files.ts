import { basename, dirname } from "node:path";
import type { IndexedFile } from "../store/index-files.ts";
import type { ReadFile } from "../collection/read-file.ts";

/** A file and the workflow it belongs to; null: the workflow is new. */
export interface MatchedFile {
  row: IndexedFile | null;
  file: ReadFile;
}

/**
 * Matches files with workflows. A workflow's file is the one with its `workflow.id`; where no file has that any more,
 * the file at its old path, then one in its folder, then one with its text. `left`: the workflows without a file.
 */
export function matchFiles(
  rows: readonly IndexedFile[],
  files: readonly ReadFile[],
): { matched: MatchedFile[]; left: IndexedFile[] } {
  const left = new Set(rows);
  const open = new Set(files);
  const found = new Map<ReadFile, IndexedFile>();
  const pair = (
    ofRow: (row: IndexedFile) => string | null,
    ofFile: (file: ReadFile) => string | null,
  ): void => {
    const rowsByKey = new Map([...left].map((row) => [ofRow(row), row]));
    for (const file of open) {
      const key = ofFile(file);
      const row = key === null ? undefined : rowsByKey.get(key);
      if (!row || !left.delete(row)) continue;
      open.delete(file);
      found.set(file, row);
    }
  };
  const idOf = ({ definition }: ReadFile): string | null => definition?.id ?? null;
  pair(
    ({ slug, file }) => `${slug}\n${file}`,
    (file) => `${idOf(file)}\n${file.file}`,
  );
  pair(({ slug }) => slug, idOf);
  pair(
    ({ file }) => file,
    ({ file }) => file,
  );
  pair(
    ({ file }) => file && ownFolder(file),
    ({ file }) => ownFolder(file),
  );
  pair(
    ({ definition_hash }) => definition_hash,
    ({ definition }) => definition?.hash ?? null,
  );
  return { matched: files.map((file) => ({ row: found.get(file) ?? null, file })), left: [...left] };
}

/** The folder of a definition that does not lie flat among others. */
function ownFolder(file: string): string | null {
  const folder = dirname(file);
  return basename(folder) === "workflows" ? null : folder;
}
