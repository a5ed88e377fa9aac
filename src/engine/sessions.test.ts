import { describe, expect, test } from "bun:test";
import type { StageRequest, StageResult } from "../dispatch/dispatcher.ts";
import type { RerunFrom } from "./engine.ts";
import { anEngine, type TestEngine } from "../testing/an-engine.ts";

const retried = "error_policy: {retry: {max_attempts: 3, initial_interval: 1s}}";
const text = `workflow: {id: w, name: W}
stages: [{id: a, roles: {primary: 'agent:x'}, outputs: {n: {type: integer}}, ${retried}}]
`;

function used(input: number, more: Partial<StageResult> = {}): Partial<StageResult> {
  const tokens = { input, cache_read: 0, cache_write: 0, output: 0 };
  return { ok: true, usage: { ...tokens, cost_micro_usd: 0, basis: "reported" }, ...more };
}

/** Lets the running attempt of "a" end with its session kept, and returns what the next one is asked. */
async function endWith(
  { agents, clock, until, view }: TestEngine,
  runId: string,
  result: Partial<StageResult>,
): Promise<StageRequest> {
  const { request, finish } = await agents.running("a");
  agents.sessions.set(request.attempt_id, "s-1");
  finish(result);
  await until(() => view(runId).steps[0]?.status === "retry_wait");
  clock.advance(10_000);
  return (await agents.running("a")).request;
}

describe("an attempt after one whose outputs did not meet the contract", () => {
  test("goes on in its session, and knows what was wrong and what the session has cost", async () => {
    const test = await anEngine();
    const runId = await test.start(text);
    expect((await test.agents.running("a")).request.session).toBeNull();
    const second = await endWith(test, runId, used(10, { outputs: { n: "many" } }));
    expect(second).toMatchObject({
      attempt: 2,
      session: { id: "s-1", end: "output_contract", charged: { input: 10 } },
      previous_error: { class: "output_contract", findings: [expect.objectContaining({})] },
    });
    const third = await endWith(test, runId, used(5, { outputs: {} }));
    expect(third.session).toMatchObject({ id: "s-1", charged: { input: 15 } });
    (await test.agents.running("a")).finish(used(1, { outputs: { n: 1 } }));
    await test.engine.ended(runId);
    expect(test.view(runId).status).toBe("completed");
  });

  test("begins anew after any other failure", async () => {
    const test = await anEngine();
    const runId = await test.start(text);
    expect((await endWith(test, runId, used(1, { outputs: {} }))).session).not.toBeNull();
    const error = { class: "agent_error", message: "it broke" };
    expect((await endWith(test, runId, { ok: false, error })).session).toBeNull();
  });

  test("goes on in it although its engine has died in between", async () => {
    const first = await anEngine();
    const runId = await first.start(text);
    await endWith(first, runId, used(10, { outputs: {} }));
    await first.engine.stop("leave");
    const second = await anEngine(undefined, { store: first.store, clock: first.clock });
    await second.engine.takeOver(runId);
    (await second.agents.running("a")).finish(null);
    const { request } = await second.agents.running("a");
    expect(request).toMatchObject({ attempt: 2, session: { id: "s-1", charged: { input: 10 } } });
  });
});

describe("a re-run of what failed", () => {
  const limited = text.replace("3, initial_interval", "1, initial_interval");
  const error = { class: "budget", message: "used up", retryable: false };

  /** The request of "a" in a re-run of an execution in which it failed. */
  async function rerunAfter(
    test: TestEngine,
    failure: typeof error,
    { definition = limited, from = { kind: "failed" } }: { definition?: string; from?: RerunFrom } = {},
  ): Promise<{ runId: string; request: StageRequest }> {
    const runId = await test.start(definition);
    const { request, finish } = await test.agents.running("a");
    test.agents.sessions.set(request.attempt_id, "s-1");
    finish(used(10, { ok: false, error: failure }));
    await test.engine.ended(runId);
    await test.engine.rerun(runId, from);
    return { runId, request: (await test.agents.running("a")).request };
  }

  test.each(["budget", "timeout"])("goes on in the session of a stage that ended with %s", async (end) => {
    const { request } = await rerunAfter(await anEngine(), { ...error, class: end });
    expect(request).toMatchObject({ attempt: 1, session: { id: "s-1", end, charged: { input: 10 } } });
  });

  const anew: [why: string, failure: typeof error, given: Parameters<typeof rerunAfter>[2]][] = [
    ["that is to be fresh", error, { from: { kind: "failed", isFresh: true } }],
    ["from the start", error, { from: { kind: "start" } }],
    ["after another failure", { ...error, class: "agent_error" }, {}],
    [
      "in a git worktree",
      error,
      { definition: limited.replace("outputs:", "workspace: worktree, outputs:") },
    ],
  ];
  test.each(anew)("%s begins anew", async (_, failure, given) => {
    expect((await rerunAfter(await anEngine(), failure, given)).request.session).toBeNull();
  });

  test("begins anew the second time, because the session is taken", async () => {
    const test = await anEngine();
    const { runId } = await rerunAfter(test, error);
    (await test.agents.running("a")).finish({ outputs: { n: 1 } });
    await test.engine.rerun(runId, { kind: "failed" });
    const { request } = await test.agents.running("a");
    expect([request.run_id === runId, request.session]).toEqual([false, null]);
  });
});
