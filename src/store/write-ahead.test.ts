import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useWriteAheadLog } from "./write-ahead.ts";

let folder: string;
let writer: Database;
let opened: Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "skillmeat-wal-"));
  writer = new Database(join(folder, "workflows.db"));
  writer.run("CREATE TABLE facts (name text)");
  opened = new Database(join(folder, "workflows.db"));
  writer.run("BEGIN IMMEDIATE");
});
afterEach(() => {
  writer.close();
  opened.close();
  rmSync(folder, { recursive: true });
});

const mode = (): unknown => opened.query("PRAGMA journal_mode").get();

test("a process that opens a copy while another one writes waits for it", () => {
  const waiting = {
    run: (sql: string) => {
      if (sql === "BEGIN IMMEDIATE") writer.run("COMMIT");
      return opened.run(sql);
    },
  };
  useWriteAheadLog(waiting, 60_000);
  expect(mode()).toEqual({ journal_mode: "wal" });
});

test("a copy that stays locked is told to be locked", () => {
  expect(() => useWriteAheadLog(opened, 0)).toThrow("database is locked");
  writer.run("COMMIT");
  expect(mode()).toEqual({ journal_mode: "delete" });
});
