import { Database } from "bun:sqlite";
import { chmodSync, existsSync, rmSync } from "node:fs";
import { AppError } from "../errors.ts";
import type { Store } from "./database.ts";
import { migrationHash, migrations } from "./migrations.ts";

export interface MigrationStatus {
  /** Schema of the file, and the newest this program knows. */
  current: number;
  latest: number;
  migrations: { number: number; name: string; hash: string; applied: boolean }[];
}

/** Writes a whole, compact copy, 0600, while others go on. Throws `AppError("conflict")` when the file is there. */
export function backupDatabase(store: Store, file: string): void {
  if (existsSync(file))
    throw new AppError("conflict", `"${file}" is already there. name another file, or remove it`);
  copyInto(store.sqlite, file);
}

export function migrationStatus(store: Store): MigrationStatus {
  const current = userVersion(store.sqlite);
  return {
    current,
    latest: migrations.length,
    migrations: migrations.map((migration, index) => ({
      number: index + 1,
      name: migration.name,
      hash: migrationHash(migration),
      applied: index < current,
    })),
  };
}

/** Copies a database that is about to be migrated away from schema `version`; the copy's path. */
export function backUpBefore(sqlite: Database, path: string, version: number): string {
  const copy = freeName(`${path}.schema-${version}`);
  copyInto(sqlite, copy);
  // Another process may have migrated between the look at the version and the copy: then it has made its own.
  const check = new Database(copy, { readonly: true });
  const copied = userVersion(check);
  check.close();
  if (copied !== version) rmSync(copy);
  return copy;
}

function copyInto(sqlite: Database, file: string): void {
  const before = process.umask(0o077);
  try {
    sqlite.query("VACUUM INTO ?").run(file);
    chmodSync(file, 0o600);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    process.umask(before);
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
