import { SQLiteError } from "bun:sqlite";
import { AppError } from "../errors.ts";
import { lacksSchema, storeFailure } from "./store-failure.ts";

/** Turns an error of the database into `AppError("unavailable")` with the way out; returns any other error as it is. */
export function asUnavailable(error: unknown, path: string): unknown {
  if (error instanceof AppError) return error;
  if (error instanceof SQLiteError && storeFailure(error) !== null) {
    return new AppError("unavailable", `the database "${path}" cannot be used: ${troubleOf(error)}`);
  }
  if (isFileError(error)) {
    return new AppError(
      "unavailable",
      `the database "${path}" cannot be used (${error.code}). ` +
        "make its folder writable, or give another with --data-dir",
    );
  }
  return error;
}

function troubleOf(error: SQLiteError): string {
  const code = error.code ?? "";
  if (/BUSY|LOCKED/.test(code)) return "another process keeps it locked. end that process, or try again";
  if (/CORRUPT|NOTADB/.test(code) || lacksSchema(error)) {
    return `it is damaged (${error.message}). put a backup in its place, or move it away to start with an empty one`;
  }
  if (/FULL/.test(code)) return "the disk is full. make room and try again";
  if (/READONLY|CANTOPEN/.test(code)) {
    return `it is not writable (${error.message}). make it and its folder writable, or give another with --data-dir`;
  }
  return `${error.message} (${code}). check the disk`;
}

function isFileError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && !(error instanceof SQLiteError) && "syscall" in error && "code" in error;
}
