import { Database } from "bun:sqlite";

const patienceMs = 60_000;

/** Opens a database that a running program uses too, and waits while that one writes. */
export function openLiveDatabase(file: string): Database {
  const database = new Database(file);
  database.run(`PRAGMA busy_timeout = ${patienceMs}`);
  return database;
}
