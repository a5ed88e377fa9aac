import { describe, expect, test } from "bun:test";
import {
  aCall,
  aDecision,
  anAskingEngine,
  askedFor,
  deskOf,
  stepOf,
  type AskingEngine,
} from "../testing/an-asking-engine.ts";
import { anEngine } from "../testing/an-engine.ts";
import { fakeClock } from "../testing/fake-clock.ts";

const minute = 60_000;

/** An engine whose agent has asked for `r1` and was stopped, because nobody has decided for half an hour. */
async function aParked(config = "", given: Parameters<typeof anAskingEngine>[1] = {}): Promise<AskingEngine> {
  const engine = await anAskingEngine(config, given);
  engine.desk.ask(aCall("r1"));
  await askedFor(engine, engine.runId, 1);
  const stopped = stopOf(engine);
  engine.clock.advance(30 * minute);
  await stopped;
  return engine;
}

/** Resolves when the agent is told to stop. */
function stopOf({ agent }: AskingEngine): Promise<void> {
  return new Promise((resolve) => agent.control.signal.addEventListener("abort", () => resolve()));
}

describe("an agent whose answer takes long", () => {
  test("is stopped after park_after, and its request stays open", async () => {
    const engine = await anAskingEngine(", park_after: 5m");
    const { runId, clock, agent, desk } = engine;
    desk.ask(aCall("r1"));
    await askedFor(engine, runId, 1);
    clock.advance(5 * minute - 1);
    expect(agent.control.signal.aborted).toBe(false);
    clock.advance(1);
    expect(agent.control.signal.aborted).toBe(true);
    // An agent that is stopped gives up what it has asked for.
    desk.withdraw("r1");
    expect(engine.view(runId)).toMatchObject({ status: "running", waiting_gates: ["a"] });
    expect(stepOf(engine, runId)).toMatchObject({
      status: "running",
      waiting_for: "permission",
      permission_requests: [{ id: "r1", status: "waiting" }],
    });
  });

  test("goes on in the same attempt with the decision, and its same call is answered once without asking", async () => {
    const engine = await aParked();
    const { runId, agents } = engine;
    await engine.engine.signal(runId, aDecision());
    const again = await agents.running("a");
    expect(agents.asked).toEqual(["a/1", "a/1"]);
    expect(again).toMatchObject({
      how: "dispatch",
      request: { attempt: 1, decided: [{ tool: "Bash", title: "do r1", allows: true, message: null }] },
    });
    const desk = deskOf(again);
    expect(desk.answers()).toEqual([]);
    // Its new session has names of its own for what it asks.
    desk.ask(aCall("n1", "Bash", "r1"));
    await askedFor(engine, runId, 2);
    expect(desk.answers()).toEqual([{ id: "n1", allows: true, message: null }]);
    expect(stepOf(engine, runId)?.permission_requests[1]).toMatchObject({
      status: "approved",
      decided_by: "ada",
    });
    desk.ask(aCall("n2", "Bash", "r1"));
    await askedFor(engine, runId, 3);
    expect(stepOf(engine, runId)).toMatchObject({ waiting_for: "permission" });
    await engine.engine.signal(runId, aDecision());
    again.finish({ ok: true });
    await engine.engine.ended(runId);
    expect(stepOf(engine, runId)).toMatchObject({ status: "completed", attempt_number: 1, recovered: true });
  });

  test("is told of a rejection, and another call is asked for", async () => {
    const engine = await aParked();
    const { runId, agents } = engine;
    await engine.engine.signal(runId, aDecision({ type: "reject", comment: "not on a Friday" }));
    const again = await agents.running("a");
    expect(again.request.decided).toMatchObject([{ allows: false, message: "not on a Friday" }]);
    deskOf(again).ask(aCall("n1", "Bash", "something else"));
    await askedFor(engine, runId, 2);
    expect(stepOf(engine, runId)).toMatchObject({ waiting_for: "permission" });
    deskOf(again).ask(aCall("n2", "Bash", "r1"));
    await askedFor(engine, runId, 3);
    expect(deskOf(again).answers()).toEqual([{ id: "n2", allows: false, message: "not on a Friday" }]);
  });

  test("goes on when all is decided, and what it was told before is not said again", async () => {
    const engine = await anAskingEngine();
    const { runId, desk, agents, clock } = engine;
    for (const id of ["r1", "r2", "r3"]) desk.ask(aCall(id));
    await askedFor(engine, runId, 3);
    await engine.engine.signal(runId, aDecision());
    agents.answered = ["r1"];
    clock.advance(30 * minute);
    await engine.engine.signal(runId, aDecision());
    expect(desk.answers()).toHaveLength(1);
    await engine.engine.signal(runId, aDecision());
    const again = await agents.running("a");
    expect(again.request.decided.map(({ title }) => title)).toEqual(["do r2", "do r3"]);
  });

  test("is rejected when nobody decides at all, and goes on with that", async () => {
    const engine = await aParked(", permission_timeout: 1h");
    engine.clock.advance(30 * minute);
    const again = await engine.agents.running("a");
    expect(again.request.decided).toMatchObject([{ allows: false }]);
    expect(stepOf(engine, engine.runId)).toMatchObject({
      permission_requests: [{ status: "rejected", decided_by: "timeout" }],
    });
  });

  test("can be cancelled", async () => {
    const engine = await aParked();
    await engine.engine.signal(engine.runId, { type: "cancel", reason: null });
    await engine.engine.ended(engine.runId);
    expect(engine.view(engine.runId)).toMatchObject({ status: "cancelled", waiting_gates: [] });
  });

  test("has used what it used before it was stopped", async () => {
    const engine = await anAskingEngine();
    const { runId, desk, agent, agents, clock } = engine;
    const usage = {
      input: 7,
      cache_read: 0,
      cache_write: 0,
      output: 2,
      cost_micro_usd: 5,
      basis: "reported",
    } as const;
    desk.ask(aCall("r1"));
    await askedFor(engine, runId, 1);
    agent.control.signal.addEventListener("abort", () => {});
    agent.finish({ ok: false, endedEarly: true, usage });
    clock.advance(minute);
    await engine.engine.signal(runId, aDecision());
    const again = await agents.running("a");
    expect(again.request.charged).toEqual(usage);
    again.finish({ ok: true, usage });
    await engine.engine.ended(runId);
    expect(engine.view(runId)).toMatchObject({ cost: { input_tokens: 14 } });
    expect(stepOf(engine, runId)?.attempts).toMatchObject([{ number: 1, status: "completed" }]);
  });
});

describe("an agent that is gone while it waits", () => {
  test("goes on when people have decided, although it has no tries left", async () => {
    const engine = await anAskingEngine();
    const { runId, desk, agent, agents } = engine;
    desk.ask(aCall("r1"));
    await askedFor(engine, runId, 1);
    agent.finish({ ok: false, endedEarly: true, error: { class: "agent_error", message: "killed" } });
    expect(stepOf(engine, runId)).toMatchObject({ status: "running", waiting_for: "permission" });
    await engine.engine.signal(runId, aDecision());
    const again = await agents.running("a");
    expect(again.request.decided).toMatchObject([{ title: "do r1", allows: true }]);
    // What it does now is judged as ever.
    again.finish({ ok: false, endedEarly: true, error: { class: "agent_error", message: "killed" } });
    await engine.engine.ended(runId);
    expect(stepOf(engine, runId)).toMatchObject({ status: "failed", error_class: "agent_error" });
  });

  test("after a reboot, its request is decided before or after the next engine begins", async () => {
    const clock = fakeClock();
    const first = await anAskingEngine("", { clock });
    const { runId, store } = first;
    for (const id of ["r1", "r2", "r3"]) first.desk.ask(aCall(id));
    await askedFor(first, runId, 3);
    await first.engine.signal(runId, aDecision());
    await first.engine.stop("leave");
    const passing = await anEngine(undefined, { store, clock, kind: "command" });
    await passing.engine.signal(runId, aDecision());
    await passing.engine.stop("leave");
    clock.advance(60 * minute);
    const next = await anEngine((_, how) => (how === "readopt" ? null : undefined), { store, clock });
    next.agents.answered = ["r1"];
    await next.engine.recover();
    expect(stepOf(next, runId)).toMatchObject({ status: "running", waiting_for: "permission" });
    await next.engine.signal(runId, aDecision({ type: "reject", comment: "no" }));
    const again = await next.agents.running("a");
    expect(again.request.decided).toEqual([
      expect.objectContaining({ title: "do r2", allows: true }),
      expect.objectContaining({ title: "do r3", allows: false, message: "no" }),
    ]);
    again.finish({ ok: true });
    await next.engine.ended(runId);
    expect(stepOf(next, runId)).toMatchObject({ status: "completed", attempt_number: 1, recovered: true });
  });

  test("and whose files are gone is told nothing twice", async () => {
    const clock = fakeClock();
    const first = await anAskingEngine("", { clock });
    const { runId, store } = first;
    for (const id of ["r1", "r2"]) first.desk.ask(aCall(id));
    await askedFor(first, runId, 2);
    await first.engine.signal(runId, aDecision());
    await first.engine.stop("leave");
    const next = await anEngine((_, how) => (how === "readopt" ? "unbegun" : undefined), { store, clock });
    next.agents.answered = null;
    await next.engine.recover();
    await next.engine.signal(runId, aDecision());
    const again = await next.agents.running("a");
    expect(again.request.decided.map(({ title }) => title)).toEqual(["do r2"]);
  });
});
