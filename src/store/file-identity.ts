import type { Database } from "bun:sqlite";
import { closeSync, openSync, readSync } from "node:fs";
import { AppError } from "../errors.ts";
import { migrations } from "./migrations.ts";

/** "SKMT", the application id in the file's header, which says that the database is skillmeat's. */
export const applicationId = 0x534b4d54;

const magic = "SQLite format 3\0";
const headerBytes = 100;
const applicationIdAt = 68;

/**
 * Refuses a file that is not a skillmeat database. Only the header is read, because opening the file with SQLite could
 * already change it (SQLite applies a left-over journal). Our files have the application id before they get their name.
 */
export function refuseForeignFile(path: string): void {
  const header = Buffer.alloc(headerBytes);
  const file = openSync(path, "r");
  let read: number;
  try {
    read = readSync(file, header, 0, headerBytes, 0);
  } finally {
    closeSync(file);
  }
  if (read === 0) {
    throw new AppError(
      "unavailable",
      `the database "${path}" is empty. put a backup in its place, or remove it to start with an empty one`,
    );
  }
  if (read < headerBytes || header.toString("latin1", 0, magic.length) !== magic) {
    throw new AppError(
      "unavailable",
      `"${path}" is not a database. move it away, put a backup in its place, or give another folder with --data-dir`,
    );
  }
  if (header.readUInt32BE(applicationIdAt) !== applicationId) {
    throw new AppError(
      "unavailable",
      `"${path}" is the database of another program. move it away, or give another folder with --data-dir`,
    );
  }
}

/** Refuses a database whose schema this program does not know yet. */
export function refuseNewer(sqlite: Database, path: string): void {
  const version = sqlite.query<{ user_version: number }, []>("PRAGMA user_version").get()?.user_version ?? 0;
  if (version <= migrations.length) return;
  throw new AppError(
    "unavailable",
    `the database "${path}" has schema ${version}, made by a newer skillmeat; this one knows ${migrations.length}. ` +
      "update skillmeat, or give another folder with --data-dir",
  );
}
