import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MeteredUsage, StageResult } from "../dispatch/dispatcher.ts";
import type { Usage } from "../execution/record.ts";
import { anEngine } from "../testing/an-engine.ts";

const agent = "roles: {primary: 'agent:x'}";
const text = `workflow: {id: w, name: W}
config: {budget: {usd: 2}}
stages:
  - {id: a, ${agent}}
  - {id: b, ${agent}, budget: {usd: 1.5}}
`;

function costing(dollars: number, more: Partial<StageResult> = {}): Partial<StageResult> {
  const tokens = { input: 10, cache_read: 0, cache_write: 0, output: 5 };
  const usage = { ...tokens, cost_micro_usd: dollars * 1_000_000, basis: "reported" as const };
  return { ok: true, usage, ...more };
}

describe("an execution whose budget is used up", () => {
  test("is paused, says why, and goes on with the same attempts when the budget is raised", async () => {
    const { engine, agents, start, view, until, feed } = await anEngine();
    const runId = await start(text);
    const a = await agents.running("a");
    await agents.running("b");
    a.finish(costing(2));
    await until(() => view(runId).status === "paused");
    expect(view(runId)).toMatchObject({
      pause_reason: "budget",
      cost: { usd: 2, budget: { usd: 2, tokens: null, spent_ratio: 1 } },
    });
    expect(feed(runId).flatMap(({ type, data }) => (type === "budget_warning" ? [data] : []))).toEqual([
      { limit: "usd", budget: 2, spent: 2, spent_ratio: 1 },
    ]);
    expect(await engine.signal(runId, { type: "resume" })).toMatchObject({
      outcome: "refused",
      code: "conflict",
    });
    const raised = await engine.signal(runId, { type: "resume", budget: { usd: 5 } });
    expect(raised.outcome).toBe("applied");
    const again = await agents.running("b");
    expect([again.request.attempt, again.how]).toEqual([1, "dispatch"]);
    again.finish(costing(1));
    await engine.ended(runId);
    expect(view(runId)).toMatchObject({
      status: "completed",
      pause_reason: null,
      cost: { budget: { usd: 5 } },
    });
    expect(agents.asked).toEqual(["a/1", "b/1", "b/1"]);
  });

  test("is still paused after its engine has died, and goes on in another", async () => {
    const first = await anEngine();
    const runId = await first.start(text);
    const a = await first.agents.running("a");
    await first.agents.running("b");
    a.finish(costing(3));
    await first.until(() => first.view(runId).status === "paused");
    await first.engine.stop("leave");
    const second = await anEngine(() => costing(0.5), { store: first.store, clock: first.clock });
    expect(await second.engine.takeOver(runId)).toBe("taken");
    expect(second.agents.asked).toEqual([]);
    await second.engine.signal(runId, { type: "resume", budget: { usd: 4 } });
    first.clock.advance(1);
    await second.engine.ended(runId);
    expect(second.agents.asked).toEqual(["b/1"]);
    expect(second.view(runId)).toMatchObject({ status: "completed", cost: { usd: 3.5 } });
  });
});

describe("an agent that uses a budget up while it works", () => {
  const spent = (dollars: number): MeteredUsage => ({ usage: costing(dollars).usage as Usage });

  test("is interrupted with the others, and keeps what it needs to go on", async () => {
    const { engine, agents, start, view, until } = await anEngine();
    const runId = await start(text);
    const [a, b] = [await agents.running("a"), await agents.running("b")];
    a.control.spend?.(spent(0.9));
    b.control.spend?.(spent(1.1));
    await until(() => view(runId).status === "paused");
    expect(view(runId).pause_reason).toBe("budget");
    expect(agents.swept).toEqual([]);
    await engine.signal(runId, { type: "resume", budget: { usd: 5 } });
    expect((await agents.running("a")).request.attempt).toBe(1);
  });

  test("keeps nothing once the execution is cancelled", async () => {
    const { engine, agents, start, view, until } = await anEngine();
    const runId = await start(text);
    const { request } = await agents.running("a");
    await agents.running("b");
    mkdirSync(request.attempt_dir, { recursive: true });
    (await agents.running("a")).control.spend?.(spent(2));
    await until(() => view(runId).status === "paused");
    expect(agents.swept).toEqual([]);
    await engine.signal(runId, { type: "cancel", reason: null });
    await engine.ended(runId);
    expect(agents.swept).toContain(`${runId}/a/1`);
  });

  test("is begun again only when what it has left is swept, also where the budget is raised meanwhile", async () => {
    const { engine, agents, start, view, feed } = await anEngine();
    const swept = Promise.withResolvers<void>();
    agents.sweeping = swept.promise;
    const runId = await start(text);
    const [a, b] = [await agents.running("a"), await agents.running("b")];
    const raised = Promise.withResolvers<void>();
    b.control.signal.addEventListener("abort", () => {
      void engine.signal(runId, { type: "resume", budget: { usd: 9 } }).then(() => raised.resolve());
    });
    a.finish(costing(2));
    await raised.promise;
    expect(view(runId).status).toBe("running");
    const starts = (): number => feed(runId).filter(({ type }) => type === "stage_started").length;
    expect([starts(), agents.asked]).toEqual([2, ["a/1", "b/1"]]);
    swept.resolve();
    (await agents.running("b")).finish(costing(1));
    await engine.ended(runId);
    expect([starts(), agents.asked]).toEqual([3, ["a/1", "b/1", "b/1"]]);
  });

  test("fails alone where the budget is its stage's", async () => {
    const { engine, agents, start, view } = await anEngine();
    const runId = await start(text.replace("usd: 2", "usd: 9"));
    (await agents.running("b")).control.spend?.(spent(1.5));
    (await agents.running("a")).finish(costing(1));
    await engine.ended(runId);
    expect(view(runId)).toMatchObject({
      status: "failed",
      steps: [{ status: "completed" }, { status: "failed", error_class: "budget" }],
    });
  });

  test("is interrupted by the price table's cost of what it has not reported", async () => {
    const home = mkdtempSync(join(tmpdir(), "skillmeat-budgets-"));
    writeFileSync(join(home, "prices.toml"), '"*" = {input = 2, output = 0}\n');
    const { agents, start, view, until } = await anEngine(undefined, { home });
    const runId = await start(text);
    const unknown = { input: 1_000_000, cache_read: 0, cache_write: 0, output: 5, cost_micro_usd: 0 };
    await agents.running("b");
    (await agents.running("a")).control.spend?.({ usage: { ...unknown, basis: "unknown" } });
    await until(() => view(runId).status === "paused");
  });

  test("is left alone without a budget", async () => {
    const { agents, start, statuses } = await anEngine();
    const runId = await start(text.replace("config: {budget: {usd: 2}}\n", ""));
    const a = await agents.running("a");
    a.control.spend?.(spent(1_000));
    expect([a.control.signal.aborted, statuses(runId)["a"]]).toEqual([false, "running"]);
  });
});

describe("an attempt", () => {
  test("is told the least that is left of its stage's budget and the execution's", async () => {
    const { agents, start } = await anEngine();
    await start(text);
    expect((await agents.running("a")).request).toMatchObject({ dollars_left: 2, charged: null });
    expect((await agents.running("b")).request).toMatchObject({ dollars_left: 1.5 });
  });

  test("that goes on is told what it had reported, which its session counts as well", async () => {
    const { engine, agents, start, view, until } = await anEngine();
    const runId = await start(text);
    (await agents.running("b")).finish(
      costing(0.5, { ok: false, error: { class: "agent_error", message: "x" } }),
    );
    (await agents.running("a")).finish(costing(1.5, { ok: false, error: { class: "budget", message: "x" } }));
    await until(() => view(runId).status === "paused");
    await engine.signal(runId, { type: "resume", budget: { usd: 5 } });
    expect((await agents.running("a")).request).toMatchObject({
      dollars_left: 3,
      charged: { cost_micro_usd: 1_500_000, basis: "reported" },
    });
  });

  test("without a budget is told of none", async () => {
    const { agents, start } = await anEngine();
    await start(text.replace("config: {budget: {usd: 2}}\n", ""));
    expect((await agents.running("a")).request.dollars_left).toBeNull();
  });
});
