import { closeSync, openSync, writeSync } from "node:fs";
import { openLiveDatabase } from "./open-live-database.ts";

/** Overwrites the first page of a table, like a bad disk: every query for its rows fails from now on. */
export function damageTable(file: string, table: string): void {
  const database = openLiveDatabase(file);
  // After this all data is in the file itself, and none is read from the write-ahead log.
  database.run("PRAGMA wal_checkpoint(TRUNCATE)");
  const { size } = database.query("SELECT page_size AS size FROM pragma_page_size").get() as { size: number };
  const { page } = database.query("SELECT rootpage AS page FROM sqlite_schema WHERE name = ?").get(table) as {
    page: number;
  };
  const descriptor = openSync(file, "r+");
  writeSync(descriptor, Buffer.alloc(size, 0xff), 0, size, (page - 1) * size);
  closeSync(descriptor);
  // A commit by another connection makes every process read its pages again.
  database.run("CREATE TABLE noise (sound)");
  database.close();
}
