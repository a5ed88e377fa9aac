import { expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore, type Store } from "../store/database.ts";
import { anEngine } from "../testing/an-engine.ts";

const waiting = `workflow: {id: w, name: W}
stages: [{id: ask, type: gate, gate: {timeout: 1h}}]`;
const count = 450;

/** A database with executions at gates, whose engine is gone; their ids. */
async function leftWaiting(folder: string): Promise<{ path: string; runIds: string[] }> {
  const first = await anEngine();
  const runIds = await Promise.all(Array.from({ length: count }, () => first.start(waiting)));
  const path = join(folder, "workflows.db");
  writeFileSync(path, first.store.sqlite.serialize());
  await first.engine.stop("leave");
  const left = openStore(path);
  left.sqlite.run("DELETE FROM holders");
  left.close();
  return { path, runIds };
}

function heldLeases(store: Store): number {
  return store.sqlite.query<{ n: number }, []>("SELECT count(*) AS n FROM leases").get()?.n ?? 0;
}

test("hundreds of executions are taken over in groups, and others have their turn in between", async () => {
  const folder = mkdtempSync(join(tmpdir(), "recover-all-"));
  const { path, runIds } = await leftWaiting(folder);
  const next = await anEngine(undefined, { store: openStore(path) });
  const seen = new Set<number>();
  const recovering = next.engine.recover();
  const again = next.engine.recover();
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      seen.add(heldLeases(next.store));
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const taken = await recovering;
  over.abort();
  await watching;
  expect(taken.toSorted()).toEqual(runIds.toSorted());
  expect(await again).toEqual(taken);
  expect(heldLeases(next.store)).toBe(count);
  expect([...seen].filter((held) => held > 0 && held < count)).not.toEqual([]);
  expect(await next.engine.recover()).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

test("a database that another process keeps locked is waited for, and the rest is taken over", async () => {
  const folder = mkdtempSync(join(tmpdir(), "recover-all-"));
  const { path, runIds } = await leftWaiting(folder);
  const next = await anEngine(undefined, { store: openStore(path) });
  next.store.sqlite.run("PRAGMA busy_timeout = 0");
  const other = new Database(path);
  other.run("BEGIN IMMEDIATE");
  const recovering = next.engine.recover();
  await new Promise((resolve) => setImmediate(resolve));
  expect(heldLeases(next.store)).toBe(0);
  other.run("COMMIT");
  other.close();
  expect((await recovering).toSorted()).toEqual(runIds.toSorted());
  rmSync(folder, { recursive: true, force: true });
});

test("an execution whose lease another process took and gave back is read anew, and goes on", async () => {
  const { engine, store, start, until, statuses } = await anEngine();
  const runId = await start(waiting);
  await until(() => statuses(runId)["ask"] === "waiting_for_approval");
  store.sqlite.run("DELETE FROM leases WHERE execution_id = ?", [runId]);
  expect(await engine.recover()).toEqual([runId]);
  expect(heldLeases(store)).toBe(1);
  await engine.signal(runId, { type: "approve", stage_id: "ask", actor: "ann", comment: null });
  await engine.ended(runId);
  expect(statuses(runId)).toEqual({ ask: "completed" });
});
