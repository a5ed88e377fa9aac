import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, readdirSync, renameSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyInto } from "../store/copy-database.ts";
import { openStore, setBusyTimeout, type Store } from "../store/database.ts";
import { listExecutions } from "../store/list-executions.ts";
import { anEngine, type TestEngine } from "../testing/an-engine.ts";

/** The database is taken away, changed, locked or filled up under an engine that runs. */

const folder = mkdtempSync(join(tmpdir(), "skillmeat-trouble-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
const agent = "roles: {primary: 'agent:x'}";
const text = `workflow: {id: w, name: W}
stages: [{id: a, ${agent}}]`;
const gated = `workflow: {id: w, name: W}
stages: [{id: ask, type: gate, gate: {}}]`;

/** What a server sets, so that nothing is waited for with the loop standing still. */
function aStore(): Store {
  const store = openStore(join(folder, `${++made}.db`));
  setBusyTimeout(store.sqlite, 0);
  return store;
}

function idsOf(store: Store): string[] {
  return listExecutions(store, { limit: 1000 }).items.map(({ run_id }) => run_id);
}

/** Ends enough executions that the database has taken its log in more than once. */
async function fillWith(engine: TestEngine, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at++) ids.push((await engine.run(text)).run_id);
  return ids;
}

/** What was planned for this turn of the loop, commits among it, is done. */
function aTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(() => setImmediate(resolve)));
  });
}

describe("a database that is", () => {
  const acts: [string, RegExp, (path: string, backup: string) => void][] = [
    ["removed", /was removed/, (path) => ["", "-wal", "-shm"].forEach((end) => rmSync(path + end))],
    ["removed without its log", /was removed/, (path) => rmSync(path)],
    ["robbed of its log", /was removed/, (path) => rmSync(`${path}-wal`)],
    ["replaced by a backup", /was replaced/, (path, backup) => renameSync(backup, path)],
    ["written over with a backup", /was replaced/, (path, backup) => copyFileSync(backup, path)],
    ["emptied", /was cut off/, (path) => truncateSync(path, 0)],
    ["cut off", /was cut off/, (path) => truncateSync(path, 9_000)],
  ];

  test.each(acts)("%s: nothing is acknowledged any more, and it says so", async (_what, said, act) => {
    const store = aStore();
    const engine = await anEngine(() => ({ ok: true }), { store });
    const before = await fillWith(engine, 3);
    const backup = `${store.path}.backup`;
    copyInto(store.sqlite, backup);
    await fillWith(engine, 60);
    store.sqlite.run("PRAGMA wal_checkpoint(PASSIVE)");

    act(store.path, backup);

    for (let tries = 0; tries < 3; tries++) await expect(engine.start(text)).rejects.toThrow(said);
    expect(engine.engine.trouble()).toMatchObject({ kind: "failed", message: expect.stringMatching(said) });
    await expect(engine.engine.failed).rejects.toThrow(/then restart skillmeat/);
    // Everything stays readable, from the file that is still open.
    expect(idsOf(store)).toEqual(expect.arrayContaining(before));
    await engine.engine.stop("leave");
    store.close();
    if (!/replaced/.test(said.source)) return;
    // Its own process still has the connection; the next one has only the file.
    copyFileSync(store.path, `${store.path}.next`);
    const restored = openStore(`${store.path}.next`);
    expect(idsOf(restored).toSorted()).toEqual(before.toSorted());
    expect(restored.sqlite.query("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    restored.close();
  });

  test.each(acts)(
    "%s is told to whoever asks next, before the engine looks again",
    async (_what, said, act) => {
      const store = aStore();
      const engine = await anEngine(() => ({ ok: true }), { store });
      await fillWith(engine, 3);
      const backup = `${store.path}.backup`;
      copyInto(store.sqlite, backup);
      await fillWith(engine, 60);
      store.sqlite.run("PRAGMA wal_checkpoint(PASSIVE)");
      expect(engine.engine.trouble()).toBeNull();
      act(store.path, backup);
      expect(engine.engine.trouble()).toMatchObject({ kind: "failed", message: expect.stringMatching(said) });
      await engine.engine.stop("leave");
      store.close();
    },
  );

  test("made anew in the place of one whose log was left begins empty", async () => {
    const store = aStore();
    const engine = await anEngine(() => ({ ok: true }), { store });
    await fillWith(engine, 2);
    rmSync(store.path);
    await expect(engine.start(text)).rejects.toThrow(/was removed/);
    const anew = openStore(store.path);
    expect(idsOf(anew)).toEqual([]);
    expect(anew.sqlite.query("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    anew.close();
    const name = store.path.slice(folder.length + 1);
    expect(readdirSync(folder).filter((file) => file.startsWith(`${name}-wal.left-`))).toHaveLength(1);
    store.close();
  });

  test("only shrunk by SQLite itself is no trouble", async () => {
    const store = aStore();
    const engine = await anEngine(() => ({ ok: true }), { store });
    await fillWith(engine, 60);
    store.sqlite.run("PRAGMA wal_checkpoint(PASSIVE)");
    const other = openStore(store.path);
    other.sqlite.run("PRAGMA foreign_keys = OFF");
    for (const table of ["events", "execution_steps", "workflow_executions"]) {
      other.sqlite.run(`DELETE FROM ${table}`);
    }
    other.sqlite.run("VACUUM");
    other.sqlite.run("PRAGMA wal_checkpoint(PASSIVE)");
    await fillWith(engine, 3);
    expect(engine.engine.trouble()).toBeNull();
    other.close();
    await engine.engine.stop("leave");
    store.close();
  });
});

describe("a disk that is full", () => {
  /** SQLite says the same when a database may not grow. */
  function fill({ sqlite }: Store): () => void {
    sqlite.run("PRAGMA wal_checkpoint(PASSIVE)");
    const { page_count: most } = sqlite.query("PRAGMA page_count").get() as { page_count: number };
    sqlite.run(`PRAGMA max_page_count = ${most}`);
    return () => void sqlite.run("PRAGMA max_page_count = 1073741823");
  }

  const wide = `workflow: {id: w, name: W, description: "${"x".repeat(20_000)}"}
stages: [{id: a, ${agent}}]`;

  test("refuses commands, leaves what runs alone, and goes on by itself", async () => {
    const store = aStore();
    const told: string[] = [];
    const engine = await anEngine(undefined, { store, tell: (message) => told.push(message) });
    const runId = await engine.start(text);
    const attempt = await engine.agents.running("a");
    const free = fill(store);

    await expect(engine.start(wide)).rejects.toThrow(/is full\. make room, and it continues by itself/);
    await expect(engine.start(wide)).rejects.toThrow(/is full/);
    await expect(engine.engine.signal(runId, { type: "pause" })).rejects.toThrow(/is full/);
    expect(engine.engine.trouble()?.kind).toBe("full");
    expect(engine.statuses(runId)).toEqual({ a: "running" });
    attempt.finish({ ok: true, outputs: { big: "y".repeat(50_000) } });
    await aTurn();
    expect(engine.statuses(runId)).toEqual({ a: "running" });

    free();
    while (engine.engine.trouble() !== null) engine.clock.advance(1_000);
    await engine.engine.ended(runId);
    expect(engine.statuses(runId)).toEqual({ a: "completed" });
    expect(idsOf(store)).toEqual([runId]);
    expect(told).toEqual([expect.stringMatching(/is full/), expect.stringMatching(/work continues/)]);
    await engine.engine.stop("leave");
    store.close();
  });

  test("writes nothing later of what another process took over meanwhile", async () => {
    const store = aStore();
    const engine = await anEngine(undefined, { store, kind: "serve" });
    await engine.engine.recover();
    const runId = await engine.start(gated);
    const free = fill(store);
    const comment = "x".repeat(50_000);
    const approve = { type: "approve", stage_id: "ask", actor: "ann", comment } as const;
    await expect(engine.engine.signal(runId, approve)).rejects.toThrow(/is full/);

    free();
    const other = new Database(store.path);
    other.run("DELETE FROM leases");
    while (other.query("SELECT * FROM leases").all().length === 0) await aTurn();
    other.close();
    while (engine.engine.trouble() !== null) engine.clock.advance(1_000);
    await aTurn();
    expect(engine.statuses(runId)).toEqual({ ask: "waiting_for_approval" });
    expect((await engine.engine.signal(runId, approve)).outcome).toBe("applied");
    expect(engine.statuses(runId)).toEqual({ ask: "completed" });
    await engine.engine.stop("leave");
    store.close();
  });
});

describe("a database that another process keeps locked", () => {
  test("refuses a start after seconds, begins nothing of it later, and goes on", async () => {
    const store = aStore();
    const engine = await anEngine(undefined, { store });
    const runId = await engine.start(gated);
    const other = new Database(store.path);
    other.run("BEGIN IMMEDIATE");

    const start = engine.start(text);
    const approval = engine.engine.signal(runId, {
      type: "approve",
      stage_id: "ask",
      actor: "ada",
      comment: null,
    });
    const told = Promise.allSettled([start, approval]);
    await aTurn();
    engine.clock.advance(5_000);
    expect(await told).toMatchObject(
      [0, 1].map(() => ({
        status: "rejected",
        reason: { message: expect.stringMatching(/locked\. end it/) },
      })),
    );
    await expect(engine.start(text)).rejects.toThrow(/locked/);

    other.run("COMMIT");
    other.close();
    while (engine.engine.trouble() !== null) engine.clock.advance(200);
    await engine.engine.ended(runId);
    expect(engine.statuses(runId)).toEqual({ ask: "completed" });
    expect(idsOf(store)).toEqual([runId]);
    await engine.engine.stop("leave");
    store.close();
  });

  test("answers what is asked of an execution whose end waits to be stored", async () => {
    const store = aStore();
    const engine = await anEngine(undefined, { store });
    const runId = await engine.start(gated);
    const other = new Database(store.path);
    other.run("BEGIN IMMEDIATE");
    const approve = { type: "approve", stage_id: "ask", actor: "ada", comment: null } as const;
    const approval = engine.engine.signal(runId, approve);
    await aTurn();
    const again = engine.engine.signal(runId, approve);
    const cancel = engine.engine.signal(runId, { type: "cancel", reason: null });
    await aTurn();

    other.run("COMMIT");
    other.close();
    engine.clock.advance(200);
    expect(await Promise.all([approval, again, cancel])).toMatchObject([
      { outcome: "applied" },
      { outcome: "unchanged" },
      { outcome: "refused", message: expect.stringContaining("completed") },
    ]);
    await engine.engine.stop("leave");
    store.close();
  });

  test("keeps no time from an attempt that it keeps from being taken up again", async () => {
    const store = aStore();
    const first = await anEngine(undefined, { store });
    const runId = await first.start(text);
    await first.agents.running("a");
    await first.engine.stop("leave");
    const next = await anEngine((_, how) => (how === "readopt" ? "unbegun" : undefined), { store });
    const other = new Database(store.path);
    const takingOver = next.engine.takeOver(runId);
    other.run("BEGIN IMMEDIATE");
    expect(await takingOver).toBe("taken");
    await aTurn();
    for (let minutes = 0; minutes < 90; minutes++) next.clock.advance(60_000);

    other.run("COMMIT");
    other.close();
    while (next.engine.trouble() !== null) next.clock.advance(200);
    await Promise.race([next.agents.running("a"), next.until(() => next.statuses(runId)["a"] !== "running")]);
    expect(next.statuses(runId)).toEqual({ a: "running" });
    (await next.agents.running("a")).finish({ ok: true });
    await next.engine.ended(runId);
    expect(next.statuses(runId)).toEqual({ a: "completed" });
    await next.engine.stop("leave");
    store.close();
  });
});
