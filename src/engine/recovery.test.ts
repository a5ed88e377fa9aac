import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database } from "bun:sqlite";
import { openStore, type Store } from "../store/database.ts";
import { anEngine, aStart, type TestEngine } from "../testing/an-engine.ts";
import type { Answer } from "../testing/fake-agents.ts";

const folder = mkdtempSync(join(tmpdir(), "skillmeat-recovery-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const head = "workflow: {id: w, name: W}\n";
const agent = "roles: {primary: 'agent:x'}";
const wide = `${head}stages:
  - {id: plan, ${agent}, outputs: {n: {type: integer}}}
  - {id: left, ${agent}, depends_on: [plan]}
  - id: right
    ${agent}
    depends_on: [plan]
    error_policy: {retry: {max_attempts: 2, initial_interval: 1ms, max_interval: 1ms}}
  - {id: never, ${agent}, depends_on: [plan], condition: "stages.plan.outputs.n > 1"}
  - {id: ask, type: gate, depends_on: [left, right], gate: {timeout: 1ms, on_timeout: auto_approve}}
  - {id: ship, ${agent}, depends_on: [ask, never]}`;

/** `right` fails once. */
const answer: Answer = ({ stage_id, attempt }) =>
  stage_id === "right" && attempt === 1
    ? { ok: false, error: { class: "x", message: "x" } }
    : { ok: true, outputs: stage_id === "plan" ? { n: 1 } : {} };

/** The database as it is, opened by what would be the next process: whoever drove it is gone. */
function asAfterCrash(bytes: Uint8Array, name: string): Store {
  const file = join(folder, `${name}.db`);
  writeFileSync(file, bytes);
  const store = openStore(file);
  store.sqlite.run("DELETE FROM holders");
  return store;
}

function nudge({ clock }: TestEngine): () => void {
  const timer = setInterval(() => clock.advance(5), 1);
  return () => clearInterval(timer);
}

async function bytesAtEveryCommit(text: string): Promise<{ runId: string; bytes: Uint8Array[] }> {
  const first = await anEngine(answer);
  const bytes: Uint8Array[] = [];
  first.engine.subscribe(() => bytes.push(first.store.sqlite.serialize()));
  const stop = nudge(first);
  const { run_id } = await first.run(text);
  stop();
  return { runId: run_id, bytes };
}

describe("after a crash at any commit, before anything it allowed was begun,", () => {
  for (const gone of [true, false]) {
    const how = gone ? "agents that are gone run again" : "agents that still run are taken back";
    test(`the execution ends the same, and nothing that had settled runs again: ${how}`, async () => {
      const { runId, bytes } = await bytesAtEveryCommit(wide);
      expect(bytes.length).toBeGreaterThan(6);
      for (const [at, image] of bytes.entries()) {
        const store = asAfterCrash(image, `${gone}-${at}`);
        const next = await anEngine(
          (request, asked) => (asked === "readopt" && gone ? null : answer(request, asked)),
          { store },
        );
        const before = next.view(runId);
        const stop = nudge(next);
        const taken = await next.engine.recover();
        if (before.completed_at === null) {
          expect(taken).toEqual([runId]);
          await next.engine.ended(runId);
        }
        stop();
        const after = next.view(runId);
        expect(next.statuses(runId)).toEqual({
          plan: "completed",
          left: "completed",
          right: "completed",
          never: "skipped",
          ask: "completed",
          ship: "completed",
        });
        expect([after.status, after.steps[2]?.attempt_number]).toEqual(["completed", 2]);
        expect(next.feed(runId).map(({ seq }) => seq)).toEqual(
          Array.from({ length: after.last_event }, (_, seq) => seq + 1),
        );
        for (const step of before.steps) {
          const asked = next.agents.asked.filter((each) => each.includes(`${step.stage_id}/`));
          if (step.completed_at !== null) expect(asked).toEqual([]);
          if (step.status !== "running") continue;
          expect(asked[0]).toBe(`readopt ${step.stage_id}/${step.attempt_number}`);
          const isRecovered = after.steps.find(({ stage_id }) => stage_id === step.stage_id)?.recovered;
          expect(isRecovered).toBe(gone);
        }
        await next.engine.stop("leave");
        store.close();
      }
    });
  }
});

describe("recovery:", () => {
  async function crashed(text: string, until: (engine: TestEngine, runId: string) => Promise<void>) {
    const first = await anEngine();
    const runId = await first.start(text);
    await until(first, runId);
    const store = asAfterCrash(first.store.sqlite.serialize(), runId);
    return { store, runId };
  }

  test("an agent that never began begins now: it is not recovered, nor interrupted", async () => {
    const { store, runId } = await crashed(
      `${head}stages: [{id: a, ${agent}, error_policy: {retry: {non_retryable_errors: [interrupted]}}}]`,
      async ({ agents }) => void (await agents.running("a")),
    );
    const next = await anEngine((_, how) => (how === "readopt" ? "unbegun" : { ok: true }), { store });
    await next.engine.recover();
    await next.engine.ended(runId);
    const [step] = next.view(runId).steps;
    expect(step).toMatchObject({ status: "completed", recovered: false, attempt_number: 1 });
    expect(next.agents.asked).toEqual(["readopt a/1", "a/1"]);
  });

  test("interrupted in non_retryable_errors: an attempt that is gone fails instead", async () => {
    const { store, runId } = await crashed(
      `${head}stages: [{id: a, ${agent}, error_policy: {retry: {non_retryable_errors: [interrupted]}}}]`,
      async ({ agents }) => void (await agents.running("a")),
    );
    const next = await anEngine((_, how) => (how === "readopt" ? null : { ok: true }), { store });
    await next.engine.recover();
    await next.engine.ended(runId);
    expect(next.view(runId).steps[0]).toMatchObject({ status: "failed", error_class: "interrupted" });
    expect(next.agents.asked).toEqual(["readopt a/1"]);
  });

  test("a gate waits on, its deadline where it was", async () => {
    const { store, runId } = await crashed(
      `${head}stages: [{id: ask, type: gate, gate: {timeout: 1h}}]`,
      async () => {},
    );
    const next = await anEngine(undefined, { store });
    await next.engine.takeOver(runId);
    next.clock.advance(3_599_999);
    expect(next.view(runId).waiting_gates).toEqual(["ask"]);
    next.clock.advance(1);
    await next.engine.ended(runId);
    expect(next.view(runId).status).toBe("failed");
  });

  test("a deadline that passed while nothing ran fires at once", async () => {
    const { store, runId } = await crashed(
      `${head}stages: [{id: ask, type: gate, gate: {timeout: 1h, on_timeout: auto_approve}}]`,
      async () => {},
    );
    const next = await anEngine(undefined, { store });
    next.clock.advance(7_200_000);
    await next.engine.takeOver(runId);
    next.clock.advance(0);
    await next.engine.ended(runId);
    expect(next.view(runId).status).toBe("completed");
  });

  test.each([
    ["auto_approve", "reject", "completed"],
    ["halt", "approve", "failed"],
    ["reject", "approve", "failed"],
  ] as const)(
    "a gate whose deadline passed meanwhile did what %s says: %s comes too late",
    async (onTimeout, type, status) => {
      const { store, runId } = await crashed(
        `${head}stages: [{id: ask, type: gate, gate: {timeout: 1h, on_timeout: ${onTimeout}, approvers: []}}]`,
        async () => {},
      );
      const passing = await anEngine(undefined, { store, kind: "command" });
      passing.clock.advance(7_200_000);
      const answer = await passing.engine.signal(runId, {
        type,
        stage_id: "ask",
        actor: "me",
        comment: null,
      });
      expect(answer).toMatchObject({ outcome: "refused", code: "conflict" });
      expect(passing.view(runId)).toMatchObject({ status, steps: [{ decided_by: "timeout" }] });
    },
  );

  test("an execution that was being cancelled is cancelled, its agents swept", async () => {
    const { store, runId } = await crashed(
      `${head}stages: [{id: a, ${agent}}]`,
      async ({ agents, engine }, id) => {
        const { control } = await agents.running("a");
        control.signal.addEventListener("abort", (event) => event.stopImmediatePropagation());
        await engine.signal(id, { type: "cancel", reason: null });
      },
    );
    const next = await anEngine(undefined, { store });
    await next.engine.recover();
    await next.engine.ended(runId);
    expect(next.view(runId)).toMatchObject({ status: "cancelled" });
  });

  test("signals reach an execution nobody drives; nothing is started, the lease is given back", async () => {
    const { store, runId } = await crashed(
      `${head}stages:
  - {id: ask, type: gate, gate: {approvers: []}}
  - {id: a, ${agent}, depends_on: [ask]}`,
      async () => {},
    );
    const passing = await anEngine(undefined, { store, kind: "command" });
    const approve = { type: "approve", stage_id: "ask", actor: "me", comment: null } as const;
    expect(await passing.engine.signal(runId, approve)).toMatchObject({ outcome: "applied" });
    expect(passing.agents.asked).toEqual([]);
    expect(passing.statuses(runId)).toEqual({ ask: "completed", a: "pending" });
    const next = await anEngine(() => ({ ok: true }), { store });
    expect(await next.engine.recover()).toEqual([runId]);
    await next.engine.ended(runId);
    expect(next.view(runId).status).toBe("completed");
  });

  test("cancelling an execution nobody drives ends the agents it has left", async () => {
    const { store, runId } = await crashed(
      `${head}stages: [{id: a, ${agent}}]`,
      async ({ agents }) => void (await agents.running("a")),
    );
    const passing = await anEngine(undefined, { store, kind: "command" });
    const sweptAtCommit: number[] = [];
    passing.engine.subscribe(() => sweptAtCommit.push(passing.agents.swept.length));
    await passing.engine.signal(runId, { type: "cancel", reason: "enough" });
    expect(passing.view(runId)).toMatchObject({ status: "cancelled", error_message: "enough" });
    // Until it is stored that they were cancelled, what they have left may be a result that is still needed.
    expect([sweptAtCommit, passing.agents.swept]).toEqual([[0], [`${runId}/a/1`]]);
  });

  test("cancelling is gone on with where its engine died before the agents had stopped", async () => {
    const { store, runId } = await crashed(
      `${head}stages: [{id: a, ${agent}}]`,
      async ({ agents, engine }, id) => {
        const { control } = await agents.running("a");
        control.signal.addEventListener("abort", (event) => event.stopImmediatePropagation(), {
          capture: true,
        });
        await engine.signal(id, { type: "cancel", reason: "enough" });
      },
    );
    const passing = await anEngine(undefined, { store, kind: "command" });
    await passing.engine.signal(runId, { type: "cancel", reason: "again" });
    expect(passing.view(runId)).toMatchObject({ status: "cancelled", error_message: "enough" });
    expect(passing.agents.asked).toEqual(["readopt a/1"]);
  });

  test("log lines are neither lost nor repeated: reading goes on where it was", async () => {
    const { store } = await crashed(
      `${head}stages: [{id: a, ${agent}}]`,
      async ({ agents, until, feed, clock }, id) => {
        const { control } = await agents.running("a");
        control.log.write("stdout", "one", 4);
        control.log.write("stderr", "two", 8);
        clock.advance(100);
        await until(() => feed(id).length === 4);
      },
    );
    const next = await anEngine(undefined, { store });
    await next.engine.recover();
    const { control } = await next.agents.running("a");
    expect(control.log.offsets).toEqual({ stdout: 4, stderr: 8 });
  });

  test("an engine that drives nothing stores what it starts, and a serving one takes it over by itself", async () => {
    const file = join(folder, "handed.db");
    const serving = await anEngine(() => ({ ok: true }), { store: openStore(file), kind: "serve" });
    await serving.engine.recover();
    const passing = await anEngine(undefined, { store: openStore(file), kind: "command" });
    const ended = new Promise((resolve) =>
      serving.engine.subscribe(
        (events) => events.some(({ type }) => type === "execution_completed") && resolve(0),
      ),
    );
    const runId = await passing.start(`${head}stages: [{id: a, ${agent}}]`);
    await ended;
    expect(passing.view(runId).status).toBe("completed");
    expect(serving.feed(runId).map(({ type }) => type)).toEqual([
      "execution_started",
      "stage_started",
      "stage_completed",
      "execution_completed",
    ]);
    await serving.engine.stop("leave");
  });

  test("what was only stored has no start time until it begins, and its agents see the one it gets", async () => {
    const passing = await anEngine(undefined, { kind: "command" });
    const runId = await passing.start(
      `workflow: {id: w, name: W}
config: {env: {AT: "\${{ run.started_at }}"}}
stages: [{id: a, ${agent}}]`,
    );
    expect(passing.view(runId).started_at).toBeNull();
    const { store, clock } = passing;
    clock.advance(90_000);
    const next = await anEngine(undefined, { store, clock });
    await next.engine.takeOver(runId);
    const { request } = await next.agents.running("a");
    expect(next.view(runId).started_at).toBe("2026-01-02T03:05:35.000Z");
    expect(request.env["AT"]).toBe("2026-01-02T03:05:35.000Z");
  });

  test("two engines at once: each execution is driven by one, and a signal finds it", async () => {
    const file = join(folder, "two.db");
    const [one, two] = [
      await anEngine(undefined, { store: openStore(file) }),
      await anEngine(() => ({ ok: true }), { store: openStore(file) }),
    ];
    const runId = await one.start(`${head}stages: [{id: ask, type: gate, gate: {approvers: []}}]`);
    expect([await two.engine.takeOver(runId), await two.engine.recover()]).toEqual(["held", []]);
    const answer = await two.engine.signal(runId, {
      type: "approve",
      stage_id: "ask",
      actor: "me",
      comment: null,
    });
    expect(answer.outcome).toBe("applied");
    await one.engine.ended(runId);
    expect(two.view(runId).status).toBe("completed");
  });

  test("an engine that has lost its lease writes nothing more and stops its agents", async () => {
    const engine = await anEngine();
    const runId = await engine.start(`${head}stages: [{id: a, ${agent}}]`);
    const { control, finish } = await engine.agents.running("a");
    engine.store.sqlite.run("DELETE FROM leases");
    const ended = engine.engine.ended(runId).catch((error: { code: string }) => error.code);
    finish({ ok: true });
    expect(await ended).toBe("unavailable" as never);
    expect(control.signal.aborted).toBe(false);
    expect(engine.statuses(runId)).toEqual({ a: "running" });
  });

  test("an execution whose lease another process took and gave back is taken over again", async () => {
    const engine = await anEngine();
    const runId = await engine.start(`${head}stages: [{id: ask, type: gate, gate: {}}]`);
    engine.store.sqlite.run("DELETE FROM leases");
    expect(await engine.engine.takeOver(runId)).toBe("taken");
    await engine.engine.signal(runId, { type: "approve", stage_id: "ask", actor: "ann", comment: null });
    expect(engine.view(runId).status).toBe("completed");
  });
});

describe("what goes wrong for one does not take down the others:", () => {
  const one = `${head}stages: [{id: ask, type: gate, gate: {timeout: 1h}}]`;

  test("an execution that cannot be read is told of and left alone, its lease free", async () => {
    const first = await anEngine();
    const [bad, good] = [await first.start(one), await first.start(one)];
    first.store.sqlite.run(
      'UPDATE workflow_executions SET machine_json = \'{"v":99,"value":"x"}\' WHERE id = ?',
      [bad],
    );
    const store = asAfterCrash(first.store.sqlite.serialize(), "unreadable");
    const said: string[] = [];
    const next = await anEngine(undefined, {
      store,
      log: ({ event, execution_id }) => said.push(`${event} ${execution_id}`),
    });
    expect(await next.engine.recover()).toEqual([good]);
    expect(said).toContain(`execution_unreadable ${bad}`);
    const refused = await next.engine.takeOver(bad).catch((error: { code: string }) => error.code);
    expect(refused).toBe("unavailable");
    expect(store.sqlite.query("SELECT count(*) AS leases FROM leases").get()).toEqual({ leases: 1 });
  });

  test("a row that the database does not take is refused to whoever started it, the rest is written", async () => {
    const { engine, view, store } = await anEngine();
    const start = aStart(one);
    const taken = await engine.start(start);
    const [again, other] = await Promise.allSettled([
      engine.start({ ...start, run_id: taken }),
      engine.start(start),
    ]);
    expect([again.status, other.status]).toEqual(["rejected", "fulfilled"]);
    expect(view(taken).status).toBe("running");
    expect(store.sqlite.query("SELECT count(*) AS n FROM workflow_executions").get()).toEqual({ n: 2 });
  });

  test("a listener that throws is logged, and what the commit allowed is done", async () => {
    const said: string[] = [];
    const { engine, run } = await anEngine(() => ({ ok: true }), { log: ({ event }) => said.push(event) });
    engine.subscribe(() => {
      throw new Error("a reader's own trouble");
    });
    const view = await run(`${head}stages: [{id: a, ${agent}}]`);
    expect([view.status, said.includes("listener_failed")]).toEqual(["completed", true]);
  });

  test("a database that fails tells everybody who waits, and accepts nothing more", async () => {
    const { engine, store, start } = await anEngine();
    const runId = await start(`${head}stages: [{id: a, ${agent}}]`);
    const ended = engine.ended(runId).catch((error: { code: string }) => error.code);
    const prepare = store.prepare;
    Object.assign(store, {
      prepare: (text: string) => {
        if (text === "COMMIT") throw ioError();
        return prepare(text as never);
      },
    });
    const signal = engine.signal(runId, { type: "pause" }).catch((error: { code: string }) => error.code);
    const codes = await Promise.all([
      signal,
      ended,
      engine.failed.catch((error: { code: string }) => error.code),
    ]);
    expect(codes as unknown[]).toEqual(["unavailable", "unavailable", "unavailable"]);
    const late = await start(one).catch((error: { code: string }) => error.code);
    expect(late).toBe("unavailable");
  });

  function ioError(): Error {
    try {
      return new Error(
        `it could be opened: ${new Database("/nonexistent/x.db", { readonly: true }).filename}`,
      );
    } catch (error) {
      return error as Error;
    }
  }

  test("an engine that was left writes nothing more, and does not stop its agents", async () => {
    const { engine, agents, start, statuses } = await anEngine();
    const runId = await start(`${head}stages: [{id: a, ${agent}}]`);
    const { control, finish } = await agents.running("a");
    await engine.stop("leave");
    control.log.write("stdout", "still here");
    finish({ ok: true });
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect([statuses(runId), control.signal.aborted]).toEqual([{ a: "running" }, false]);
  });
});

describe("a re-run", () => {
  const text = `${head}error_policy: {default_retry: {max_attempts: 1}}
stages:
  - {id: a, ${agent}, outputs: {o: {type: string}}}
  - {id: skip, ${agent}, condition: "false"}
  - {id: b, ${agent}, depends_on: [a, skip], inputs: {i: {type: string, source: stages.a.outputs.o}}}
  - {id: c, ${agent}, depends_on: [b]}
  - {id: d, ${agent}, depends_on: [a]}`;
  let works = false;
  const sometimes: Answer = ({ stage_id }) =>
    stage_id === "b" && !works
      ? { ok: false, error: { class: "x", message: "x" } }
      : { ok: true, outputs: stage_id === "a" ? { o: "kept" } : {} };

  test.each([
    ["start", { kind: "start" }, ["a/1", "b/1", "c/1", "d/1"], []],
    ["failed", { kind: "failed" }, ["b/1", "c/1"], ["a", "skip", "d"]],
    ["stage", { kind: "stage", stage_id: "c" }, ["b/1", "c/1"], ["a", "skip", "d"]],
  ] as const)("from %s runs what it has to and carries over the rest", async (_, from, asked, reused) => {
    works = false;
    const engine = await anEngine(sometimes);
    const first = await engine.run(text);
    expect(first.status).toBe("failed");
    works = true;
    engine.agents.asked.length = 0;
    const again = await engine.engine.rerun(first.run_id, from);
    await engine.engine.ended(again);
    const view = engine.view(again);
    expect(engine.agents.asked.toSorted()).toEqual([...asked].toSorted());
    expect(view).toMatchObject({
      status: "completed",
      parent_id: first.run_id,
      progress: { done: 5, total: 5 },
    });
    expect(view.steps.filter((step) => step.reused).map(({ stage_id }) => stage_id)).toEqual([...reused]);
    expect(view.steps.find(({ stage_id }) => stage_id === "b")?.inputs).toEqual({ i: "kept" });
  });

  test("of what did not fail, and from a stage that is not there, is refused", async () => {
    works = true;
    const engine = await anEngine(sometimes);
    const { run_id } = await engine.run(text);
    const refused = async (from: Parameters<typeof engine.engine.rerun>[1]): Promise<string> =>
      engine.engine.rerun(run_id, from).then(
        () => "began",
        (error: { code: string }) => error.code,
      );
    expect(await refused({ kind: "failed" })).toBe("conflict");
    expect(await refused({ kind: "stage", stage_id: "nobody" })).toBe("not_found");
  });
});
