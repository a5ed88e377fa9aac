import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore, type Store } from "../store/database.ts";
import { anEngine, type TestEngine } from "../testing/an-engine.ts";
import { fakeClock, type FakeClock } from "../testing/fake-clock.ts";

/** Clocks that jump, machines that sleep: durations are time that was watched, appointments are instants. */

const folder = mkdtempSync(join(tmpdir(), "skillmeat-clocks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const head = "workflow: {id: w, name: W}\n";
const agent = "roles: {primary: 'agent:x'}";
const slow = `${head}stages: [{id: a, ${agent}, error_policy: {timeout: 30m, retry: {max_attempts: 1}}}]`;
const again = `${head}stages:
  - id: a
    ${agent}
    error_policy: {retry: {max_attempts: 2, initial_interval: 2m, max_interval: 2m}}`;
const bounded = `${head}config: {timeout: 1h}
stages: [{id: a, ${agent}, error_policy: {timeout: 10h}}]`;
const gate = `${head}stages: [{id: ask, type: gate, gate: {timeout: 1h, on_timeout: auto_approve}}]`;

const failsFirst = ({ attempt }: { attempt: number }) =>
  attempt === 1 ? { ok: false, error: { class: "x", message: "x" } } : { ok: true };

/** What has become of an execution when its clock has done what it does. */
async function status({ engine, statuses }: TestEngine, runId: string, id: string): Promise<string> {
  // A signal is answered with the commit after everything that was due.
  await engine.signal(runId, { type: "pause" });
  await engine.signal(runId, { type: "resume" });
  return statuses(runId)[id] ?? "";
}

describe.each([
  ["set forward by 2 h", (clock: FakeClock) => clock.jump(2 * hourMs)],
  ["set back by 2 h", (clock: FakeClock) => clock.jump(-2 * hourMs)],
  ["stopped, with the machine, for 2 h", (clock: FakeClock) => clock.freeze(2 * hourMs)],
])("a clock that is %s", (_, act) => {
  test("neither kills an agent early nor lets it run on", async () => {
    const engine = await anEngine();
    const runId = await engine.start(slow);
    await engine.agents.running("a");
    engine.clock.advance(10 * minuteMs);
    act(engine.clock);
    engine.clock.advance(19 * minuteMs);
    expect(await status(engine, runId, "a")).toBe("running");
    engine.clock.advance(2 * minuteMs);
    await engine.engine.ended(runId);
    expect(engine.statuses(runId)).toEqual({ a: "timed_out" });
  });

  test("neither hastens the next try nor puts it off", async () => {
    const engine = await anEngine(failsFirst);
    const runId = await engine.start(again);
    await engine.until(() => engine.statuses(runId)["a"] === "retry_wait");
    act(engine.clock);
    engine.clock.advance(minuteMs);
    expect(engine.agents.asked).toEqual(["a/1"]);
    engine.clock.advance(2 * minuteMs);
    await engine.engine.ended(runId);
    expect(engine.statuses(runId)).toEqual({ a: "completed" });
  });

  test("does not change how long an execution may take", async () => {
    const engine = await anEngine();
    const runId = await engine.start(bounded);
    await engine.agents.running("a");
    act(engine.clock);
    engine.clock.advance(58 * minuteMs);
    expect(await status(engine, runId, "a")).toBe("running");
    engine.clock.advance(3 * minuteMs);
    await engine.engine.ended(runId);
    expect(engine.view(runId)).toMatchObject({
      status: "failed",
      error_message: expect.stringContaining("config.timeout"),
    });
  });
});

describe("a gate's deadline is an instant", () => {
  test("that comes when the clock is set beyond it", async () => {
    const engine = await anEngine();
    const runId = await engine.start(gate);
    engine.clock.jump(2 * hourMs);
    engine.clock.advance(minuteMs);
    await engine.engine.ended(runId);
    expect(engine.view(runId).steps[0]).toMatchObject({ status: "completed", decided_by: "timeout" });
  });

  test("that is further away when the clock is set back", async () => {
    const engine = await anEngine();
    const runId = await engine.start(gate);
    engine.clock.jump(-2 * hourMs);
    engine.clock.advance(2 * hourMs);
    expect(await status(engine, runId, "ask")).toBe("waiting_for_approval");
    engine.clock.advance(2 * hourMs);
    await engine.engine.ended(runId);
  });
});

describe("over a restart", () => {
  /** The engine dies now; the next one begins when `change` has happened to its clock. */
  async function restarted(
    first: TestEngine,
    change: (clock: FakeClock) => void,
    given: Parameters<typeof anEngine>[0] = undefined,
    livedMs: number | null = null,
  ): Promise<TestEngine> {
    const store = asAfterCrash(first.store);
    const clock = fakeClock(first.clock.now());
    change(clock);
    const next = await anEngine(given, { store, clock, livedMs: () => livedMs });
    await next.engine.recover();
    return next;
  }

  test("the time in between counts for an agent that runs on", async () => {
    const first = await anEngine();
    const runId = await first.start(slow);
    await first.agents.running("a");
    const next = await restarted(first, (clock) => clock.jump(20 * minuteMs), undefined, 20 * minuteMs);
    next.clock.advance(9 * minuteMs);
    expect(await status(next, runId, "a")).toBe("running");
    next.clock.advance(2 * minuteMs);
    await next.engine.ended(runId);
    expect(next.statuses(runId)).toEqual({ a: "timed_out" });
  });

  test("a clock that was set forward meanwhile counts only for as long as the agent has lived", async () => {
    const first = await anEngine();
    const runId = await first.start(slow);
    await first.agents.running("a");
    const next = await restarted(first, (clock) => clock.jump(5 * hourMs), undefined, 5 * minuteMs);
    expect(next.view(runId).steps[0]?.deadline_at).not.toBeNull();
    next.clock.advance(24 * minuteMs);
    expect(await status(next, runId, "a")).toBe("running");
    // What is shown agrees with the clock as it is now.
    const left = Date.parse(next.view(runId).steps[0]?.deadline_at ?? "") - next.clock.now();
    expect(left).toBeWithin(0, 2 * minuteMs);
    next.clock.advance(2 * minuteMs);
    await next.engine.ended(runId);
    expect(next.statuses(runId)).toEqual({ a: "timed_out" });
  });

  test("no time counts for an agent that is gone: its attempt begins again and has all of its time", async () => {
    const first = await anEngine();
    const runId = await first.start(`${head}config: {timeout: 1h}\n${slow.slice(head.length)}`);
    await first.agents.running("a");
    const next = await restarted(first, (clock) => clock.jump(9 * hourMs));
    next.clock.advance(0);
    const { finish, how } = await next.agents.running("a");
    expect(how).toBe("readopt");
    finish(null);
    await next.until(() => next.view(runId).steps[0]?.recovered === true);
    next.clock.advance(29 * minuteMs);
    expect(await status(next, runId, "a")).toBe("running");
    next.clock.advance(2 * minuteMs);
    await next.engine.ended(runId);
    expect(next.statuses(runId)).toEqual({ a: "timed_out" });
  });

  test("an agent that could not begin yet has all of its time, whatever was stored meanwhile", async () => {
    const first = await anEngine();
    const runId = await first.start(slow);
    const { control } = await first.agents.running("a");
    control.holdTime?.();
    control.log.write("system", "waits for its worktree");
    first.clock.advance(1_000);
    await first.until(() => first.feed(runId).some(({ type }) => type === "log_line"));
    const next = await restarted(first, () => {}, undefined, minuteMs);
    next.clock.advance(28 * minuteMs);
    expect(await status(next, runId, "a")).toBe("running");
    next.clock.advance(2 * minuteMs);
    await next.engine.ended(runId);
    expect(next.statuses(runId)).toEqual({ a: "timed_out" });
  });

  test("a clock that was set back counts as no time at all", async () => {
    const first = await anEngine(failsFirst);
    const runId = await first.start(again);
    await first.until(() => first.statuses(runId)["a"] === "retry_wait");
    const next = await restarted(first, (clock) => clock.jump(-5 * hourMs), failsFirst);
    next.clock.advance(minuteMs);
    expect(next.agents.asked).toEqual([]);
    next.clock.advance(2 * minuteMs);
    await next.engine.ended(runId);
    expect(next.statuses(runId)).toEqual({ a: "completed" });
  });

  test("a wait that was over before begins the next try at once", async () => {
    const first = await anEngine(failsFirst);
    const runId = await first.start(again);
    await first.until(() => first.statuses(runId)["a"] === "retry_wait");
    const next = await restarted(first, (clock) => clock.jump(5 * minuteMs), failsFirst);
    next.clock.advance(0);
    await next.engine.ended(runId);
    expect(next.statuses(runId)).toEqual({ a: "completed" });
  });

  test("config.timeout goes on where it was, at most for as long as its agents have lived", async () => {
    const first = await anEngine();
    const runId = await first.start(bounded);
    const { control } = await first.agents.running("a");
    first.clock.advance(30 * minuteMs);
    // With each commit of the execution, as its agent's lines bring them, the count is stored.
    control.log.write("stdout", "still here");
    first.clock.advance(1_000);
    await first.until(() => first.feed(runId).some(({ type }) => type === "log_line"));
    const next = await restarted(first, (clock) => clock.jump(9 * hourMs), undefined, 40 * minuteMs);
    // 30 minutes were watched, and the agent has run for 10 more at most.
    next.clock.advance(18 * minuteMs);
    expect(await status(next, runId, "a")).toBe("running");
    next.clock.advance(3 * minuteMs);
    await next.engine.ended(runId);
    expect(next.view(runId).status).toBe("failed");
  });
});

function asAfterCrash(before: Store): Store {
  const file = join(folder, `${Bun.randomUUIDv7()}.db`);
  writeFileSync(file, before.sqlite.serialize());
  const store = openStore(file);
  store.sqlite.run("DELETE FROM holders");
  return store;
}
