import { Database } from "bun:sqlite";

const patienceMs = 60_000;

/** Opens a database that a running process uses too. It waits while that process writes. */
export function openLiveDatabase(file: string): Database {
  const database = new Database(file);
  database.run(`PRAGMA busy_timeout = ${patienceMs}`);
  return database;
}
