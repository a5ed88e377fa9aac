import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ExecutionView } from "../execution/view.ts";
import { journeys, type Journey } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";

/**
 * Databases that earlier versions of the program have left. `before-started-actors.db.gz`: five runs of one workflow
 * (draft, a stage that is skipped, a gate, publish), their engines killed; machines are stored in version 1.
 */

const begin = journeys();
const runs = {
  gate: "01a22be0-5b14-73f9-bd0c-2aee7770305a",
  paused: "01a22be0-6150-7274-8265-5242c218d8cd",
  failed: "01a22be0-6c99-7202-83e0-4d8b41de6c2b",
  running: "01a22be0-7a80-746b-a5ad-9d8cea6d5705",
  retry: "01a22be0-8285-7647-a045-c942f1b80995",
};

describe.concurrent("a database from before actors were started", () => {
  test("shows its executions as they were left", async () => {
    const journey = openGolden("golden-look");
    const shown = await Promise.all(Object.values(runs).map((id) => journey.execution(id)));
    expect(shown.map(statuses)).toEqual([
      "running: draft completed, skipped skipped, consent waiting_for_approval, publish pending",
      "paused: draft completed, skipped skipped, consent waiting_for_approval, publish pending",
      "failed: draft completed, skipped skipped, consent completed, publish failed",
      "running: draft running, skipped pending, consent pending, publish pending",
      "running: draft retry_wait, skipped pending, consent pending, publish pending",
    ]);
  });

  test("has a gate that is approved and a run that completes", async () => {
    const journey = openGolden("golden-gate");
    await decide(journey, runs.gate);
    const execution = await resume(journey, runs.gate);
    expect(statuses(execution)).toBe(
      "completed: draft completed, skipped skipped, consent completed, publish completed",
    );
    expect(execution.steps.map(({ attempts }) => attempts.length)).toEqual([1, 0, 0, 1]);
    expect(execution.steps.at(-1)?.inputs).toEqual({ score: 7 });
  });

  test("has a paused run that goes on", async () => {
    const journey = openGolden("golden-paused");
    await decide(journey, runs.paused);
    expect((await journey.execution(runs.paused)).status).toBe("paused");
    expect(statuses(await resume(journey, runs.paused))).toBe(
      "completed: draft completed, skipped skipped, consent completed, publish completed",
    );
  });

  test("has a stage that waits for its next try, and gets it", async () => {
    const journey = openGolden("golden-retry");
    await decideWhenAsked(journey, runs.retry);
    const execution = await journey.execution(runs.retry);
    expect(statuses(execution)).toBe(
      "completed: draft completed, skipped skipped, consent completed, publish completed",
    );
    expect(execution.steps[0]?.attempts.map(({ status, error_message }) => [status, error_message])).toEqual([
      ["failed", "out of ink"],
      ["completed", null],
    ]);
  });

  test("has an attempt whose agent is gone, which runs once more under its number", async () => {
    const journey = openGolden("golden-running");
    await decideWhenAsked(journey, runs.running);
    const execution = await journey.execution(runs.running);
    expect(execution.status).toBe("completed");
    expect(execution.steps[0]).toMatchObject({ attempt_number: 1, recovered: true, outputs: { score: 6 } });
  });

  test("has a failed run that is run again from where it failed", async () => {
    const journey = openGolden("golden-rerun");
    const rerun = await journey.run(["workflow", "rerun", runs.failed, "--from-failed", "--format", "json"]);
    // The script lets this stage fail every time: what counts is that it ran, and nothing before it.
    expect(rerun.code).toBe(1);
    const execution = JSON.parse(rerun.stdout) as ExecutionView;
    expect(execution.parent_id).toBe(runs.failed);
    expect(execution.steps.map(({ status, reused }) => [status, reused])).toEqual([
      ["completed", true],
      ["skipped", true],
      ["completed", true],
      ["failed", false],
    ]);
  });
});

/** A home with a copy of the database, which no program has opened since. */
function openGolden(name: string): Journey {
  const journey = begin(name);
  const packed = readFileSync(join(import.meta.dir, "golden/before-started-actors.db.gz"));
  mkdirSync(journey.home, { recursive: true });
  writeFileSync(join(journey.home, "workflows.db"), Bun.gunzipSync(packed));
  return journey;
}

async function decide(journey: Journey, runId: string): Promise<void> {
  const answer = await journey.run(["workflow", "approve", runId, "consent", "-y"]);
  expect(answer).toMatchObject({ code: 0 });
}

async function resume(journey: Journey, runId: string): Promise<ExecutionView> {
  expect(await journey.run(["workflow", "resume", runId])).toMatchObject({ code: 0 });
  return journey.execution(runId);
}

function statuses({ status, steps }: ExecutionView): string {
  return `${status}: ${steps.map((step) => `${step.stage_id} ${step.status}`).join(", ")}`;
}

/** Resumes it, approves its gate as soon as that asks, and waits for the end. */
async function decideWhenAsked(journey: Journey, runId: string): Promise<void> {
  const running = journey.start(["workflow", "resume", runId, "--events"]);
  await until("its gate waits", () => running.stderr.includes('"gate_waiting"'));
  await decide(journey, runId);
  expect(await running.ended).toMatchObject({ code: 0 });
}
