import { expect, test } from "bun:test";
import type { StageResult } from "../dispatch/dispatcher.ts";
import { anEngine } from "../testing/an-engine.ts";

const denials = { calls: [{ tool: "Bash", title: "rm -r build" }], count: 2 };

/** The only step of a workflow with these settings, and its log, when its agent ends so. */
async function stepAfter(result: Partial<StageResult>, settings: { config?: string; stage?: string } = {}) {
  const { config = "{}", stage = "deny" } = settings;
  const engine = await anEngine(() => result);
  const head = `workflow: {id: w, name: W}\nconfig: ${config}`;
  const twice = "error_policy: {retry: {max_attempts: 2, initial_interval: 1s}}";
  const runId = await engine.start(
    `${head}\nstages: [{id: a, roles: {primary: 'agent:x'}, permissions: ${stage}, ${twice}}]`,
  );
  await engine.until(
    () => engine.statuses(runId)["a"] !== "running" && engine.statuses(runId)["a"] !== "pending",
  );
  const [step] = engine.view(runId).steps;
  const log = engine.feed(runId).flatMap((event) => (event.type === "log_line" ? [event.data.text] : []));
  return { step, log };
}

const warnings = [
  'warning: Bash was denied, because no entry of "tools" allows it: rm -r build',
  "warning: 1 more calls were denied",
];

test("an agent that was denied something goes on, and warnings name tool and title", async () => {
  const { step, log } = await stepAfter({ ok: true, denials });
  expect(step).toMatchObject({ status: "completed" });
  expect(log).toEqual(warnings);
});

test("under fail its attempt fails when it ends, and is not tried again", async () => {
  for (const settings of [{ stage: "fail" }, { config: "{permissions: fail}", stage: "fail" }]) {
    const { step, log } = await stepAfter({ ok: true, denials }, settings);
    expect(step).toMatchObject({ status: "failed", error_class: "permission_denied", attempt_number: 1 });
    expect(step?.error_message).toContain("denied: Bash (rm -r build), 1 more");
    expect(log).toEqual(warnings);
  }
});

test("also one that failed for another reason, which trying again would not help", async () => {
  const error = { class: "agent_error", message: "could not finish" };
  const { step } = await stepAfter({ ok: false, error, denials }, { stage: "fail" });
  expect(step).toMatchObject({ status: "failed", error_class: "permission_denied" });
});

test("an attempt that did not come to its end keeps its own reason", async () => {
  const error = { class: "timeout", message: "was silent" };
  const { step } = await stepAfter({ ok: false, error, denials }, { stage: "fail" });
  expect(step).toMatchObject({ status: "retry_wait", error_class: "timeout" });
});

test("an agent that was denied nothing is not affected", async () => {
  expect((await stepAfter({ ok: true }, { stage: "fail" })).step).toMatchObject({ status: "completed" });
});
