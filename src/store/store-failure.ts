import { SQLiteError } from "bun:sqlite";
import { AppError } from "../errors.ts";

/** Thrown when the files of an open database were removed, replaced or cut off: what is written there now is lost. */
export class DatabaseChanged extends AppError {
  constructor(message: string) {
    super("unavailable", message);
    this.name = "DatabaseChanged";
  }
}

/**
 * The kind of a database error. `fatal`: the disk or the file failed, and nothing may be accepted any more (after a
 * failed fsync SQLite takes the next commit as if nothing had happened). `busy`: another process held the lock for
 * longer than the timeout; `full`: the disk has no room; in both cases nothing was written and it may be tried again.
 * Null: another kind of error.
 */
export function storeFailure(error: unknown): "fatal" | "busy" | "full" | null {
  if (error instanceof DatabaseChanged) return "fatal";
  if (!(error instanceof SQLiteError)) return null;
  const code = error.code ?? "";
  if (busyCodes.test(code)) return "busy";
  if (fullCodes.test(code)) return "full";
  return fatalCodes.test(code) || lacksSchema(error) ? "fatal" : null;
}

/**
 * The statements are ours and the schema's version was checked, so somebody has removed from the file what they name.
 */
export function lacksSchema(error: SQLiteError): boolean {
  return error.code === "SQLITE_ERROR" && /^no such (table|column): /.test(error.message);
}

/** True when the file or its disk is broken, whichever process found out: nothing more may be written there. */
export function isDamage(error: unknown): boolean {
  if (error instanceof DatabaseChanged) return true;
  if (!(error instanceof SQLiteError) || storeFailure(error) === "full") return false;
  return /^SQLITE_(IOERR|CORRUPT|NOTADB)(_|$)/.test(error.code ?? "");
}

/**
 * True when a row is refused for its content (a key that is taken, a reference to nothing), not because of the disk.
 */
export function isRefusal(error: unknown): boolean {
  return error instanceof SQLiteError && /^SQLITE_CONSTRAINT(_|$)/.test(error.code ?? "");
}

const busyCodes = /^SQLITE_(BUSY|LOCKED)(_|$)/;
// The index of the write-ahead log is a file too, with its own error code for a disk without room.
const fullCodes = /^SQLITE_(FULL|IOERR_SHMSIZE)(_|$)/;
const fatalCodes = /^SQLITE_(IOERR|CORRUPT|NOTADB|READONLY|CANTOPEN|PROTOCOL)(_|$)/;
