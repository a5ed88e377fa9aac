import { SQLiteError, type Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { AppError } from "../errors.ts";
import { copyInto } from "./copy-database.ts";
import type { Store } from "./database.ts";
import { asUnavailable } from "./unavailable.ts";
import { migrationHash, migrations } from "./migrations.ts";

export interface MigrationStatus {
  /** The schema of the file, and the newest schema that this program knows. */
  current: number;
  latest: number;
  migrations: { number: number; name: string; hash: string; applied: boolean }[];
}

/**
 * Writes a whole, compact copy, 0600, while others go on. Throws `AppError("conflict")` when the file is there,
 * `AppError("unavailable")` when it cannot be written or the database cannot be read.
 */
export function backupDatabase(store: Store, file: string): void {
  if (existsSync(file))
    throw new AppError("conflict", `"${file}" is already there. name another file, or remove it`);
  try {
    copyInto(store.sqlite, file);
  } catch (error) {
    if (!isOfTarget(error)) throw asUnavailable(error, store.path);
    throw new AppError(
      "unavailable",
      `"${file}" cannot be written (${error.code}). name a file in an existing folder with enough space`,
    );
  }
}

/** SQLite does not say which of the two files it means; it never means the one that is open for reading. */
function isOfTarget(error: unknown): error is Error & { code: string } {
  if (!(error instanceof Error && "code" in error)) return false;
  return (
    !(error instanceof SQLiteError) || /^SQLITE_(CANTOPEN|FULL|READONLY|IOERR_WRITE)/.test(error.code ?? "")
  );
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
