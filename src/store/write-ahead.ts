import type { Database } from "bun:sqlite";
import { storeFailure } from "./store-failure.ts";

/**
 * Turns the write-ahead log on, which a database has from its first opening on, but a copy of it has not. While another
 * process writes, SQLite refuses that at once, whatever timeout is set; only a transaction waits. Throws SQLite's error
 * when the database stays locked for `longestMs`.
 */
export function useWriteAheadLog(sqlite: Pick<Database, "run">, longestMs: number): void {
  const endMs = performance.now() + longestMs;
  for (;;) {
    try {
      sqlite.run("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      if (storeFailure(error) !== "busy" || performance.now() > endMs) throw error;
    }
    sqlite.run("BEGIN IMMEDIATE");
    sqlite.run("COMMIT");
  }
}
