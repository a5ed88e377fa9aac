import { closeSync, fstatSync, openSync, readSync, renameSync, statSync, type Stats } from "node:fs";

/** What was done to a database's files while they were open. */
export type FileTrouble = "gone" | "replaced" | "truncated";

/**
 * Compares the files of an open database with what was opened. SQLite itself goes on committing into a file that was
 * removed, replaced or cut off, and all it stores there is lost at the next start. A look takes about 5 µs.
 */
export interface FileWatch {
  /** `pageCount` is the database's size as SQLite knows it. Null: the files are as they were. */
  look(pageCount: () => number): FileTrouble | null;
  /**
   * Moves the opened database's own log to another name, because its name belongs to another file now; the new name, or
   * null.
   */
  setAsideLog(): string | null;
  /**
   * Call this after the connection was closed, because closing any handle of the file ends this process's locks on it.
   */
  close(): void;
}

export function watchFile(path: string): FileWatch {
  const file = openSync(path, "r");
  const opened = fstatSync(file);
  let known = wholePages(readHeader(file), opened.size);
  let wal: Stats | null = null;

  function lookAtContent(size: number, pageCount: () => number): FileTrouble | null {
    const header = readHeader(file);
    if (!header) return "truncated";
    const before = known ?? header;
    // A checkpoint writes the first page before the file has grown, so only the pages that were there before must be
    // there.
    if (size < Math.min(header.pages, before.pages) * header.pageSize) return "truncated";
    // The file was overwritten in place, as `cp` does: checkpoints never count back, and only SQLite itself frees
    // pages.
    if (header.counter < before.counter) return "replaced";
    if (header.pages < before.pages && pageCount() >= before.pages) return "replaced";
    if (size >= header.pages * header.pageSize) known = header;
    return null;
  }

  return {
    look: (pageCount) => {
      const main = statSync(path, { throwIfNoEntry: false });
      if (!main) return "gone";
      if (!isSame(main, opened)) return "replaced";
      const walNow = logAt(path);
      // The log stays for as long as some process has the database open.
      if (wal && (!walNow || !isSame(walNow, wal))) return walNow ? "replaced" : "gone";
      wal ??= walNow;
      return lookAtContent(main.size, pageCount);
    },
    setAsideLog: () => (wal ? setAsideLog(path, wal) : null),
    close: () => closeSync(file),
  };
}

/** The log at a database's place, whether or not there is a database; null when there is none. */
export function logAt(path: string): Stats | null {
  return statSync(`${path}-wal`, { throwIfNoEntry: false }) ?? null;
}

/**
 * Moves the log of a database that is gone out of the way; the new name, or null when the log is gone too. SQLite would
 * apply it to the next file that gets the database's name.
 */
export function setAsideLog(path: string, log: Stats): string | null {
  const now = logAt(path);
  if (!now || !isSame(now, log)) return null;
  const aside = `${path}-wal.left-${Bun.randomUUIDv7()}`;
  renameSync(`${path}-wal`, aside);
  return aside;
}

interface Header {
  pageSize: number;
  counter: number;
  pages: number;
}

const headerBytes = 100;

/** The fields of the file's header that differ between two states of the file; null when it has no header. */
function readHeader(file: number): Header | null {
  const bytes = Buffer.allocUnsafe(headerBytes);
  if (readSync(file, bytes, 0, headerBytes, 0) < headerBytes) return null;
  const size = bytes.readUInt16BE(16);
  return {
    pageSize: size === 1 ? 65_536 : size,
    counter: bytes.readUInt32BE(24),
    pages: bytes.readUInt32BE(28),
  };
}

/** A checkpoint that found the disk full has written the first page, but not all the pages it counts. */
function wholePages(header: Header | null, size: number): Header | null {
  return header && { ...header, pages: Math.min(header.pages, Math.floor(size / header.pageSize)) };
}

function isSame(a: Stats, b: Stats): boolean {
  return a.ino === b.ino && a.dev === b.dev;
}
