import { Database } from "bun:sqlite";
import { chmodSync, existsSync, rmSync } from "node:fs";

/** Copies a database that is about to be migrated away from schema `version`; returns the copy's path. */
export function backUpBefore(sqlite: Database, path: string, version: number): string {
  const copy = freeName(`${path}.schema-${version}`);
  copyInto(sqlite, copy);
  // Another process may have migrated between the look at the version and the copy; then that process has made a copy.
  const check = new Database(copy, { readonly: true });
  const copied = userVersion(check);
  check.close();
  if (copied !== version) rmSync(copy);
  return copy;
}

/** Writes a whole, compact copy, 0600, while others go on. */
export function copyInto(sqlite: Database, file: string): void {
  const before = process.umask(0o077);
  try {
    sqlite.query("VACUUM INTO ?").run(file);
    chmodSync(file, 0o600);
  } catch (error) {
    removeQuietly(file);
    throw error;
  } finally {
    process.umask(before);
  }
}

/**
 * A name that no file can have cannot be removed either; that error must not hide why the copy could not be written.
 */
function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The error that is being thrown says more.
  }
}

function freeName(stem: string): string {
  for (let count = 1; ; count++) {
    const name = count === 1 ? `${stem}.backup` : `${stem}.${count}.backup`;
    if (!existsSync(name)) return name;
  }
}

function userVersion(sqlite: Database): number {
  return sqlite.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
}
