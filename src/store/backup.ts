import type { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { AppError } from "../errors.ts";
import { copyInto } from "./copy-database.ts";
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

function userVersion(sqlite: Database): number {
  return sqlite.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
}
