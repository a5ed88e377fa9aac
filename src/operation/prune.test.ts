import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aNewExecution } from "../testing/an-execution.ts";
import { aRepository, gitIn, worktreesOf } from "../testing/a-repository.ts";
import { openStore, runTransaction, type Store } from "../store/database.ts";
import { registerHolder } from "../store/leases.ts";
import { openForPruning, takeOutExecution } from "../store/prune.ts";
import { commitTransitions } from "../store/transitions.ts";
import { pruneExecutions, type PruneReport } from "./prune.ts";

const root = mkdtempSync(join(tmpdir(), "prune-operation-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const at = "2026-01-01T00:00:00.000Z";
const env = { PATH: process.env["PATH"] ?? "" };

interface Home {
  home: string;
  database: string;
  store: Store;
  put(runId: string, day: number): void;
  prune(options?: { dryRun?: boolean; keep?: number }): Promise<PruneReport>;
}

function aHome(): Home {
  const home = mkdtempSync(join(root, "h-"));
  const database = join(home, "workflows.db");
  const store = openStore(database);
  registerHolder(store, { id: "h", pid: 1, process_start: "1", boot_id: "b", kind: "run", heartbeat_at: at });
  return {
    home,
    database,
    store,
    put: (run_id, day) => {
      const time = `2026-01-0${day}T00:00:00.000Z`;
      const execution = { run_id, status: "completed", started_at: time, completed_at: time } as const;
      commitTransitions(store, { holder_id: "h", created: [aNewExecution({ execution })], updated: [] });
      const insert = "INSERT INTO log_lines VALUES (?, ?, 's', 1, ?, 'stdout', ?)";
      runTransaction(store, () => {
        for (let seq = 1000; seq < 3000; seq++) store.prepare(insert).run(run_id, seq, at, "x".repeat(500));
      });
    },
    prune: ({ dryRun = false, keep = 1 } = {}) =>
      pruneExecutions({ database, home, rule: { endedBefore: null, keep }, scope: null, dryRun, env }),
  };
}

/** A worktree as a stage of an execution leaves it. */
function aWorktree({ home }: Home, repository: string, name: string): string {
  const dir = join(home, "worktrees", "old", name);
  mkdirSync(join(home, "worktrees", "old"), { recursive: true });
  gitIn(repository, "worktree", "add", "--quiet", "--detach", dir);
  const base = gitIn(repository, "rev-parse", "HEAD");
  writeFileSync(`${dir}.json`, JSON.stringify({ base, prefix: "", workdir: repository }));
  return dir;
}

function ids(store: Store): unknown[] {
  return store.sqlite.query("SELECT id FROM workflow_executions ORDER BY id").values().flat();
}

function leftRows(store: Store): unknown {
  return store.sqlite
    .query(
      "SELECT (SELECT count(*) FROM log_lines) AS lines, (SELECT count(*) FROM pruned_executions) AS marks",
    )
    .get();
}

describe("prune", () => {
  test("removes what the rule lets go, with log and folder, and tells how much is free", async () => {
    const given = aHome();
    given.put("old", 1);
    given.put("new", 2);
    mkdirSync(join(given.home, "attempts", "old", "s.1"), { recursive: true });
    writeFileSync(join(given.home, "attempts", "old", "s.1", "core"), "x".repeat(5000));
    const expected = await given.prune({ dryRun: true });
    expect(expected).toMatchObject({ dry_run: true, executions: ["old"], left: [] });
    expect(expected.freed_bytes).toBeGreaterThan(1_000_000);
    expect(ids(given.store)).toEqual(["new", "old"]);
    const report = await given.prune();
    expect(report).toMatchObject({ dry_run: false, executions: ["old"], left: [] });
    expect(report.freed_bytes).toBeGreaterThan(1_000_000);
    expect(ids(given.store)).toEqual(["new"]);
    expect(leftRows(given.store)).toEqual({ lines: 2000, marks: 0 });
    expect(given.store.sqlite.query("PRAGMA freelist_count").get()).toEqual({ freelist_count: 0 });
    expect(existsSync(join(given.home, "attempts", "old"))).toBe(false);
    given.store.close();
  });

  test("clears away what a killed one has left", async () => {
    const given = aHome();
    given.put("old", 1);
    given.put("new", 2);
    const killed = openForPruning(given.database);
    takeOutExecution(killed, "old");
    killed.close();
    expect(ids(given.store)).toEqual(["new"]);
    const report = await given.prune();
    expect(report.executions).toEqual([]);
    expect(leftRows(given.store)).toEqual({ lines: 2000, marks: 0 });
    given.store.close();
  });

  test("two at once remove each execution once", async () => {
    const given = aHome();
    for (const [index, id] of ["a", "b", "c", "d"].entries()) given.put(id, index + 1);
    const reports = await Promise.all([given.prune(), given.prune()]);
    expect(reports.flatMap(({ executions }) => executions).toSorted()).toEqual(["a", "b", "c"]);
    expect(leftRows(given.store)).toEqual({ lines: 2000, marks: 0 });
    given.store.close();
  });

  test("takes worktrees away that hold nothing of their own, and names the others", async () => {
    const given = aHome();
    given.put("old", 1);
    given.put("new", 2);
    const repository = mkdtempSync(join(root, "r-"));
    aRepository(repository);
    const worktree = (name: string): string => aWorktree(given, repository, name);
    const [untouched, changed, committed, merged] = ["untouched", "changed", "committed", "merged"].map(
      worktree,
    );
    writeFileSync(join(changed ?? "", "new"), "");
    for (const folder of [committed ?? "", merged ?? ""]) {
      writeFileSync(join(folder, "tracked"), folder);
      gitIn(folder, "commit", "--quiet", "--all", "--message", "Work");
    }
    gitIn(repository, "branch", "kept", gitIn(merged ?? "", "rev-parse", "HEAD"));
    const { left } = await given.prune();
    expect(left).toEqual([
      { path: changed ?? "", reason: "it has uncommitted changes" },
      { path: committed ?? "", reason: "it has commits that no branch holds" },
    ]);
    expect(worktreesOf(repository).slice(1).toSorted()).toEqual([changed ?? "", committed ?? ""].toSorted());
    expect([existsSync(untouched ?? ""), existsSync(merged ?? "")]).toEqual([false, false]);
    given.store.close();
  });
});
