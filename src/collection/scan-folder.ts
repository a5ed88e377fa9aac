import { readlinkSync, type Dirent } from "node:fs";
import { join, relative, sep } from "node:path";
import { lstatSync, readdirSync, realpathSync, statSync } from "./seen-files.ts";

/** What a scan looks for: files with a certain ending, or folders that contain a certain file. */
export type ScanTarget = { kind: "files"; ending: string } | { kind: "folders"; holding: string };

/** A file or folder that was found. `path` is absolute; `relative` is relative to the scanned folder and uses `/`. */
export interface FoundPath {
  path: string;
  relative: string;
}

const deepest = 8;
const mostEntries = 20_000;

/** Where to look, and which links may be followed. */
export interface ScanPlace {
  folder: string;
  /** The folder itself or one above it; links that lead out of it are not followed. */
  boundary: string;
  /** True: the boundary may itself be a link, because only the owner of the home can have made it. */
  isOwners: boolean;
  /** True: links may lead anywhere. */
  followsLinks: boolean;
}

/** A link that leads out of its boundary and was not followed. */
export interface RefusedLink {
  /** Absolute. */
  link: string;
  /** The target as the link contains it. */
  target: string;
  boundary: string;
}

/** The result of a scan. */
export interface ScanResult {
  found: FoundPath[];
  refused: RefusedLink[];
}

/**
 * Searches a folder and all folders below it in the order of names. It follows a link only if its target is inside the
 * boundary, and reads no folder twice. A folder that does not exist or may not be read has no results.
 */
export function scanFolder(searched: ScanPlace, wanted: ScanTarget): ScanResult {
  const { folder, boundary, followsLinks } = searched;
  const scanned: ScanResult = { found: [], refused: [] };
  const limit = followsLinks ? sep : realOrNull(boundary);
  const onTheWay = followsLinks ? null : linkOnTheWay(searched);
  if (onTheWay !== null) scanned.refused.push({ ...onTheWay, boundary });
  if (limit === null || onTheWay !== null) return scanned;
  const seen = new Set<string>();
  const waiting: QueuedFolder[] = [{ path: folder, relative: "", depth: 0 }];
  let left = mostEntries;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const real = realOrNull(next.path);
    if (real === null || seen.has(real)) continue;
    if (!isInside(real, limit)) {
      scanned.refused.push({ ...linkAt(next.path), boundary });
      continue;
    }
    seen.add(real);
    const entries = entriesOf(next.path);
    left -= entries.length;
    if (left < 0) return scanned;
    waiting.push(...lookAtEntries(next, entries, { wanted, limit, boundary, scanned }).toReversed());
  }
  return scanned;
}

interface QueuedFolder {
  path: string;
  relative: string;
  depth: number;
}

/** Collects the results among a folder's entries. Returns the folders below it, which are searched next. */
function lookAtEntries(
  here: QueuedFolder,
  entries: readonly { name: string; isFolder: boolean }[],
  {
    wanted,
    limit,
    boundary,
    scanned,
  }: { wanted: ScanTarget; limit: string; boundary: string; scanned: ScanResult },
): QueuedFolder[] {
  const deeper: QueuedFolder[] = [];
  for (const { name, isFolder } of entries) {
    const path = join(here.path, name);
    const relative = here.relative === "" ? name : `${here.relative}/${name}`;
    if (isFolder && isWantedFolder(path, wanted, limit)) scanned.found.push({ path, relative });
    else if (isFolder && here.depth < deepest) deeper.push({ path, relative, depth: here.depth + 1 });
    else if (!isFolder && hasWantedName(name, wanted)) {
      const real = realOrNull(path);
      if (real === null) continue;
      if (!isInside(real, limit)) scanned.refused.push({ ...linkAt(path), boundary });
      else if (isFile(real)) scanned.found.push({ path, relative });
    }
  }
  return deeper;
}

/** The first link that leads out, on the way from a boundary to a folder below it. */
function linkOnTheWay({ folder, boundary, isOwners }: ScanPlace): Omit<RefusedLink, "boundary"> | null {
  const limit = realOrNull(boundary);
  const parts = relative(boundary, folder)
    .split(sep)
    .filter((part) => part !== "");
  const steps = parts.map((_, at) => join(boundary, ...parts.slice(0, at + 1)));
  for (const step of isOwners ? steps : [boundary, ...steps]) {
    if (!lstatOf(step)?.isSymbolicLink()) continue;
    const real = realOrNull(step);
    const staysIn = step !== boundary && real !== null && limit !== null && isInside(real, limit);
    if (!staysIn && real !== null) return linkAt(step);
  }
  return null;
}

function linkAt(path: string): Omit<RefusedLink, "boundary"> {
  return { link: path, target: readlinkSync(path) };
}

function lstatOf(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** Why a link was not followed, and how to have it followed. */
export function refusalText({ link, target, boundary }: RefusedLink): string {
  return (
    `"${link}" is a link to "${target}", out of "${boundary}", and is not followed. ` +
    "to allow it, set follow_links = true under [workflow] in config.toml"
  );
}

/** True when the file is really inside the boundary: no link on its path leads out. */
export function staysInside(path: string, boundary: string): boolean {
  const real = realOrNull(path);
  const limit = realOrNull(boundary);
  return real !== null && limit !== null && isInside(real, limit);
}

function isWantedFolder(path: string, wanted: ScanTarget, limit: string): boolean {
  if (wanted.kind !== "folders") return false;
  const file = realOrNull(join(path, wanted.holding));
  return file !== null && isInside(file, limit) && isFile(file);
}

function hasWantedName(name: string, wanted: ScanTarget): boolean {
  return wanted.kind === "files" && name.toLowerCase().endsWith(wanted.ending);
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

/** A path that cannot be read, for whatever reason, counts as missing. */
export function isAbsence(error: unknown): boolean {
  const codes = ["ENOENT", "ENOTDIR", "EACCES", "EPERM", "ELOOP", "ENAMETOOLONG", "EINVAL"];
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
