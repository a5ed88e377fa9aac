import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aNewExecution } from "../testing/an-execution.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { openStore } from "../store/database.ts";
import { registerHolder } from "../store/leases.ts";
import { commitTransitions } from "../store/transitions.ts";
import type { PruneReport } from "./prune.ts";
import { keepRetention, retentionRule } from "./retention.ts";

const home = mkdtempSync(join(tmpdir(), "retention-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const dayMs = 86_400_000;

test("a rule of 90 days holds back what has ended since then", () => {
  const now = Date.parse("2026-04-01T00:00:00.000Z");
  expect(retentionRule({ olderThanMs: 90 * dayMs, keep: null }, now)).toEqual({
    endedBefore: "2026-01-01T00:00:00.000Z",
    keep: null,
  });
});

test("the rule is applied soon after the start and once a day, until it is stopped", async () => {
  const database = join(home, "workflows.db");
  const store = openStore(database);
  const at = "2026-01-01T00:00:00.000Z";
  registerHolder(store, { id: "h", pid: 1, process_start: "1", boot_id: "b", kind: "run", heartbeat_at: at });
  const put = (run_id: string, day: number): void => {
    const time = `2026-01-0${day}T00:00:00.000Z`;
    const execution = { run_id, status: "completed", started_at: time, completed_at: time } as const;
    commitTransitions(store, { holder_id: "h", created: [aNewExecution({ execution })], updated: [] });
  };
  ["a", "b", "c"].forEach((id, index) => put(id, index + 1));
  const clock = fakeClock(Date.parse("2026-01-03T12:00:00.000Z"));
  const told: ((report: PruneReport) => void)[] = [];
  const round = (): Promise<string[]> =>
    new Promise((resolve) => told.push(({ executions }) => resolve(executions)));
  const stop = keepRetention({
    database,
    home,
    retention: { olderThanMs: 2 * dayMs, keep: null },
    env: {},
    now: clock.now,
    after: clock.after,
    tell: (result) => {
      if ("error" in result) throw result.error;
      told.shift()?.(result.report);
    },
  });
  const first = round();
  clock.advance(60_000);
  expect(await first).toEqual(["a"]);
  const second = round();
  clock.advance(dayMs);
  expect(await second).toEqual(["b"]);
  stop();
  put("d", 4);
  clock.advance(9 * dayMs);
  expect(store.sqlite.query("SELECT id FROM workflow_executions ORDER BY id").values()).toEqual([
    ["c"],
    ["d"],
  ]);
  store.close();
});
