import { lstatSync, readdirSync, realpathSync, statSync, type Dirent } from "node:fs";
import { join, sep } from "node:path";

/** What a scan looks for: files that end so, or folders that hold such a file. */
export type Wanted = { kind: "files"; ending: string } | { kind: "folders"; holding: string };

/** One thing found; `path` is absolute, `relative` is from the scanned folder, with `/`. */
export interface FoundPath {
  path: string;
  relative: string;
}

const deepest = 8;
const mostEntries = 20_000;

/**
 * Looks through a folder and those below it, in the order of names. A link is followed only while it stays inside of
 * `boundary`, and no folder is looked through twice. Nothing for a folder that does not exist or may not be read.
 */
export function scanFolder(folder: string, boundary: string, wanted: Wanted): FoundPath[] {
  const limit = realOrNull(boundary);
  if (limit === null) return [];
  const found: FoundPath[] = [];
  const seen = new Set<string>();
  const waiting: { path: string; relative: string; depth: number }[] = [
    { path: folder, relative: "", depth: 0 },
  ];
  let left = mostEntries;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const real = realOrNull(next.path);
    if (real === null || !isInside(real, limit) || seen.has(real)) continue;
    seen.add(real);
    const entries = entriesOf(next.path);
    const deeper: typeof waiting = [];
    for (const { name, isFolder } of entries) {
      if (left-- <= 0) return found;
      const path = join(next.path, name);
      const relative = next.relative === "" ? name : `${next.relative}/${name}`;
      if (isFolder && isWantedFolder(path, wanted, limit)) found.push({ path, relative });
      else if (isFolder && next.depth < deepest) deeper.push({ path, relative, depth: next.depth + 1 });
      else if (!isFolder && isWantedFile(path, name, wanted, limit)) found.push({ path, relative });
    }
    waiting.push(...deeper.toReversed());
  }
  return found;
}

/** True when the file is where it seems to be: no link leads out of the boundary. */
export function staysInside(path: string, boundary: string): boolean {
  const real = realOrNull(path);
  const limit = realOrNull(boundary);
  return real !== null && limit !== null && isInside(real, limit);
}

function isWantedFolder(path: string, wanted: Wanted, limit: string): boolean {
  if (wanted.kind !== "folders") return false;
  const file = realOrNull(join(path, wanted.holding));
  return file !== null && isInside(file, limit) && isFile(file);
}

function isWantedFile(path: string, name: string, wanted: Wanted, limit: string): boolean {
  if (wanted.kind !== "files" || !name.toLowerCase().endsWith(wanted.ending)) return false;
  const real = realOrNull(path);
  return real !== null && isInside(real, limit) && isFile(real);
}

function entriesOf(folder: string): { name: string; isFolder: boolean }[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
  return entries
    .filter(({ name }) => name !== "node_modules" && name !== ".git")
    .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() || leadsToFolder(folder, entry) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function leadsToFolder(folder: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return false;
  try {
    return statSync(join(folder, entry.name)).isDirectory();
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function realOrNull(path: string): string | null {
  try {
    return realpathSync(path);
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

/** Whatever keeps a path from being read: it counts as not there. */
export function isAbsence(error: unknown): boolean {
  const codes = ["ENOENT", "ENOTDIR", "EACCES", "EPERM", "ELOOP", "ENAMETOOLONG", "EINVAL"];
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
