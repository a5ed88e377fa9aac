import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { journeys, runIdOf, type Journey } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";

/** The examples are run as their readers would run them, with their real programs. */

const begin = journeys();
const examples = join(import.meta.dir, "../../examples");
const delivery = ["workflow", "run", join(examples, "delivery"), "--param", "feature_name=auth-redesign"];

describe.concurrent("the delivery example", () => {
  test("deploys what was reviewed and approved", async () => {
    const journey = begin("delivery");
    const { ended, runId } = await decideAtGate(journey, "approve");
    expect(ended.code).toBe(0);
    expect(await statuses(journey, runId)).toEqual({
      research: "completed",
      plan: "completed",
      "frontend-impl": "completed",
      "backend-impl": "completed",
      "integration-review": "completed",
      "security-review": "completed",
      "deploy-approval": "completed",
      deploy: "completed",
    });
    expect(journey.read("released/main/auth-redesign/backend/handler.sh")).toContain("/api/auth-redesign)");
  });

  test("deploys nothing that was rejected", async () => {
    const journey = begin("delivery-rejected");
    const { ended, runId } = await decideAtGate(journey, "reject");
    expect(ended.code).toBe(1);
    expect(await statuses(journey, runId)).toMatchObject({
      "deploy-approval": "failed",
      deploy: "cancelled",
    });
    expect(existsSync(join(journey.folder, "released"))).toBe(false);
  });

  test("asks nobody and deploys nothing after a bad verdict", async () => {
    const journey = begin("delivery-bad");
    const ended = await journey.run([...delivery, "--param", "must_answer=other", "--format", "json"]);
    const { run_id, steps } = JSON.parse(ended.stdout) as { run_id: string; steps: { outputs: unknown }[] };
    expect(steps[4]?.outputs).toEqual({
      verdict: "fail",
      problems: ['the handler answers "ready", not "other"'],
    });
    expect(await statuses(journey, run_id)).toMatchObject({
      "integration-review": "completed",
      "deploy-approval": "skipped",
      deploy: "skipped",
    });
    expect(existsSync(join(journey.folder, "released"))).toBe(false);
  });

  test("tries the backend again while somebody else builds there", async () => {
    const journey = begin("delivery-locked");
    journey.write("build/search/backend/.lock", "somebody else");
    // The lock is taken away after the first attempt, on a slow machine after some more.
    journey.write(".skillmeat-workflow-overrides.yaml", patientBackend);
    const search = delivery.map((word) => word.replace("auth-redesign", "search"));
    const running = journey.start(search);
    await until("it is to be tried again", () =>
      running.stdout.includes("[backend-impl] failed, tries again"),
    );
    await Bun.file(join(journey.folder, "build/search/backend/.lock")).delete();
    await until("the gate waits", () => running.stdout.includes("[deploy-approval] waits for approval"));
    const runId = await runIdOf(running);
    await journey.run(["workflow", "cancel", runId, "-y"]);
    expect((await running.ended).code).toBe(1);
    expect(await statuses(journey, runId)).toMatchObject({
      "backend-impl": "completed",
      "security-review": "skipped",
      deploy: "cancelled",
    });
  });
});

describe.concurrent("the small examples", () => {
  test.each(["minimal", "retries", "conditions", "handoff"])("%s runs to its end", async (name) => {
    const ended = await begin(name).run(["workflow", "run", join(examples, "small", `${name}.yaml`)]);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
  });

  test("gate is only opened by one of those it names", async () => {
    const journey = begin("gate");
    const running = journey.start(["workflow", "run", join(examples, "small/gate.yaml")]);
    await until("the gate waits", () => running.stdout.includes("[go] waits for approval"));
    await journey.run(["workflow", "approve", await runIdOf(running), "--as", "grace", "-y"]);
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(running.stdout).toContain("said: hello from prepare");
  });

  test("retries does what the simulation script says", async () => {
    const script = join(examples, "small/simulated-script.yaml");
    const retries = join(examples, "small/retries.yaml");
    const args = ["workflow", "run", retries, "--dispatcher", "simulated", "--script", script];
    const { code, stdout } = await begin("simulated").run(args);
    expect(code).toBe(0);
    expect(stdout).toContain("[flaky] failed, tries again: slow down (rate_limited)");
    expect(stdout).toContain("cost: $0.0040");
  });
});

test("the demo's workflow reports on any folder, with or without a history", async () => {
  const journey = begin("demo");
  journey.write("src/long.ts", "a;\n".repeat(301));
  const args = ["workflow", "run", join(examples, "demo"), "--param", "report=out/report.md"];
  expect(await journey.run(args)).toMatchObject({ code: 0 });
  const report = journey.read("out/report.md");
  expect(report).toContain("Looked at every file");
  expect(report).toContain("- `src/long.ts:301` has 301 lines");
});

const patientBackend = `overrides:
  sdlc-feature: { stages: { backend-impl: { error_policy: { retry: { max_attempts: 100 } } } } }
`;

/** Runs it up to its gate, where first a stranger and then the approver decides. */
async function decideAtGate(journey: Journey, decision: "approve" | "reject") {
  const running = journey.start(delivery);
  await until("the gate waits", () => running.stdout.includes("[deploy-approval] waits for approval"));
  const runId = await runIdOf(running);
  const asStranger = await journey.run(["workflow", decision, runId, "--as", "stranger", "-y"]);
  expect(asStranger.stderr).toContain("its approvers: release-manager");
  await journey.run(["workflow", decision, runId, "--as", "release-manager", "-y"]);
  return { ended: await running.ended, runId };
}

/** Stage → status. */
async function statuses(journey: Journey, runId: string): Promise<Record<string, string>> {
  const { steps } = await journey.execution(runId);
  return Object.fromEntries(steps.map(({ stage_id, status }) => [stage_id, status]));
}
