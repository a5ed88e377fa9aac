import { describe, expect, test } from "bun:test";
import type { Signal } from "../execution/signal.ts";
import { anEngine, type TestEngine } from "../testing/an-engine.ts";

const head = "workflow: {id: w, name: W}\n";
const agent = "roles: {primary: 'agent:x'}";
const ok = () => ({ ok: true });

async function outcomes(engine: TestEngine, runId: string, signals: Signal[]): Promise<string[]> {
  const said: string[] = [];
  for (const signal of signals) {
    const answer = await engine.engine.signal(runId, signal);
    said.push(answer.outcome === "refused" ? answer.code : answer.outcome);
  }
  return said;
}

const approve = (actor = "me"): Signal => ({ type: "approve", stage_id: "ask", actor, comment: null });
const reject = (actor = "me"): Signal => ({ type: "reject", stage_id: "ask", actor, comment: "no" });
const cancel: Signal = { type: "cancel", reason: null };

describe("a gate", () => {
  const gated = (gate: string): string => `${head}stages:
  - {id: ask, type: gate, gate: {${gate}}}
  - {id: a, ${agent}, depends_on: [ask]}`;

  test("waits, names itself, and opens when it is approved", async () => {
    const engine = await anEngine(ok);
    const runId = await engine.start(gated("message: 'ship ${{ workflow.id }}?'"));
    expect(engine.view(runId)).toMatchObject({ status: "running", waiting_gates: ["ask"] });
    expect(engine.feed(runId).at(-1)).toMatchObject({ type: "gate_waiting", data: { message: "ship w?" } });
    expect(await outcomes(engine, runId, [approve("ann")])).toEqual(["applied"]);
    await engine.engine.ended(runId);
    expect(engine.view(runId)).toMatchObject({ status: "completed", waiting_gates: [] });
    expect(engine.view(runId).steps[0]).toMatchObject({ status: "completed", decided_by: "ann" });
  });

  test("that is rejected fails, and its on_failure decides the rest", async () => {
    const engine = await anEngine(ok);
    const runId = await engine.start(gated("approvers: []"));
    await outcomes(engine, runId, [reject("bob")]);
    await engine.engine.ended(runId);
    expect(engine.statuses(runId)).toEqual({ ask: "failed", a: "cancelled" });
    expect(engine.view(runId)).toMatchObject({
      status: "failed",
      error_message: 'stage "ask" failed: rejected by bob: no',
    });
    expect(engine.view(runId).steps[0]).toMatchObject({ error_class: "rejected", decision_comment: "no" });
  });

  test("is decided by its approvers alone", async () => {
    const engine = await anEngine(ok);
    const runId = await engine.start(gated("approvers: [ann]"));
    expect(await outcomes(engine, runId, [approve("bob"), reject("bob"), approve("ann")])).toEqual([
      "forbidden",
      "forbidden",
      "applied",
    ]);
  });

  test("takes the same decision twice, records it once, and refuses another", async () => {
    const engine = await anEngine();
    const runId = await engine.start(gated("approvers: []"));
    const answers = await Promise.all(Array.from({ length: 8 }, () => outcomes(engine, runId, [approve()])));
    expect(answers.flat().toSorted()).toEqual(["applied", ...Array(7).fill("unchanged")]);
    expect(await outcomes(engine, runId, [reject()])).toEqual(["conflict"]);
    expect(engine.feed(runId).filter(({ type }) => type === "gate_resolved").length).toBe(1);
  });

  test("can be decided while the execution is paused; nothing starts before it goes on", async () => {
    const engine = await anEngine(ok);
    const runId = await engine.start(gated("approvers: []"));
    expect(await outcomes(engine, runId, [{ type: "pause" }, approve()])).toEqual(["applied", "applied"]);
    expect(engine.agents.asked).toEqual([]);
    expect(engine.view(runId).status).toBe("paused");
    expect(await outcomes(engine, runId, [{ type: "resume" }])).toEqual(["applied"]);
    await engine.engine.ended(runId);
    expect(engine.statuses(runId)).toEqual({ ask: "completed", a: "completed" });
  });

  test.each([
    ["halt", "failed", { ask: "failed", a: "cancelled" }, "timeout", "timeout"],
    ["reject", "failed", { ask: "failed", a: "cancelled" }, "rejected", "timeout"],
    ["auto_approve", "completed", { ask: "completed", a: "completed" }, null, "timeout"],
  ])("at its deadline does what on_timeout: %s says", async (onTimeout, status, steps, errorClass, by) => {
    const engine = await anEngine(ok);
    const runId = await engine.start(gated(`timeout: 1h, on_timeout: ${onTimeout}`));
    engine.clock.advance(3_599_999);
    expect(engine.view(runId).waiting_gates).toEqual(["ask"]);
    engine.clock.advance(1);
    await engine.engine.ended(runId);
    expect(engine.statuses(runId)).toEqual(steps as never);
    expect(engine.view(runId).status as string).toBe(status);
    const [gate] = engine.view(runId).steps;
    expect([gate?.error_class ?? null, gate?.decided_by as string]).toEqual([errorClass, by]);
  });

  test("that nobody decided in time halts even where on_failure would go on", async () => {
    const engine = await anEngine(ok);
    const runId = await engine.start(`${head}stages:
  - {id: ask, type: gate, gate: {timeout: 1s}, error_policy: {on_failure: continue}}
  - {id: a, ${agent}, depends_on: [ask]}`);
    engine.clock.advance(1000);
    await engine.engine.ended(runId);
    expect(engine.view(runId).status).toBe("failed");
  });

  test("is told apart from a stage, and from none", async () => {
    const engine = await anEngine();
    const runId = await engine.start(gated("approvers: []"));
    const wish = (stage_id: string): Signal => ({ type: "approve", stage_id, actor: "me", comment: null });
    expect(await outcomes(engine, runId, [wish("a"), wish("nobody")])).toEqual(["conflict", "not_found"]);
  });
});

describe("pause and resume:", () => {
  const three = `${head}config: {max_parallel: 1}
stages:
  - {id: a, ${agent}}
  - {id: b, ${agent}}
  - {id: c, ${agent}, depends_on: [a]}`;

  test("what runs finishes, then the execution is paused; nothing new starts", async () => {
    const engine = await anEngine();
    const runId = await engine.start(three);
    const a = await engine.agents.running("a");
    expect(await outcomes(engine, runId, [{ type: "pause" }, { type: "pause" }])).toEqual([
      "applied",
      "unchanged",
    ]);
    expect(engine.view(runId).status).toBe("running");
    a.finish({ ok: true });
    await engine.until(() => engine.view(runId).status === "paused");
    expect(engine.agents.asked).toEqual(["a/1"]);
    expect(await outcomes(engine, runId, [{ type: "pause" }, { type: "resume" }])).toEqual([
      "conflict",
      "applied",
    ]);
    (await engine.agents.running("b")).finish({ ok: true });
    (await engine.agents.running("c")).finish({ ok: true });
    await engine.engine.ended(runId);
    expect(engine.view(runId).status).toBe("completed");
  });

  test("a retry that becomes due meanwhile waits for the resume", async () => {
    let tries = 0;
    const engine = await anEngine(() =>
      tries++ === 0 ? { ok: false, error: { class: "x", message: "x" } } : ok(),
    );
    const runId = await engine.start(`${head}stages: [{id: a, ${agent}}]`);
    await engine.until(() => engine.statuses(runId)["a"] === "retry_wait");
    await outcomes(engine, runId, [{ type: "pause" }]);
    engine.clock.advance(3_600_000);
    expect(engine.view(runId).status).toBe("paused");
    await outcomes(engine, runId, [{ type: "resume" }]);
    await engine.engine.ended(runId);
    expect([engine.view(runId).status, tries]).toEqual(["completed", 2]);
  });

  test("signals for an execution that has ended are refused and change nothing", async () => {
    const engine = await anEngine(ok);
    const { run_id, last_event } = await engine.run(`${head}stages: [{id: a, ${agent}}]`);
    const signals: Signal[] = [{ type: "pause" }, { type: "resume" }, cancel];
    expect(await outcomes(engine, run_id, signals)).toEqual(["conflict", "conflict", "conflict"]);
    expect(engine.view(run_id).last_event).toBe(last_event);
  });
});

describe("cancel", () => {
  test("stops what runs, ends what waits, and nothing more starts", async () => {
    const engine = await anEngine(({ stage_id }) =>
      stage_id === "r" ? { ok: false, error: { class: "x", message: "x" } } : undefined,
    );
    const runId = await engine.start(`${head}config: {max_parallel: 2}
stages:
  - {id: a, ${agent}}
  - {id: r, ${agent}}
  - {id: q, ${agent}}
  - {id: q2, ${agent}}
  - {id: ask, type: gate, gate: {approvers: []}}
  - {id: z, ${agent}, depends_on: [ask]}`);
    const a = await engine.agents.running("a");
    await engine.until(() => engine.statuses(runId)["r"] === "retry_wait");
    expect(await outcomes(engine, runId, [cancel])).toEqual(["applied"]);
    await engine.engine.ended(runId);
    expect(a.control.signal.aborted).toBe(true);
    expect(new Set(Object.values(engine.statuses(runId)))).toEqual(new Set(["cancelled"]));
    expect(engine.view(runId).progress.done).toBe(0);
    expect(engine.view(runId)).toMatchObject({ status: "cancelled", waiting_gates: [], had_failures: false });
    expect(await outcomes(engine, runId, [approve()])).toEqual(["conflict"]);
  });

  test("of a paused execution ends it at once", async () => {
    const engine = await anEngine();
    const runId = await engine.start(`${head}stages: [{id: ask, type: gate, gate: {approvers: []}}]`);
    expect(await outcomes(engine, runId, [{ type: "pause" }, cancel])).toEqual(["applied", "applied"]);
    expect(engine.view(runId).status).toBe("cancelled");
  });

  test("wins over a result that comes while the agent is being stopped", async () => {
    const engine = await anEngine();
    const runId = await engine.start(`${head}stages: [{id: a, ${agent}}]`);
    await engine.agents.running("a");
    await outcomes(engine, runId, [cancel]);
    await engine.engine.ended(runId);
    expect(engine.view(runId).steps[0]).toMatchObject({ status: "cancelled", error_class: "cancelled" });
  });
});

describe("timeouts:", () => {
  test("an attempt that takes too long is stopped, and tried again", async () => {
    const engine = await anEngine();
    const runId = await engine.start(
      `${head}stages: [{id: a, ${agent}, error_policy: {timeout: 1m, retry: {max_attempts: 2, initial_interval: 1s}}}]`,
    );
    const first = await engine.agents.running("a");
    engine.clock.advance(60_000);
    await engine.until(() => engine.statuses(runId)["a"] === "retry_wait");
    expect(first.control.signal.aborted).toBe(true);
    engine.clock.advance(2_000);
    await engine.agents.running("a");
    engine.clock.advance(60_000);
    await engine.engine.ended(runId);
    expect(engine.view(runId).steps[0]).toMatchObject({
      status: "timed_out",
      error_class: "timeout",
      error_message: "took longer than 1m and was stopped",
      attempts: [{ status: "timed_out" }, { status: "timed_out" }],
    });
  });

  test("an attempt that fails just before its time is over waits for its next try all the same", async () => {
    const engine = await anEngine();
    const runId = await engine.start(
      `${head}stages: [{id: a, ${agent}, error_policy: {timeout: 1m, retry: {max_attempts: 2, initial_interval: 30s}}}]`,
    );
    const first = await engine.agents.running("a");
    engine.clock.advance(59_999);
    first.finish({ ok: false, error: { class: "x", message: "x" } });
    // The failure is taken in, and its commit has not come yet.
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    engine.clock.advance(1);
    await engine.until(() => engine.statuses(runId)["a"] === "retry_wait");
    await engine.engine.signal(runId, { type: "pause" });
    await engine.engine.signal(runId, { type: "resume" });
    expect(engine.agents.asked).toEqual(["a/1"]);
    engine.clock.advance(40_000);
    (await engine.agents.running("a")).finish({ ok: true });
    await engine.engine.ended(runId);
    expect(engine.agents.asked).toEqual(["a/1", "a/2"]);
  });

  test("the dispatcher is told for how long an agent may be silent; what it then says is a timeout too", async () => {
    const engine = await anEngine();
    const idle = "idle_timeout: 5m, retry: {max_attempts: 2, initial_interval: 1s}";
    const runId = await engine.start(
      `${head}stages: [{id: a, ${agent}, error_policy: {${idle}}}, {id: b, ${agent}}]`,
    );
    const silent = await engine.agents.running("a");
    const other = await engine.agents.running("b");
    expect([silent.request.idle_timeout_ms, other.request.idle_timeout_ms]).toEqual([300_000, null]);
    other.finish({});
    silent.finish({ ok: false, error: { class: "timeout", message: "was silent" } });
    await engine.until(() => engine.statuses(runId)["a"] === "retry_wait");
    engine.clock.advance(2_000);
    (await engine.agents.running("a")).finish({});
    await engine.engine.ended(runId);
    expect(engine.view(runId).steps[0]).toMatchObject({
      status: "completed",
      attempts: [{ status: "timed_out", error_message: "was silent" }, { status: "completed" }],
    });
  });

  test("config.timeout ends the execution and stops its agents", async () => {
    const engine = await anEngine();
    const runId = await engine.start(`${head}config: {timeout: 10m}\nstages: [{id: a, ${agent}}]`);
    await engine.agents.running("a");
    engine.clock.advance(600_000);
    await engine.engine.ended(runId);
    expect(engine.view(runId)).toMatchObject({
      status: "failed",
      error_message: "the execution took longer than 10m (config.timeout)",
    });
    expect(engine.view(runId).steps[0]).toMatchObject({ status: "cancelled", error_class: "timeout" });
  });

  test("time in gates does not count against config.timeout", async () => {
    const engine = await anEngine();
    const runId = await engine.start(`${head}config: {timeout: 10m}
stages:
  - {id: a, ${agent}}
  - {id: ask, type: gate, depends_on: [a], gate: {approvers: []}}
  - {id: b, ${agent}, depends_on: [ask]}`);
    const a = await engine.agents.running("a");
    engine.clock.advance(360_000);
    a.finish({ ok: true });
    await engine.until(() => engine.view(runId).waiting_gates.length === 1);
    engine.clock.advance(3_600_000);
    await outcomes(engine, runId, [approve()]);
    await engine.agents.running("b");
    engine.clock.advance(239_999);
    expect(engine.view(runId).status).toBe("running");
    engine.clock.advance(1);
    await engine.engine.ended(runId);
    expect(engine.view(runId).status).toBe("failed");
  });
});

describe("config.timeout", () => {
  test("stands still while the execution is paused, with something queued or not", async () => {
    const engine = await anEngine();
    const runId = await engine.start(`${head}config: {timeout: 10m, max_parallel: 1}
stages:
  - {id: a, ${agent}}
  - {id: b, ${agent}}`);
    const a = await engine.agents.running("a");
    await outcomes(engine, runId, [{ type: "pause" }]);
    a.finish({ ok: true });
    await engine.until(() => engine.view(runId).status === "paused");
    engine.clock.advance(7_200_000);
    await outcomes(engine, runId, [{ type: "resume" }]);
    (await engine.agents.running("b")).finish({ ok: true });
    await engine.engine.ended(runId);
    expect(engine.view(runId).status).toBe("completed");
  });

  test("bounds an execution that only waits for siblings of a failed stage", async () => {
    const engine = await anEngine(({ stage_id }) =>
      stage_id === "bad" ? { ok: false, error: { class: "invalid_request", message: "no" } } : undefined,
    );
    const runId = await engine.start(`${head}config: {timeout: 10m}
stages:
  - {id: bad, ${agent}}
  - {id: slow, ${agent}}`);
    await engine.until(() => engine.statuses(runId)["bad"] === "failed");
    engine.clock.advance(600_000);
    await engine.engine.ended(runId);
    expect(engine.statuses(runId)).toEqual({ bad: "failed", slow: "cancelled" });
  });
});

test("work that was done before the stop for its timeout counts", async () => {
  const engine = await anEngine();
  const runId = await engine.start(`${head}stages: [{id: a, ${agent}, error_policy: {timeout: 1m}}]`);
  const { control, finish } = await engine.agents.running("a");
  control.signal.addEventListener("abort", (event) => event.stopImmediatePropagation(), { capture: true });
  engine.clock.advance(59_999);
  finish({ ok: true });
  engine.clock.advance(1);
  await engine.engine.ended(runId);
  expect(engine.statuses(runId)).toEqual({ a: "completed" });
});

describe("secrets", () => {
  test("of the workflow's variables are hidden in everything that is stored, not from the agent", async () => {
    const engine = await anEngine();
    const runId = await engine.start(`${head}config: {env: {API_TOKEN: hunter2hunter2}}
stages: [{id: a, ${agent}, inputs: {t: {type: string, source: env.API_TOKEN}}, error_policy: {retry: {max_attempts: 1}}}]`);
    const { request, finish } = await engine.agents.running("a");
    expect(request.inputs).toEqual({ t: "hunter2hunter2" });
    finish({ ok: false, error: { class: "x", message: "used hunter2hunter2" }, text: "hunter2hunter2" });
    await engine.engine.ended(runId);
    expect(JSON.stringify([engine.view(runId), engine.feed(runId)])).not.toContain("hunter2");
    expect(engine.view(runId).steps[0]).toMatchObject({ inputs: { t: "***" }, error_message: "used ***" });
  });
});

describe("places:", () => {
  const wide = (count: number, config: string): string =>
    `${head}config: {${config}}\nstages:\n${Array.from({ length: count }, (_, at) => `  - {id: s${at}, ${agent}}`).join("\n")}`;

  test("max_parallel bounds an execution, first ready first", async () => {
    const engine = await anEngine();
    const runId = await engine.start(wide(5, "max_parallel: 2"));
    expect((await engine.agents.running("s1")) && engine.agents.asked).toEqual(["s0/1", "s1/1"]);
    for (const id of ["s0", "s1", "s2", "s3", "s4"]) (await engine.agents.running(id)).finish({ ok: true });
    await engine.engine.ended(runId);
    expect(engine.agents.asked).toEqual(["s0/1", "s1/1", "s2/1", "s3/1", "s4/1"]);
  });

  test("maxSteps bounds the engine, across executions", async () => {
    const engine = await anEngine(undefined, { maxSteps: 3 });
    const first = await engine.start(wide(2, "max_parallel: 2"));
    const second = await engine.start(wide(2, "max_parallel: 2"));
    await engine.until(() => engine.statuses(second)["s0"] === "running");
    expect(engine.statuses(second)).toEqual({ s0: "running", s1: "pending" });
    await outcomes(engine, first, [cancel]);
    await engine.engine.ended(first);
    await engine.until(() => engine.statuses(second)["s1"] === "running");
  });

  test("gates and retry waits hold no place", async () => {
    const engine = await anEngine(
      ({ stage_id }) =>
        stage_id === "a" ? { ok: false, error: { class: "x", message: "x" } } : { ok: true },
      { maxSteps: 1 },
    );
    const runId = await engine.start(`${head}stages:
  - {id: ask, type: gate, gate: {approvers: []}}
  - {id: a, ${agent}}
  - {id: b, ${agent}}`);
    await engine.until(() => engine.statuses(runId)["b"] === "completed");
    expect(engine.statuses(runId)).toEqual({ ask: "waiting_for_approval", a: "retry_wait", b: "completed" });
  });

  test("scheduling: batch waits for the whole batch before, eager does not", async () => {
    for (const [scheduling, asked] of [
      ["batch", ["a/1", "b/1"]],
      ["eager", ["a/1", "b/1", "c/1"]],
    ] as const) {
      const engine = await anEngine(({ stage_id }) => (stage_id === "b" ? undefined : { ok: true }));
      const runId = await engine.start(`${head}config: {scheduling: ${scheduling}}
stages:
  - {id: a, ${agent}}
  - {id: b, ${agent}}
  - {id: c, ${agent}, depends_on: [a]}`);
      await engine.until(() => engine.statuses(runId)["a"] === "completed");
      const b = await engine.agents.running("b");
      if (scheduling === "eager") await engine.until(() => engine.statuses(runId)["c"] === "completed");
      expect(engine.agents.asked).toEqual([...asked]);
      b.finish({ ok: true });
      await engine.engine.ended(runId);
      expect(engine.view(runId).status).toBe("completed");
    }
  });
});
