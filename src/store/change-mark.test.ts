import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changeMark } from "./change-mark.ts";
import { openStore, runTransaction } from "./database.ts";

test("the mark differs after every commit, whoever made it, and stays while nothing happens", () => {
  const folder = mkdtempSync(join(tmpdir(), "mark-"));
  const store = openStore(join(folder, "workflows.db"));
  const other = openStore(store.path);
  const insert = "INSERT INTO idempotency_keys VALUES ('s', ?, 'h', 'r', '')";
  const first = changeMark(store);
  expect(changeMark(store)).toBe(first);
  runTransaction(store, () => store.sqlite.run(insert, ["a"]));
  const second = changeMark(store);
  expect(second).not.toBe(first);
  runTransaction(other, () => other.sqlite.run(insert, ["b"]));
  const third = changeMark(store);
  expect(third).not.toBe(second);
  runTransaction(store, () => store.sqlite.run("DELETE FROM idempotency_keys"));
  expect(changeMark(store)).not.toBe(third);
  other.close();
  store.close();
  rmSync(folder, { recursive: true });
});
