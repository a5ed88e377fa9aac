import { expect, test } from "bun:test";
import { aNewExecution } from "../testing/an-execution.ts";
import { openTestStore } from "../testing/open-test-store.ts";
import { agentRuns } from "./agent-runs.ts";
import { registerHolder } from "./leases.ts";
import { commitTransitions } from "./transitions.ts";
import type { StepRecord } from "../execution/record.ts";

const usage = { input: 1, cache_read: 0, cache_write: 0, output: 1, basis: "reported" as const };

function storeWith(...runs: { started_at: string; step: Partial<StepRecord> }[]) {
  const store = openTestStore();
  registerHolder(store, {
    id: "h",
    pid: 1,
    process_start: "1",
    boot_id: "b",
    kind: "run",
    heartbeat_at: "2026-01-01T00:00:00.000Z",
  });
  const created = runs.map(({ started_at, step }) =>
    aNewExecution({
      stages: 1,
      execution: { started_at },
      step: { agent_id: "agent:a", started_at, ...step },
    }),
  );
  commitTransitions(store, { holder_id: "h", created, updated: [] });
  return store;
}

test("the runs of an agent are counted by their end, with what they have cost", () => {
  const started_at = "2026-05-02T00:00:00.000Z";
  const store = storeWith(
    { started_at, step: { status: "completed", usage: { ...usage, cost_micro_usd: 1_500_000 } } },
    { started_at, step: { status: "failed", usage: { ...usage, cost_micro_usd: 250_000 } } },
    { started_at, step: { status: "timed_out", usage: { ...usage, cost_micro_usd: 0, basis: "unknown" } } },
    { started_at, step: { status: "running", usage: null } },
    { started_at, step: { status: "pending", started_at: null, usage: null } },
    { started_at, step: { agent_id: "agent:b", status: "completed", usage: null } },
    { started_at: "2026-04-30T00:00:00.000Z", step: { status: "completed", usage: null } },
  );
  const { byAgent, isCut } = agentRuns(store, { since: "2026-05-01T00:00:00.000Z", most: 100 });
  expect(isCut).toBe(false);
  expect(Object.fromEntries(byAgent)).toEqual({
    "agent:a": { runs: 4, completed: 1, failed: 2, cost_micro_usd: 1_750_000, hasUnknownCost: true },
    "agent:b": { runs: 1, completed: 1, failed: 0, cost_micro_usd: 0, hasUnknownCost: false },
  });
});

test("only the newest executions are looked at, and it is said that there are more", () => {
  const at = (day: number): string => `2026-05-0${day}T00:00:00.000Z`;
  const store = storeWith(
    { started_at: at(2), step: { status: "failed" } },
    { started_at: at(4), step: { status: "completed" } },
    { started_at: at(3), step: { status: "completed" } },
  );
  const { byAgent, isCut } = agentRuns(store, { since: at(1), most: 2 });
  expect(isCut).toBe(true);
  expect(byAgent.get("agent:a")).toMatchObject({ runs: 2, completed: 2, failed: 0 });
});
