import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aDefinition } from "../testing/a-definition.ts";
import { aNewExecution } from "../testing/an-execution.ts";
import { openStore, type Store } from "./database.ts";
import { registerHolder } from "./leases.ts";
import {
  bytesHeld,
  deleteRecords,
  forgetTakenOut,
  openForPruning,
  pages,
  prunableExecutions,
  shrink,
  listTakenOut,
  takeOutExecution,
  type PruneScope,
  type RetentionRule,
} from "./prune.ts";
import { migrate } from "./migrate.ts";
import { migrations } from "./migrations.ts";
import { commitTransitions } from "./transitions.ts";
import { createWorkflow } from "./workflows.ts";

const root = mkdtempSync(join(tmpdir(), "prune-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const at = "2026-01-01T00:00:00.000Z";
const anyAge: RetentionRule = { endedBefore: null, keep: null };

function aStore(): Store {
  const path = join(mkdtempSync(join(root, "d-")), "workflows.db");
  openStore(path).close();
  const store = openForPruning(path);
  registerHolder(store, { id: "h", pid: 1, process_start: "1", boot_id: "b", kind: "run", heartbeat_at: at });
  return store;
}

interface RunOptions {
  slug?: string;
  workflowId?: string | null;
  status?: "completed" | "running";
  /** The day of January 2026 on which it started, and ended. */
  day: number;
}

function put(store: Store, runId: string, given: RunOptions): void {
  commitTransitions(store, { holder_id: "h", created: [run(runId, given)], updated: [] });
}

function run(runId: string, { slug = "ship", workflowId = null, status, day }: RunOptions) {
  const time = `2026-01-${String(day).padStart(2, "0")}T00:00:00.000Z`;
  const execution = {
    run_id: runId,
    workflow_id: workflowId,
    workflow_slug: slug,
    status: status ?? "completed",
    started_at: time,
    completed_at: status === "running" ? null : time,
  };
  return aNewExecution({ execution });
}

function chosen(store: Store, rule: Partial<RetentionRule>, scope: PruneScope | null = null): string[] {
  return [...prunableExecutions(store, { ...anyAge, ...rule }, scope)].flat().map(({ run_id }) => run_id);
}

function count(store: Store, table: string): unknown {
  return Object.values(store.sqlite.query(`SELECT count(*) FROM ${table}`).get() ?? {})[0];
}

describe("what a rule lets go", () => {
  test.each([
    [{ endedBefore: "2026-01-03T00:00:00.000Z" }, ["b", "a"]],
    [{ keep: 2 }, ["b", "a"]],
    [{ keep: 3, endedBefore: "2026-01-03T00:00:00.000Z" }, ["a"]],
    [{ keep: 1, endedBefore: "2026-01-02T00:00:00.000Z" }, ["a"]],
    [{ keep: 9 }, []],
    [{ endedBefore: "2027-01-01T00:00:00.000Z" }, ["c", "b", "a"]],
  ] as [Partial<RetentionRule>, string[]][])("%p of four, a day each: %p", (rule, gone) => {
    const store = aStore();
    ["a", "b", "c", "d"].forEach((id, index) => put(store, id, { day: index + 1 }));
    expect(chosen(store, rule)).toEqual(gone);
    store.close();
  });

  test("live ones stay, and count among the newest", () => {
    const store = aStore();
    put(store, "old", { day: 1 });
    put(store, "live", { day: 2, status: "running" });
    put(store, "new", { day: 3 });
    expect(chosen(store, { keep: 1 })).toEqual(["old"]);
    expect(chosen(store, { keep: 2 })).toEqual(["old"]);
    store.close();
  });

  test("each workflow keeps its own newest: stored ones by id, files by what they are called", () => {
    const store = aStore();
    const definition = { text: "text", hash: "hash", effective: aDefinition() };
    createWorkflow(store, { id: "w", definition, status: "draft", created_by: null, file: null, at });
    put(store, "stored-1", { day: 1, workflowId: "w" });
    put(store, "stored-2", { day: 2, workflowId: "w", slug: "renamed" });
    put(store, "file-1", { day: 3 });
    put(store, "file-2", { day: 4 });
    put(store, "other", { day: 1, slug: "other" });
    expect(chosen(store, { keep: 1 }).toSorted()).toEqual(["file-1", "stored-1"]);
    expect(chosen(store, { keep: 1 }, { workflow_id: "w", slug: null })).toEqual(["stored-1"]);
    expect(chosen(store, { keep: 1 }, { workflow_id: null, slug: "ship" })).toEqual(["file-1"]);
    store.close();
  });

  test("a thousand executions of one instant are each looked at once", () => {
    const store = aStore();
    const created = Array.from({ length: 1200 }, (_, index) => run(`r${index}`, { day: 1 }));
    commitTransitions(store, { holder_id: "h", created, updated: [] });
    expect(new Set(chosen(store, { keep: 1 })).size).toBe(1199);
    store.close();
  });
});

describe("taking an execution out", () => {
  test("leaves no row of it but its events and log, which go in slices; a snapshot goes with its last user", () => {
    const store = aStore();
    put(store, "a", { day: 1 });
    put(store, "b", { day: 2 });
    store.sqlite.run(
      "INSERT INTO log_lines (execution_id, seq, stage_id, attempt, at, stream, text) VALUES ('a', 90, 's', 1, ?, 'stdout', 'x')",
      [at],
    );
    const events = Number(count(store, "events"));
    expect(bytesHeld(store, "a")).toBeGreaterThan(0);
    expect(takeOutExecution(store, "a")).toBe(true);
    expect(takeOutExecution(store, "a")).toBe(false);
    expect(listTakenOut(store)).toEqual(["a"]);
    expect([count(store, "workflow_executions"), count(store, "execution_snapshots")]).toEqual([1, 1]);
    expect([count(store, "events"), count(store, "log_lines")]).toEqual([events, 1]);
    for (let more = true; more;) more = deleteRecords(store, "a", 1);
    forgetTakenOut(store, "a");
    expect(count(store, "log_lines")).toBe(0);
    expect(store.sqlite.query("SELECT * FROM events WHERE execution_id = 'a'").all()).toEqual([]);
    expect(takeOutExecution(store, "b")).toBe(true);
    expect(count(store, "execution_snapshots")).toBe(0);
    store.close();
  });

  test("knows every table that refers to executions", () => {
    const store = aStore();
    put(store, "a", { day: 1 });
    takeOutExecution(store, "a");
    for (let more = true; more;) more = deleteRecords(store, "a", 100);
    expect(store.sqlite.query("PRAGMA foreign_key_check").all()).toEqual([]);
    const tables = store.sqlite
      .query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .all();
    const referring = tables.filter(({ name }) =>
      store.sqlite
        .query<{ table: string }, []>(`PRAGMA foreign_key_list(${name})`)
        .all()
        .some(({ table }) => table === "workflow_executions"),
    );
    expect(referring.map(({ name }) => name)).toEqual([
      "events",
      "execution_steps",
      "leases",
      "log_lines",
      "signals",
    ]);
    store.close();
  });

  test("refuses one that has not ended", () => {
    const store = aStore();
    put(store, "live", { day: 1, status: "running" });
    expect(takeOutExecution(store, "live")).toBe(false);
    expect(listTakenOut(store)).toEqual([]);
    store.close();
  });

  test("what it has left does not stand in the way of a migration, back or forward", () => {
    const store = aStore();
    put(store, "a", { day: 1 });
    takeOutExecution(store, "a");
    const next = [...migrations, { name: "next", up: "SELECT 1", down: "SELECT 1" }];
    migrate(store.sqlite, store.path, next);
    expect(store.sqlite.query("SELECT * FROM events WHERE execution_id = 'a'").all()).toEqual([]);
    put(store, "b", { day: 1 });
    takeOutExecution(store, "b");
    migrate(store.sqlite, store.path, next, 0);
    store.close();
  });
});

describe("the file", () => {
  test("shrinks by what is given back", () => {
    const store = aStore();
    const fill = store.sqlite.prepare(
      "INSERT INTO idempotency_keys (scope, key, request_hash, run_id, created_at) VALUES ('s', ?, ?, 'r', '')",
    );
    for (let index = 0; index < 200; index++) fill.run(String(index), "x".repeat(10_000));
    store.sqlite.run("PRAGMA wal_checkpoint(TRUNCATE)");
    const full = statSync(store.path).size;
    store.sqlite.run("DELETE FROM idempotency_keys");
    const { free } = pages(store);
    expect(free).toBeGreaterThan(400);
    expect(shrink(store, 100)).toBe(100);
    expect(shrink(store, 10_000)).toBe(free - 100);
    expect(shrink(store, 10_000)).toBe(0);
    store.sqlite.run("PRAGMA wal_checkpoint(TRUNCATE)");
    expect(statSync(store.path).size).toBeLessThan(full - 400 * 4096);
    store.close();
  });

  test("of an earlier version can shrink after its migration", () => {
    const store = aStore();
    migrate(store.sqlite, store.path, migrations, 4);
    store.sqlite.run("PRAGMA auto_vacuum = 0");
    store.sqlite.run("VACUUM");
    expect(store.sqlite.query("PRAGMA auto_vacuum").get()).toEqual({ auto_vacuum: 0 });
    migrate(store.sqlite, store.path, migrations);
    expect(store.sqlite.query("PRAGMA auto_vacuum").get()).toEqual({ auto_vacuum: 2 });
    store.close();
  });
});
