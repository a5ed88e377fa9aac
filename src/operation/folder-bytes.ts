import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * The bytes that a folder's content takes on the disk, without following links; 0 where there is none or it cannot be
 * read.
 */
export async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    bytes += entry.isDirectory() ? await folderBytes(path) : await fileBytes(path);
  }
  return bytes;
}

function entriesOf(folder: string): Promise<Dirent[]> {
  return unlessGone(readdir(folder, { withFileTypes: true }), []);
}

async function fileBytes(path: string): Promise<number> {
  return (await unlessGone(lstat(path), null))?.size ?? 0;
}

async function unlessGone<T>(reading: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES") return otherwise;
    throw error;
  }
}
