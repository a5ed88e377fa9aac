import { expect, test } from "bun:test";
import type { StageDispatcher, StageResult } from "../dispatch/dispatcher.ts";
import { anEngine } from "../testing/an-engine.ts";
import { fakeAgents } from "../testing/fake-agents.ts";

const oneStage = `workflow: {id: w, name: W}
stages: [{id: a, roles: {primary: 'agent:x'}}]`;

/** An engine that cancels what nobody drives; the agent that it stops ends only when the test says so. */
async function aSlowCancel() {
  const first = await anEngine();
  const runId = await first.start(oneStage);
  await first.agents.running("a");
  await first.engine.stop("leave");
  const agents = fakeAgents();
  const plain = agents.dispatchers("fake");
  const { promise, resolve } = Promise.withResolvers<StageResult>();
  const slow: StageDispatcher = {
    ...plain,
    readopt: (request, control) => (control.signal.aborted ? promise : plain.readopt(request, control)),
  };
  const next = await anEngine(undefined, { store: first.store, maxSteps: 1, dispatchers: () => slow });
  const cancelled = next.engine
    .signal(runId, { type: "cancel", reason: null })
    .catch((error: { code: string }) => error.code);
  const endAgent = (): void =>
    resolve({ ok: false, error: { class: "cancelled", message: "stopped" }, warnings: [] });
  return { ...next, agents, runId, cancelled, endAgent };
}

test("a cancel that has lost its lease while agents stop leaves alone what drives the execution anew", async () => {
  const { engine, store, agents, runId, cancelled, endAgent, statuses } = await aSlowCancel();
  // Another process takes the lease and gives it back.
  store.sqlite.run("DELETE FROM leases");
  expect(await engine.takeOver(runId)).toBe("taken");
  const { finish } = await agents.running("a");
  endAgent();
  expect(await cancelled).toBe("unavailable");
  expect(statuses(runId)).toEqual({ a: "running" });
  finish({ ok: true });
  await engine.ended(runId);
  expect(statuses(runId)).toEqual({ a: "completed" });
  await engine.stop("leave");
});

test("a cancel that has lost its lease while agents stop gives back no place that is not its own", async () => {
  const { engine, store, start, agents, runId, cancelled, endAgent, statuses, until } = await aSlowCancel();
  store.sqlite.run("DELETE FROM leases");
  expect(await engine.takeOver(runId)).toBe("taken");
  const { finish } = await agents.running("a");
  endAgent();
  await cancelled;
  const other = await start(oneStage);
  expect(statuses(other)).toEqual({ a: "pending" });
  finish({ ok: true });
  await until(() => statuses(other)["a"] === "running");
  await engine.stop("leave");
});
