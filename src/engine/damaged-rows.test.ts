import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LifecycleEntry } from "../execution/lifecycle.ts";
import { openStore } from "../store/database.ts";
import { openTestStore } from "../testing/open-test-store.ts";
import { postSignal, signalAnswer } from "../store/signals.ts";
import { anEngine } from "../testing/an-engine.ts";

/** Damaged rows under an engine: it goes on with everything else. */

const folder = mkdtempSync(join(tmpdir(), "skillmeat-damaged-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const gated = `workflow: {id: w, name: W}
stages: [{id: ask, type: gate, gate: {}}]`;
const at = "2026-01-02T03:04:05.006Z";

test("a damaged signal is refused and logged, and the next one is applied", async () => {
  const logged: LifecycleEntry[] = [];
  const store = openStore(join(folder, "signals.db"));
  const engine = await anEngine(undefined, { store, log: (entry) => logged.push(entry) });
  const runId = await engine.start(gated);
  const other = openStore(store.path);
  postSignal(other, { id: "broken", run_id: runId, signal: { type: "pause" }, created_at: at });
  other.sqlite.run("UPDATE signals SET signal_json = '{', answer_json = NULL WHERE id = 'broken'");
  postSignal(other, { id: "whole", run_id: runId, signal: { type: "cancel", reason: null }, created_at: at });
  await engine.engine.ended(runId);
  expect(engine.view(runId).status).toBe("cancelled");
  expect(signalAnswer(store, "broken")).toMatchObject({
    outcome: "refused",
    message: expect.stringMatching(/is damaged in the database: nothing was done/),
  });
  expect(signalAnswer(store, "whole")).toMatchObject({ outcome: "applied" });
  expect(logged).toContainEqual(expect.objectContaining({ event: "signal_damaged", execution_id: runId }));
  expect(engine.engine.trouble()).toBeNull();
  other.close();
  await engine.engine.stop("leave");
  store.close();
});

test.each([
  ["step", "UPDATE execution_steps SET attempts_json = 'x' WHERE execution_id = ?"],
  ["step's machine", "UPDATE execution_steps SET machine_json = '{}' WHERE execution_id = ?"],
  ["machine", "UPDATE workflow_executions SET machine_json = '[]' WHERE id = ?"],
  [
    "snapshot",
    "UPDATE execution_snapshots SET definition_json = '{' WHERE hash = " +
      "(SELECT snapshot_hash FROM workflow_executions WHERE id = ?)",
  ],
])("an execution with a damaged %s is left alone, and all others are taken over", async (_what, text) => {
  const store = openTestStore();
  const first = await anEngine(undefined, { store });
  const other = gated.replace("id: w,", "id: v,");
  const [before, broken, after] = [
    await first.start(other),
    await first.start(gated),
    await first.start(other),
  ];
  store.sqlite.run(text, [broken]);
  store.sqlite.run("DELETE FROM holders");
  const logged: LifecycleEntry[] = [];
  const next = await anEngine(undefined, { store, kind: "serve", log: (entry) => logged.push(entry) });
  expect((await next.engine.recover()).toSorted()).toEqual([before, after].toSorted());
  expect(logged).toContainEqual(
    expect.objectContaining({
      event: "execution_unreadable",
      execution_id: broken,
      message: expect.stringMatching(/cannot be read.*skillmeat doctor/),
    }),
  );
  await expect(next.engine.signal(broken, { type: "cancel", reason: null })).rejects.toThrow(
    /cannot be read/,
  );
  expect(next.engine.trouble()).toBeNull();
});

test("a damaged execution that has secrets keeps them, and no engine from beginning", async () => {
  const store = openTestStore();
  const first = await anEngine(undefined, { store });
  const runId = await first.start(gated);
  const home = join(folder, "secrets-home");
  mkdirSync(join(home, "secrets"), { recursive: true });
  writeFileSync(join(home, "secrets", runId), "{}");
  utimesSync(join(home, "secrets", runId), 0, 0);
  store.sqlite.run("UPDATE execution_steps SET attempts_json = 'x' WHERE execution_id = ?", [runId]);
  store.sqlite.run("DELETE FROM holders");
  const next = await anEngine(undefined, { store, home, kind: "serve" });
  expect(await next.engine.recover()).toEqual([]);
  expect(existsSync(join(home, "secrets", runId))).toBe(true);
});
