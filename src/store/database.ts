import { Database, type SQLQueryBindings, type Statement } from "bun:sqlite";
import { drizzle, type BunSQLiteDatabase } from "drizzle-orm/bun-sqlite";
import { chmodSync, existsSync } from "node:fs";
import { AppError } from "../errors.ts";
import { createDatabaseFile } from "./create-database-file.ts";
import { refuseForeignFile, refuseNewer } from "./file-identity.ts";
import { changeOf } from "./file-change.ts";
import { watchFile, type FileWatch } from "./file-watch.ts";
import { migrate } from "./migrate.ts";
import { migrations } from "./migrations.ts";
import type { DatabaseChanged } from "./store-failure.ts";
import { asUnavailable } from "./unavailable.ts";
import { useWriteAheadLog } from "./write-ahead.ts";

/** An open database. Everything on it is synchronous; nothing may be awaited inside a transaction. */
export interface Store {
  readonly sqlite: Database;
  readonly orm: BunSQLiteDatabase;
  readonly path: string;
  /**
   * The prepared statement of a text, made once and closed with the store: a statement that is left open keeps the
   * connection and its -wal file. Values are parameters, so that there are only as many texts as there are queries in
   * the source.
   */
  prepare<Row, Params extends SQLQueryBindings[]>(text: string): Statement<Row, Params>;
  /** Changes when another connection has committed, never by this one's own commits. About 2 µs. */
  dataVersion(): number;
  /** Throws `DatabaseChanged` when the file was removed, replaced or cut off since it was opened. About 5 µs. */
  refuseChanged(): void;
  close(): void;
}

export interface OpenOptions {
  /** Only reads; the file must be there and up to date. */
  readonly?: boolean;
  /** False: leaves the schema as it is. Default true. */
  migrate?: boolean;
}

/** How long to wait for another process's lock, in milliseconds. Nothing else is done meanwhile. */
export const busyTimeoutMs = 5_000;

/**
 * Opens the database, makes it when there is none, and brings its schema up to date (the file is copied first). Throws
 * `AppError("unavailable")` for a file that is not ours, newer than this program, damaged or not writable; such a file
 * is left as it is.
 */
export function openStore(path: string | ":memory:", options: OpenOptions = {}): Store {
  try {
    return openDatabase(path, options);
  } catch (error) {
    throw asUnavailable(error, path);
  }
}

/**
 * Runs `work` in one IMMEDIATE transaction: all of it is on disk when this returns, or none of it. Before and after, it
 * is checked that the file is still the one that was opened, so that a commit into another file is not taken for one.
 */
export function runTransaction<T>(store: Store, work: () => T): T {
  store.prepare("BEGIN IMMEDIATE").run();
  try {
    store.refuseChanged();
    const result = work();
    store.prepare("COMMIT").run();
    store.refuseChanged();
    return result;
  } catch (error) {
    // SQLite rolls back by itself after some errors (a full disk); a second rollback would hide the first error.
    if (store.sqlite.inTransaction) store.prepare("ROLLBACK").run();
    throw error;
  }
}

/**
 * Runs `work` like `runTransaction`, but without waiting for the disk. What it writes is seen by every process and
 * outlives all of them, but may be lost when the machine loses its power: it must mean nothing afterwards.
 */
export function runUnsyncedTransaction<T>(store: Store, work: () => T): T {
  store.sqlite.run("PRAGMA synchronous = NORMAL");
  try {
    return runTransaction(store, work);
  } finally {
    store.sqlite.run("PRAGMA synchronous = FULL");
  }
}

function openDatabase(path: string, options: OpenOptions): Store {
  const inMemory = path === ":memory:";
  if (!inMemory) prepareFile(path, options);
  const sqlite = new Database(
    path,
    options.readonly ? { readonly: true } : { readwrite: true, create: inMemory },
  );
  try {
    configure(sqlite, options.readonly ?? false);
    refuseNewer(sqlite, path);
    if (options.migrate !== false) bringUpToDate(sqlite, path, options.readonly ?? false);
    sqlite.run("PRAGMA foreign_keys = ON");
    return asStore(sqlite, path, inMemory ? null : watchFile(path));
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

function prepareFile(path: string, options: OpenOptions): void {
  if (existsSync(path)) {
    refuseForeignFile(path);
    if (!options.readonly) narrowPermissions(path);
    return;
  }
  if (options.readonly) throw new AppError("unavailable", `there is no database at "${path}" yet`);
  createDatabaseFile(path);
}

/** SQLite gives -wal and -shm the mode of the main file, but only when it makes them. */
function narrowPermissions(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    if (existsSync(file)) chmodSync(file, 0o600);
  }
}

function configure(sqlite: Database, readonly: boolean): void {
  // This comes first, because the other pragmas may have to wait for a lock themselves.
  setBusyTimeout(sqlite, busyTimeoutMs);
  if (!readonly) useWriteAheadLog(sqlite, busyTimeoutMs);
  sqlite.run("PRAGMA synchronous = FULL");
}

/** Sets how long locks are waited for; `busyTimeoutMs` at first. */
export function setBusyTimeout(sqlite: Database, ms: number): void {
  sqlite.run(`PRAGMA busy_timeout = ${Math.round(ms)}`);
}

function bringUpToDate(sqlite: Database, path: string, readonly: boolean): void {
  const version = userVersion(sqlite);
  if (version === migrations.length) return;
  if (readonly) {
    throw new AppError(
      "unavailable",
      `the database "${path}" has schema ${version} and this program needs ${migrations.length}. ` +
        'run any skillmeat command that writes, such as "skillmeat workflow list"',
    );
  }
  migrate(sqlite, path, migrations);
}

function userVersion(sqlite: Database): number {
  return sqlite.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
}

function asStore(sqlite: Database, path: string, watch: FileWatch | null): Store {
  const statements = new Map<string, Statement>();
  const prepare = <Row, Params extends SQLQueryBindings[]>(text: string): Statement<Row, Params> => {
    let statement = statements.get(text);
    if (!statement) statements.set(text, (statement = sqlite.prepare(text)));
    return statement as Statement<Row, Params>;
  };
  const dataVersion = prepare<{ data_version: number }, []>("PRAGMA data_version");
  const pageCount = (): number =>
    prepare<{ page_count: number }, []>("PRAGMA page_count").get()?.page_count ?? 0;
  let orm: BunSQLiteDatabase | null = null;
  let changed: DatabaseChanged | null = null;
  return {
    sqlite,
    path,
    prepare,
    get orm(): BunSQLiteDatabase {
      return (orm ??= drizzle(sqlite));
    },
    dataVersion: () => dataVersion.get()?.data_version ?? 0,
    refuseChanged: () => {
      if (watch && !changed) changed = changeOf(watch, path, pageCount);
      if (changed) throw changed;
    },
    close: () => {
      for (const statement of statements.values()) statement.finalize();
      statements.clear();
      if (changed) return void leftOpen.push(sqlite);
      sqlite.close();
      watch?.close();
    },
  };
}

/**
 * Connections whose file is no longer theirs. Closing one would write its log into whatever file has the name now and
 * remove that file's log, so they stay open until the process ends.
 */
const leftOpen: Database[] = [];
