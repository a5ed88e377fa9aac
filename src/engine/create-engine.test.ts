import { describe, expect, test } from "bun:test";
import { applyToStep, endStep } from "../execution/apply-event.ts";
import type { StageEvent } from "../execution/event.ts";
import { getSteps } from "../store/executions.ts";
import { anEngine, aStart, type TestEngine } from "../testing/an-engine.ts";
import type { Answer } from "../testing/fake-agents.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { makeBlueprint } from "../machine/blueprint.ts";
import { freshStep } from "../machine/fresh-step.ts";

/** How whole executions go, under agents that answer at once. */

const head = "workflow: {id: w, name: W}\n";
const agent = "roles: {primary: 'agent:x'}";
const once = "retry: {max_attempts: 1}";

/** `failing("a")`: every stage completes but those. */
function failing(...ids: string[]): Answer {
  return ({ stage_id }) =>
    ids.includes(stage_id) ? { ok: false, error: { class: "agent_error", message: "boom" } } : { ok: true };
}

interface Case {
  name: string;
  text: string;
  answer?: Answer;
  status: string;
  steps: Record<string, string>;
  had_failures?: boolean;
}

const cases: Case[] = [
  {
    name: "stages run one after the other",
    text: `stages:
  - {id: a, ${agent}}
  - {id: b, ${agent}, depends_on: [a]}`,
    status: "completed",
    steps: { a: "completed", b: "completed" },
    had_failures: false,
  },
  {
    name: "a false condition skips a stage, and what depends on it runs",
    text: `stages:
  - {id: a, ${agent}, condition: "1 == 2"}
  - {id: b, ${agent}, depends_on: [a]}`,
    status: "completed",
    steps: { a: "skipped", b: "completed" },
  },
  {
    name: "a skipped gate skips everything behind it: nobody was asked",
    text: `stages:
  - {id: ask, type: gate, condition: "false", gate: {approvers: [me]}}
  - {id: a, ${agent}, depends_on: [ask]}
  - {id: b, ${agent}, depends_on: [a]}
  - {id: c, ${agent}}`,
    status: "completed",
    steps: { ask: "skipped", a: "skipped", b: "skipped", c: "completed" },
  },
  {
    name: "a skipped gate with on_skip: proceed opens what is behind it",
    text: `stages:
  - {id: ask, type: gate, condition: "false", gate: {approvers: [me], on_skip: proceed}}
  - {id: a, ${agent}, depends_on: [ask]}`,
    status: "completed",
    steps: { ask: "skipped", a: "completed" },
  },
  {
    name: "a failure halts: what had not started is cancelled",
    text: `stages:
  - {id: a, ${agent}, error_policy: {${once}}}
  - {id: b, ${agent}, depends_on: [a]}`,
    answer: failing("a"),
    status: "failed",
    steps: { a: "failed", b: "cancelled" },
    had_failures: true,
  },
  {
    name: "on_failure: continue lets dependents run with null outputs",
    text: `stages:
  - {id: a, ${agent}, outputs: {o: {type: string}}, error_policy: {${once}, on_failure: continue}}
  - {id: b, ${agent}, depends_on: [a], condition: "stages.a.outputs.o == null && stages.a.status == 'failed'"}`,
    answer: failing("a"),
    status: "completed",
    steps: { a: "failed", b: "completed" },
    had_failures: true,
  },
  {
    name: "on_failure: skip_dependents skips everything downstream, other branches go on",
    text: `stages:
  - {id: a, ${agent}, error_policy: {${once}, on_failure: skip_dependents}}
  - {id: b, ${agent}, depends_on: [a]}
  - {id: c, ${agent}, depends_on: [b]}
  - {id: d, ${agent}}
  - {id: e, ${agent}, depends_on: [d, c]}`,
    answer: failing("a"),
    status: "completed",
    steps: { a: "failed", b: "skipped", c: "skipped", d: "completed", e: "skipped" },
    had_failures: true,
  },
  {
    name: "on_stage_failure is the policy of stages that name none",
    text: `error_policy: {on_stage_failure: continue, default_retry: {max_attempts: 1}}
stages:
  - {id: a, ${agent}}
  - {id: b, ${agent}, depends_on: [a]}`,
    answer: failing("a"),
    status: "completed",
    steps: { a: "failed", b: "completed" },
    had_failures: true,
  },
  {
    name: "a missing required input fails its stage before any agent runs",
    text: `stages:
  - {id: a, ${agent}, outputs: {o: {type: string, required: false}}}
  - {id: b, ${agent}, depends_on: [a], inputs: {i: {type: string, source: stages.a.outputs.o}}}`,
    status: "failed",
    steps: { a: "completed", b: "failed" },
  },
  {
    name: "an expression that cannot be evaluated fails its stage",
    text: `stages:
  - {id: a, ${agent}, outputs: {o: {type: string, required: false}}}
  - {id: b, ${agent}, depends_on: [a], condition: "length(stages.a.outputs.o) > 0"}`,
    status: "failed",
    steps: { a: "completed", b: "failed" },
  },
  {
    name: "a skipped stage gives its declared defaults",
    text: `stages:
  - {id: a, ${agent}, condition: "false", outputs: {o: {type: integer, required: false, default: 7}}}
  - {id: b, ${agent}, depends_on: [a], condition: "stages.a.outputs.o == 7 && stages.a.status == 'skipped'"}`,
    status: "completed",
    steps: { a: "skipped", b: "completed" },
  },
];

/** The steps as the stored events alone tell them. */
function replayed({ feed }: TestEngine, text: string, runId: string) {
  const { stages } = makeBlueprint(aStart(text).definition, {}, {});
  const steps = new Map(stages.map((plan) => [plan.stage.id, freshStep(runId, plan, {})]));
  for (const { type, stage_id, attempt, data, at } of feed(runId)) {
    const step = steps.get(stage_id ?? "");
    if (step && type !== "log_line") {
      steps.set(step.stage_id, applyToStep(step, { type, stage_id, attempt, data } as StageEvent, at));
    }
    if (type === "execution_completed") for (const [id, left] of steps) steps.set(id, endStep(left, at));
  }
  return [...steps.values()];
}

function recorded({ store }: TestEngine, runId: string) {
  return getSteps(store, runId);
}

describe("an execution:", () => {
  for (const { name, text, answer, status, steps, had_failures } of cases) {
    test(name, async () => {
      const engine = await anEngine(answer ?? (() => ({ ok: true })));
      const view = await engine.run(head + text);
      expect(replayed(engine, head + text, view.run_id)).toEqual(recorded(engine, view.run_id));
      expect(Object.fromEntries(view.steps.map((step) => [step.stage_id, step.status]))).toEqual(
        steps as never,
      );
      expect(view.status as string).toBe(status);
      if (had_failures !== undefined) expect(view.had_failures).toBe(had_failures);
      const { done, total } = view.progress;
      expect([total, view.completed_at !== null, done <= total]).toEqual([
        Object.keys(steps).length,
        true,
        true,
      ]);
    });
  }

  test("an input gets its source, else its value, else its default", async () => {
    const { run } = await anEngine(() => ({ ok: true }));
    const { steps } = await run(`${head}stages:
  - id: a
    ${agent}
    inputs:
      told: {type: string, source: workflow.id, default: d}
      zero: {type: integer, value: 0, default: 7}
      off: {type: boolean, value: false, default: true}
      deep: {type: object, value: {b: [1, two]}}
      none: {type: string, value: null, default: d}
      dots: {type: string, value: parameters.x}
`);
    expect(steps[0]?.inputs).toEqual({
      told: "w",
      zero: 0,
      off: false,
      deep: { b: [1, "two"] },
      none: "d",
      dots: "parameters.x",
    });
  });

  test("2,000 stages in a chain, all skipped, end without recursion", async () => {
    const chain = Array.from(
      { length: 2000 },
      (_, at) =>
        `  - {id: s${at}, ${agent}, depends_on: [${at === 0 ? "" : `s${at - 1}`}], condition: "false"}`,
    );
    const { run } = await anEngine();
    const view = await run(`${head}stages:\n${chain.join("\n")}\n`);
    expect([view.status, view.progress]).toEqual(["completed", { done: 2000, total: 2000 }]);
  });

  test("the feed is gapless, log lines included, and what is told is what is stored", async () => {
    const told: number[] = [];
    const { engine, start, feed } = await anEngine(() => undefined);
    const runId = await start(`${head}stages: [{id: a, ${agent}}]`);
    expect(runId).toBeString();
    const both = await anEngine();
    both.engine.subscribe((events) => told.push(...events.map(({ seq }) => seq)));
    const other = await both.start(`${head}stages: [{id: a, ${agent}}]`);
    const { control, finish } = await both.agents.running("a");
    for (let line = 1; line <= 3; line++) control.log.write("stdout", `line ${line}`);
    finish({ ok: true });
    await both.engine.ended(other);
    const stored = both.feed(other);
    expect(stored.map(({ type }) => type)).toEqual([
      "execution_started",
      "stage_started",
      "log_line",
      "log_line",
      "log_line",
      "stage_completed",
      "execution_completed",
    ]);
    expect(stored.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(feed(runId).length).toBe(2);
    await engine.stop("leave");
  });
});

test("what an attempt has left is cleared away only when its outcome is on disk", async () => {
  const { engine, agents, run } = await anEngine(() => ({ ok: true }));
  const sweptAtCommit: number[] = [];
  engine.subscribe((events) => {
    if (events.some(({ type }) => type === "stage_completed")) sweptAtCommit.push(agents.swept.length);
  });
  const { run_id } = await run(`${head}stages: [{id: a, ${agent}}]`);
  expect([sweptAtCommit, agents.swept]).toEqual([[0], [`${run_id}/a/1`]]);
});

describe("outputs:", () => {
  const one = `stages:
  - id: a
    ${agent}
    error_policy: {${once}}
    outputs: {n: {type: integer}, o: {type: string, required: false, default: d}}`;
  const table: [string, Record<string, unknown>, string, unknown][] = [
    ["are kept as given", { n: 1, o: "x" }, "completed", { n: 1, o: "x" }],
    ["get defaults where they are optional", { n: 1 }, "completed", { n: 1, o: "d" }],
    ["are kept when nobody declared them", { n: 1, more: [1] }, "completed", { n: 1, o: "d", more: [1] }],
    ["of a wrong type break the contract", { n: "1" }, "failed", null],
    ["that are missing break the contract", {}, "failed", null],
  ];
  for (const [name, outputs, status, kept] of table) {
    test(name, async () => {
      const { run } = await anEngine(() => ({ ok: true, outputs }));
      const [step] = (await run(head + one)).steps;
      expect([step?.status as string, step?.outputs as unknown]).toEqual([status, kept]);
      expect(step?.error_class ?? null).toBe(status === "failed" ? "output_contract" : null);
    });
  }

  test("that nobody declared are told in the log", async () => {
    const { run, feed } = await anEngine(() => ({ ok: true, outputs: { n: 1, more: 2 } }));
    const { run_id } = await run(head + one);
    expect(feed(run_id).find(({ type }) => type === "log_line")?.data).toEqual({
      stream: "system",
      text: 'warning: output "more" is not declared; it is kept',
    });
  });
});

describe("retries:", () => {
  const text = `${head}stages:
  - id: a
    ${agent}
    error_policy: {retry: {max_attempts: 3, initial_interval: 10s, backoff_multiplier: 3, max_interval: 25s}}`;

  test("wait longer each time, up to the longest, within ten percent", async () => {
    const clock = fakeClock();
    const test = await anEngine(failing("a"), { clock });
    const runId = await test.start(text);
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 2; attempt++) {
      await test.until(() => test.view(runId).steps[0]?.status === "retry_wait");
      const waitMs = Date.parse(test.view(runId).steps[0]?.deadline_at ?? "") - clock.now();
      waits.push(waitMs);
      clock.advance(waitMs - 1);
      expect(test.agents.asked.length).toBe(attempt);
      clock.advance(1);
      await test.until(() => test.view(runId).steps[0]?.attempt_number === attempt + 1);
    }
    await test.engine.ended(runId);
    expect(waits[0]).toBeWithin(9_000, 11_001);
    expect(waits[1]).toBeWithin(22_500, 27_501);
    const [step] = test.view(runId).steps;
    expect([step?.status, step?.attempt_number, step?.attempts.length]).toEqual(["failed", 3, 3]);
  });

  test.each([
    ["auth_failure", {}, 1],
    ["agent_error", { retryable: false }, 1],
    ["invalid_request", { retryable: true }, 2],
    ["rate_limited", {}, 2],
    ["my_own_class", {}, 2],
  ])("class %s with %j is tried %i times", async (errorClass, more, tries) => {
    const clock = fakeClock();
    const error = { class: errorClass, message: "no", ...more };
    const { start, engine, view, until } = await anEngine(() => ({ ok: false, error }), { clock });
    const runId = await start(`${head}stages: [{id: a, ${agent}, error_policy: {retry: {max_attempts: 2}}}]`);
    await until(() => view(runId).steps[0]?.status !== "running");
    clock.advance(60_000);
    await engine.ended(runId);
    expect(view(runId).steps[0]?.attempts.length).toBe(tries);
  });

  test("a class in non_retryable_errors is not tried again", async () => {
    const { run } = await anEngine(failing("a"));
    const view = await run(
      `${head}stages: [{id: a, ${agent}, error_policy: {retry: {max_attempts: 5, non_retryable_errors: [agent_error]}}}]`,
    );
    expect(view.steps[0]?.attempts.length).toBe(1);
  });
});
