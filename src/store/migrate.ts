import { SQLiteError, type Database } from "bun:sqlite";
import { AppError } from "../errors.ts";
import { backUpBefore } from "./copy-database.ts";
import { migrationHash, type Migration } from "./migrations.ts";
import { storeFailure } from "./store-failure.ts";

/**
 * Brings the schema up (or back) to `target` in one transaction, and copies a database with content first. Foreign keys
 * are off meanwhile: with them on, rebuilding a table deletes the rows that refer to it. Throws `AppError` when what
 * was applied before is not what this program knows, and a plain error for a migration that breaks references.
 * Returns the copy's path; null when there was nothing to do or to copy.
 */
export function migrate(
  sqlite: Database,
  path: string,
  migrations: readonly Migration[],
  target: number = migrations.length,
): string | null {
  const before = userVersion(sqlite);
  if (before === target) return null;
  const copy = before > 0 && path !== ":memory:" ? backUpBefore(sqlite, path, before) : null;
  // The pragma has no effect inside a transaction, so it must come before.
  sqlite.run("PRAGMA foreign_keys = OFF");
  sqlite.run("BEGIN IMMEDIATE");
  try {
    // Another process may have migrated while this one waited for the lock.
    const from = userVersion(sqlite);
    checkApplied(sqlite, migrations, from, path);
    deleteLeftRecords(sqlite);
    if (from < target) goForward(sqlite, migrations, from, target);
    else goBack(sqlite, migrations, from, target);
    checkReferences(sqlite);
    sqlite.run(`PRAGMA user_version = ${target}`);
    sqlite.run("COMMIT");
  } catch (error) {
    if (sqlite.inTransaction) sqlite.run("ROLLBACK");
    throw error;
  } finally {
    sqlite.run("PRAGMA foreign_keys = ON");
  }
  if (path !== ":memory:") letShrink(sqlite);
  return copy;
}

const incremental = 2;

/** A file from before retention gives no pages back to the disk; only a rewrite of the whole file changes that. */
function letShrink(sqlite: Database): void {
  const mode = sqlite.query<{ auto_vacuum: number }, []>("PRAGMA auto_vacuum").get()?.auto_vacuum;
  if (mode === incremental) return;
  sqlite.run(`PRAGMA auto_vacuum = ${incremental}`);
  try {
    sqlite.run("VACUUM");
  } catch (error) {
    // Another process uses the file, or the disk has no room for a second one: the next migration tries again.
    if (storeFailure(error) !== "busy" && !isFull(error)) throw error;
  }
}

function goForward(sqlite: Database, migrations: readonly Migration[], from: number, target: number): void {
  sqlite.run(
    "CREATE TABLE IF NOT EXISTS schema_migrations (number integer PRIMARY KEY, name text NOT NULL, hash text NOT NULL)",
  );
  const remember = sqlite.prepare("INSERT INTO schema_migrations (number, name, hash) VALUES (?, ?, ?)");
  migrations.slice(from, target).forEach((migration, offset) => {
    sqlite.run(migration.up);
    remember.run(from + offset + 1, migration.name, migrationHash(migration));
  });
  remember.finalize();
}

function goBack(sqlite: Database, migrations: readonly Migration[], from: number, target: number): void {
  const forget = sqlite.prepare("DELETE FROM schema_migrations WHERE number = ?");
  for (let number = from; number > target; number--) {
    const migration = migrations[number - 1];
    if (!migration) throw new Error(`there is no migration ${number} to take back`);
    sqlite.run(migration.down);
    forget.run(number);
  }
  forget.finalize();
}

function checkApplied(sqlite: Database, migrations: readonly Migration[], from: number, path: string): void {
  if (from === 0) return;
  const applied = sqlite
    .query<{ number: number; name: string; hash: string }, []>(
      "SELECT number, name, hash FROM schema_migrations ORDER BY number",
    )
    .all();
  for (const { number, name, hash } of applied) {
    const known = migrations[number - 1];
    if (known && migrationHash(known) === hash) continue;
    throw new AppError(
      "unavailable",
      `the database "${path}" was made by another build of skillmeat: this one does not know its migration ` +
        `"${name}". ` +
        "use that build, or put a backup in its place",
    );
  }
}

function checkReferences(sqlite: Database): void {
  const broken = sqlite.query<{ table: string; parent: string }, []>("PRAGMA foreign_key_check").get();
  if (broken) throw new Error(`the migration leaves rows of ${broken.table} without their ${broken.parent}`);
}

/** Rows of executions that were pruned but not yet cleared away refer to nothing, by design. */
function deleteLeftRecords(sqlite: Database): void {
  const known = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'pruned_executions'";
  if (!sqlite.query(known).get()) return;
  for (const table of ["log_lines", "events"]) {
    sqlite.run(`DELETE FROM ${table} WHERE execution_id IN (SELECT execution_id FROM pruned_executions)`);
  }
}

function isFull(error: unknown): boolean {
  return error instanceof SQLiteError && error.code === "SQLITE_FULL";
}

function userVersion(sqlite: Database): number {
  return sqlite.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
}
