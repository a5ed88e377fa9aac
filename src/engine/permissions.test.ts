import { describe, expect, test } from "bun:test";
import { aCall, aDecision, anAskingEngine, askedFor, stepOf } from "../testing/an-asking-engine.ts";
import { anEngine } from "../testing/an-engine.ts";
import { fakeClock } from "../testing/fake-clock.ts";

describe("what a running agent asks for", () => {
  test("is stored and shown; its step runs on, its time stands still, and its stage waits like a gate", async () => {
    const engine = await anAskingEngine(", park_after: 24h");
    const { runId, desk, clock, agent } = engine;
    clock.advance(60_000);
    desk.ask(aCall("r1"));
    await askedFor(engine, runId, 1);
    expect(engine.view(runId)).toMatchObject({ status: "running", waiting_gates: ["a"] });
    expect(stepOf(engine, runId)).toMatchObject({
      status: "running",
      waiting_for: "permission",
      deadline_at: expect.stringMatching(/T/),
      permission_requests: [{ id: "r1", tool: "Bash", title: "do r1", status: "waiting" }],
    });
    expect(engine.feed(runId).at(-1)).toMatchObject({
      type: "gate_waiting",
      stage_id: "a",
      attempt: 1,
      data: { request_id: "r1", tool: "Bash", title: "do r1", input: { command: "r1" }, reason: null },
    });
    for (let hour = 0; hour < 3; hour++) clock.advance(3_600_000);
    expect(desk.answers()).toEqual([]);
    expect(await engine.engine.signal(runId, aDecision({ comment: "fine" }))).toMatchObject({
      outcome: "applied",
    });
    expect(desk.answers()).toEqual([{ id: "r1", allows: true, message: null }]);
    expect(stepOf(engine, runId)).toMatchObject({
      waiting_for: null,
      deadline_at: new Date(clock.now() + 9 * 60_000).toISOString(),
      permission_requests: [{ status: "approved", decided_by: "ada", comment: "fine" }],
    });
    expect(engine.view(runId).waiting_gates).toEqual([]);
    agent.finish({ ok: true });
    await engine.engine.ended(runId);
    expect(engine.view(runId)).toMatchObject({ status: "completed", progress: { done: 1, total: 1 } });
  });

  test("asked again, by the same agent read anew, is not asked twice", async () => {
    const engine = await anAskingEngine();
    engine.desk.ask(aCall("r1"));
    engine.desk.ask(aCall("r1"));
    await askedFor(engine, engine.runId, 1);
    await engine.engine.signal(engine.runId, aDecision());
    engine.desk.ask(aCall("r1"));
    expect(stepOf(engine, engine.runId)?.permission_requests).toHaveLength(1);
  });

  test("is decided oldest first or by its name, and a rejection says why", async () => {
    const engine = await anAskingEngine();
    const { runId, desk } = engine;
    for (const id of ["r1", "r2", "r3"]) desk.ask(aCall(id));
    await askedFor(engine, runId, 3);
    await engine.engine.signal(runId, aDecision({ type: "reject", request_id: "r2", comment: "no" }));
    await engine.engine.signal(runId, aDecision());
    expect(engine.view(runId).waiting_gates).toEqual(["a"]);
    await engine.engine.signal(runId, aDecision());
    expect(desk.answers()).toEqual([
      { id: "r2", allows: false, message: "no" },
      { id: "r1", allows: true, message: null },
      { id: "r3", allows: true, message: null },
    ]);
    expect(engine.view(runId).waiting_gates).toEqual([]);
  });

  test("always covers the same tool for the rest of the step, and no other", async () => {
    const engine = await anAskingEngine();
    const { runId, desk } = engine;
    desk.ask(aCall("r1"));
    await askedFor(engine, runId, 1);
    await engine.engine.signal(runId, aDecision({ always: true }));
    desk.ask(aCall("r2"));
    desk.ask(aCall("r3", "Write"));
    await askedFor(engine, runId, 3);
    expect(stepOf(engine, runId)?.permission_requests).toMatchObject([
      { id: "r1", status: "approved" },
      { id: "r2", status: "approved", decided_by: "ada" },
      { id: "r3", status: "waiting" },
    ]);
  });

  test.each([
    ["somebody who may not", aDecision({ actor: "bob" }), "forbidden"],
    ["a request that there is not", aDecision({ request_id: "zz" }), "not_found"],
  ] as const)("refuses %s", async (_, signal, code) => {
    const engine = await anAskingEngine(", permissions_approvers: [ada]");
    engine.desk.ask(aCall("r1"));
    await askedFor(engine, engine.runId, 1);
    expect(await engine.engine.signal(engine.runId, signal)).toMatchObject({ outcome: "refused", code });
  });

  test("decided twice is the same once, and otherwise refused", async () => {
    const engine = await anAskingEngine();
    const { runId } = engine;
    expect(await engine.engine.signal(runId, aDecision())).toMatchObject({
      outcome: "refused",
      code: "conflict",
    });
    engine.desk.ask(aCall("r1"));
    await askedFor(engine, runId, 1);
    await engine.engine.signal(runId, aDecision());
    expect(await engine.engine.signal(runId, aDecision())).toMatchObject({ outcome: "unchanged" });
    expect(await engine.engine.signal(runId, aDecision({ type: "reject" }))).toMatchObject({
      code: "conflict",
    });
    expect(engine.desk.answers()).toHaveLength(1);
  });

  test("is rejected when nobody decides in time", async () => {
    const engine = await anAskingEngine(", permission_timeout: 1h, park_after: 2h");
    const { runId, desk, clock } = engine;
    desk.ask(aCall("r1"));
    await askedFor(engine, runId, 1);
    clock.advance(3_600_000);
    await engine.until(() => stepOf(engine, runId)?.waiting_for === null);
    expect(stepOf(engine, runId)).toMatchObject({
      status: "running",
      permission_requests: [{ status: "rejected", decided_by: "timeout" }],
    });
    expect(desk.answers()).toMatchObject([{ id: "r1", allows: false }]);
  });

  test("is withdrawn by the agent, and when its attempt ends", async () => {
    const engine = await anAskingEngine();
    const { runId, desk, agent } = engine;
    desk.ask(aCall("r1"));
    desk.ask(aCall("r2"));
    desk.withdraw("r1");
    await askedFor(engine, runId, 2);
    agent.finish({ ok: true });
    await engine.engine.ended(runId);
    expect(stepOf(engine, runId)).toMatchObject({
      status: "completed",
      permission_requests: [{ status: "withdrawn" }, { status: "withdrawn" }],
    });
    expect(engine.view(runId).waiting_gates).toEqual([]);
  });

  test("is stopped with its execution", async () => {
    const engine = await anAskingEngine();
    engine.desk.ask(aCall("r1"));
    await askedFor(engine, engine.runId, 1);
    await engine.engine.signal(engine.runId, { type: "cancel", reason: null });
    await engine.engine.ended(engine.runId);
    expect(engine.view(engine.runId)).toMatchObject({ status: "cancelled", waiting_gates: [] });
  });
});

test("the next engine knows what is open and what was answered, and goes on", async () => {
  const clock = fakeClock();
  const first = await anAskingEngine("", { clock });
  const { runId, store } = first;
  first.desk.ask(aCall("r1"));
  first.desk.ask(aCall("r2"));
  await askedFor(first, runId, 2);
  await first.engine.signal(runId, aDecision());
  await first.engine.stop("leave");
  // Nobody drives it now: the decision is stored for whoever does next.
  const passing = await anEngine(undefined, { store, clock, kind: "command" });
  expect(await passing.engine.signal(runId, aDecision({ type: "reject", comment: "no" }))).toMatchObject({
    outcome: "applied",
  });
  await passing.engine.stop("leave");
  clock.advance(3_600_000);
  const next = await anEngine(undefined, { store, clock, livedMs: () => 4_000_000 });
  await next.engine.recover();
  const agent = await next.agents.running("a");
  expect(agent.how).toBe("readopt");
  expect(agent.control.permissions?.answers()).toEqual([
    { id: "r1", allows: true, message: null },
    { id: "r2", allows: false, message: "no" },
  ]);
  agent.control.permissions?.ask(aCall("r1"));
  // The agent has waited all the time for what was decided: none of that is its own.
  clock.advance(9 * 60_000);
  expect(stepOf(next, runId)).toMatchObject({ status: "running", waiting_for: null });
  agent.finish({ ok: true });
  await next.engine.ended(runId);
  expect(next.view(runId).status).toBe("completed");
});
