import { describe, expect, test } from "bun:test";
import type { AskedCall, PermissionDesk } from "../dispatch/dispatcher.ts";
import type { Signal } from "../execution/signal.ts";
import { anEngine, type TestEngine } from "../testing/an-engine.ts";
import { fakeClock } from "../testing/fake-clock.ts";

const call = (id: string, tool = "Bash"): AskedCall => ({
  id,
  tool,
  title: `do ${id}`,
  input: { command: id },
  reason: null,
});
const by = (given: Partial<Extract<Signal, { stage_id: string }>> = {}): Signal => ({
  type: "approve",
  stage_id: "a",
  actor: "ada",
  comment: null,
  ...given,
});

/** An engine with a running agent that asks, in an execution of one stage. */
async function anAsking(config = "", given: Parameters<typeof anEngine>[1] = {}) {
  const engine = await anEngine(undefined, given);
  const runId = await engine.start(
    `workflow: {id: w, name: W}\nconfig: {permissions: ask${config}}\n` +
      "stages: [{id: a, roles: {primary: 'agent:x'}, error_policy: {timeout: 10m, retry: {max_attempts: 1}}}]",
  );
  const agent = await engine.agents.running("a");
  const desk = agent.control.permissions as PermissionDesk;
  return { ...engine, runId, agent, desk };
}
const stepOf = ({ view }: TestEngine, runId: string) => view(runId).steps[0];
const asked = (engine: TestEngine, runId: string, count: number) =>
  engine.until(() => (stepOf(engine, runId)?.permission_requests.length ?? 0) >= count);

describe("what a running agent asks for", () => {
  test("is stored and shown; its step runs on, its time stands still, and its stage waits like a gate", async () => {
    const engine = await anAsking();
    const { runId, desk, clock, agent } = engine;
    clock.advance(60_000);
    desk.ask(call("r1"));
    await asked(engine, runId, 1);
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
    expect(await engine.engine.signal(runId, by({ comment: "fine" }))).toMatchObject({ outcome: "applied" });
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
    const engine = await anAsking();
    engine.desk.ask(call("r1"));
    engine.desk.ask(call("r1"));
    await asked(engine, engine.runId, 1);
    await engine.engine.signal(engine.runId, by());
    engine.desk.ask(call("r1"));
    expect(stepOf(engine, engine.runId)?.permission_requests).toHaveLength(1);
  });

  test("is decided oldest first or by its name, and a rejection says why", async () => {
    const engine = await anAsking();
    const { runId, desk } = engine;
    for (const id of ["r1", "r2", "r3"]) desk.ask(call(id));
    await asked(engine, runId, 3);
    await engine.engine.signal(runId, by({ type: "reject", request_id: "r2", comment: "no" }));
    await engine.engine.signal(runId, by());
    expect(engine.view(runId).waiting_gates).toEqual(["a"]);
    await engine.engine.signal(runId, by());
    expect(desk.answers()).toEqual([
      { id: "r2", allows: false, message: "no" },
      { id: "r1", allows: true, message: null },
      { id: "r3", allows: true, message: null },
    ]);
    expect(engine.view(runId).waiting_gates).toEqual([]);
  });

  test("always covers the same tool for the rest of the step, and no other", async () => {
    const engine = await anAsking();
    const { runId, desk } = engine;
    desk.ask(call("r1"));
    await asked(engine, runId, 1);
    await engine.engine.signal(runId, by({ always: true }));
    desk.ask(call("r2"));
    desk.ask(call("r3", "Write"));
    await asked(engine, runId, 3);
    expect(stepOf(engine, runId)?.permission_requests).toMatchObject([
      { id: "r1", status: "approved" },
      { id: "r2", status: "approved", decided_by: "ada" },
      { id: "r3", status: "waiting" },
    ]);
  });

  test.each([
    ["somebody who may not", by({ actor: "bob" }), "forbidden"],
    ["a request that there is not", by({ request_id: "zz" }), "not_found"],
  ] as const)("refuses %s", async (_, signal, code) => {
    const engine = await anAsking(", permissions_approvers: [ada]");
    engine.desk.ask(call("r1"));
    await asked(engine, engine.runId, 1);
    expect(await engine.engine.signal(engine.runId, signal)).toMatchObject({ outcome: "refused", code });
  });

  test("decided twice is the same once, and otherwise refused", async () => {
    const engine = await anAsking();
    const { runId } = engine;
    expect(await engine.engine.signal(runId, by())).toMatchObject({ outcome: "refused", code: "conflict" });
    engine.desk.ask(call("r1"));
    await asked(engine, runId, 1);
    await engine.engine.signal(runId, by());
    expect(await engine.engine.signal(runId, by())).toMatchObject({ outcome: "unchanged" });
    expect(await engine.engine.signal(runId, by({ type: "reject" }))).toMatchObject({ code: "conflict" });
    expect(engine.desk.answers()).toHaveLength(1);
  });

  test("is rejected when nobody decides in time", async () => {
    const engine = await anAsking(", permission_timeout: 1h");
    const { runId, desk, clock } = engine;
    desk.ask(call("r1"));
    await asked(engine, runId, 1);
    clock.advance(3_600_000);
    await engine.until(() => stepOf(engine, runId)?.waiting_for === null);
    expect(stepOf(engine, runId)).toMatchObject({
      status: "running",
      permission_requests: [{ status: "rejected", decided_by: "timeout" }],
    });
    expect(desk.answers()).toMatchObject([{ id: "r1", allows: false }]);
  });

  test("is withdrawn by the agent, and when its attempt ends", async () => {
    const engine = await anAsking();
    const { runId, desk, agent } = engine;
    desk.ask(call("r1"));
    desk.ask(call("r2"));
    desk.withdraw("r1");
    await asked(engine, runId, 2);
    agent.finish({ ok: true });
    await engine.engine.ended(runId);
    expect(stepOf(engine, runId)).toMatchObject({
      status: "completed",
      permission_requests: [{ status: "withdrawn" }, { status: "withdrawn" }],
    });
    expect(engine.view(runId).waiting_gates).toEqual([]);
  });

  test("is stopped with its execution", async () => {
    const engine = await anAsking();
    engine.desk.ask(call("r1"));
    await asked(engine, engine.runId, 1);
    await engine.engine.signal(engine.runId, { type: "cancel", reason: null });
    await engine.engine.ended(engine.runId);
    expect(engine.view(engine.runId)).toMatchObject({ status: "cancelled", waiting_gates: [] });
  });
});

test("the next engine knows what is open and what was answered, and goes on", async () => {
  const clock = fakeClock();
  const first = await anAsking("", { clock });
  const { runId, store } = first;
  first.desk.ask(call("r1"));
  first.desk.ask(call("r2"));
  await asked(first, runId, 2);
  await first.engine.signal(runId, by());
  await first.engine.stop("leave");
  // Nobody drives it now: the decision is stored for whoever does next.
  const passing = await anEngine(undefined, { store, clock, kind: "command" });
  expect(await passing.engine.signal(runId, by({ type: "reject", comment: "no" }))).toMatchObject({
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
  agent.control.permissions?.ask(call("r1"));
  // The agent has waited all the time for what was decided: none of that is its own.
  clock.advance(9 * 60_000);
  expect(stepOf(next, runId)).toMatchObject({ status: "running", waiting_for: null });
  agent.finish({ ok: true });
  await next.engine.ended(runId);
  expect(next.view(runId).status).toBe("completed");
});
