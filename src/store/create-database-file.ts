import { Database } from "bun:sqlite";
import { chmodSync, linkSync, mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { applicationId } from "./file-identity.ts";
import { logAt, setAsideLog } from "./file-watch.ts";
import { migrate } from "./migrate.ts";
import { migrations } from "./migrations.ts";

/**
 * Makes a new database, 0600, and gives it its name only when it is whole: a crash leaves no half-made file (an empty
 * one would be refused at the next start), and of two processes that begin together one wins and both open the same
 * file.
 */
export function createDatabaseFile(path: string): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // The log of a database that was removed. A process that makes the new database at the same time has another log.
  const left = logAt(path);
  const draft = `${path}.new-${process.pid}-${Bun.randomUUIDv7()}`;
  try {
    writeNew(draft);
    if (left) setAsideLog(path, left);
    giveName(draft, path);
  } finally {
    rmSync(draft, { force: true });
    rmSync(`${draft}-journal`, { force: true });
  }
}

function writeNew(draft: string): void {
  const before = process.umask(0o077);
  try {
    const sqlite = new Database(draft, { create: true, readwrite: true });
    try {
      sqlite.run(`PRAGMA application_id = ${applicationId}`);
      // Set before the first table is made: later it would take a rewrite of the whole file.
      sqlite.run("PRAGMA auto_vacuum = INCREMENTAL");
      migrate(sqlite, draft, migrations);
    } finally {
      sqlite.close();
    }
    chmodSync(draft, 0o600);
  } finally {
    process.umask(before);
  }
}

/** A link is used because a rename would replace what another process has put there meanwhile. */
function giveName(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
