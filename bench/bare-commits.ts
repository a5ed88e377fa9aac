import { Database } from "bun:sqlite";
import { statSync } from "node:fs";
import { join } from "node:path";
import { median } from "./measure.ts";

const rounds = 8;
const perRound = 50;

/** Durable commits that only write one row of a given size. */
export interface BareCommits {
  /** Milliseconds for one commit: the median of some rounds, after one that lets the disk settle. */
  ms(): number;
  close(): void;
}

/** Measures the speed of the disk: SQLite with the engine's settings and none of our code. */
export function openBareCommits(folder: string, bytes: number): BareCommits {
  const database = new Database(join(folder, "bare.db"), { create: true });
  database.run("PRAGMA journal_mode = WAL");
  database.run("PRAGMA synchronous = FULL");
  database.run("CREATE TABLE bare (id INTEGER PRIMARY KEY, content BLOB)");
  const insert = database.prepare("INSERT INTO bare (content) VALUES (?)");
  const content = new Uint8Array(Math.max(1, Math.round(bytes))).fill(97);
  const measureRound = (): number => {
    const started = performance.now();
    for (let done = 0; done < perRound; done++) insert.run(content);
    return (performance.now() - started) / perRound;
  };
  return {
    ms: () => {
      measureRound();
      return median(Array.from({ length: rounds }, measureRound));
    },
    close: () => database.close(),
  };
}

/** The size of a database file in bytes. Data in its write-ahead log counts only after a checkpoint. */
export function databaseBytes(path: string): number {
  return statSync(path).size;
}
