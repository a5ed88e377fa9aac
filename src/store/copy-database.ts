import { Database } from "bun:sqlite";
import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, renameSync, rmSync } from "node:fs";

/**
 * Copies a database that is about to be migrated away from schema `version`; returns the copy's path. Null: another
 * process has migrated it meanwhile, and has made a copy.
 */
export function backUpBefore(sqlite: Database, path: string, version: number): string | null {
  // Another process may be copying, too: it must neither write into this file nor remove it.
  const draft = `${path}.schema-${version}.${randomUUID()}.new`;
  copyInto(sqlite, draft);
  const check = new Database(draft, { readonly: true });
  const copied = userVersion(check);
  check.close();
  if (copied !== version) {
    rmSync(draft);
    return null;
  }
  const copy = freeName(`${path}.schema-${version}`);
  renameSync(draft, copy);
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
