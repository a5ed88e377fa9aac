import { describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { shortId } from "../execution/short-id.ts";
import { journeys, runIdOf, type Journey, type RunningProcess } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";
import { heldAgent, patientAgent, writeEightStages, writeWorkflow } from "../testing/journey-workflows.ts";
import { processesWith, signalIfThere } from "../testing/process-table.ts";

/** What survives when the process that drives an execution is killed, with and without its agents. */

const begin = journeys();
const programs = ["collect", "left", "right", "judge", "build", "release"];

describe.concurrent("kill -9 of the engine:", () => {
  test("five times in a run of eight stages: it completes, and each program has run exactly once", async () => {
    const journey = begin("crash");
    heldAgent(journey);
    writeEightStages(journey);
    let running = journey.start(["workflow", "run", "."]);
    const runId = await runIdOf(running);
    const killWhen = async (what: string, look: () => boolean): Promise<void> => {
      await until(what, look);
      running = await killAndWait(running);
    };
    const resume = (): void => {
      running = journey.start(["workflow", "resume", runId]);
    };

    await killWhen("the first agent runs", () => journey.lines("began").includes("collect"));
    free(journey, "collect");
    resume();
    await killWhen("the pair runs", () => journey.lines("began").length === 3);
    free(journey, "left", "right");
    await until("the pair has ended unseen", () => journey.lines("ended").length === 3);
    resume();
    await killWhen("the next one runs", () => journey.lines("began").includes("judge"));
    free(journey, "judge");
    resume();
    await killWhen("the gate waits", () => running.stdout.includes("[consent] waits for approval"));
    resume();
    await killWhen("the agent behind the gate runs", () => journey.lines("began").includes("build"));
    free(journey, "build", "release");
    resume();

    expect(await running.ended).toMatchObject({ code: 0 });
    const { status, steps } = await journey.execution(runId);
    expect(status).toBe("completed");
    expect(steps.map((step) => `${step.stage_id} ${step.status}`)).toEqual([
      "collect completed",
      "left completed",
      "right completed",
      "judge completed",
      "extra skipped",
      "consent completed",
      "build completed",
      "release completed",
    ]);
    expect(steps.filter(({ recovered }) => recovered)).toEqual([]);
    expect(journey.lines("began").toSorted()).toEqual(programs.toSorted());
    nothingIsLeft(journey, runId);
  });

  test("with the agents killed too: what had ended is not run again, what was killed is, as the same attempt", async () => {
    const journey = begin("crash-agents");
    heldAgent(journey);
    writeEightStages(journey);
    free(journey, "collect", "judge");
    const first = journey.start(["workflow", "run", "."]);
    const runId = await runIdOf(first);
    await until("the pair runs", () => journey.lines("began").length === 3);
    await killAndWait(first);
    killGroups(journey);
    free(journey, "left", "right");
    const second = journey.start(["workflow", "resume", runId]);
    await until("a later agent runs", () => journey.lines("began").includes("build"));
    await killAndWait(second);
    killGroups(journey);
    free(journey, "build", "release");

    expect(await journey.run(["workflow", "resume", runId])).toMatchObject({ code: 0 });
    const { status, steps } = await journey.execution(runId);
    expect(status).toBe("completed");
    expect(steps.filter(({ recovered }) => recovered).map(({ stage_id }) => stage_id)).toEqual([
      "left",
      "right",
      "build",
    ]);
    expect(steps.map(({ attempt_number }) => attempt_number)).toEqual(steps.map(() => 1));
    const again = ["build", "left", "right"];
    expect(journey.lines("began").toSorted()).toEqual([...programs, ...again].toSorted());
    expect(journey.lines("ended").toSorted()).toEqual(programs.toSorted());
    nothingIsLeft(journey, runId);
  });

  test("an agent that runs on meanwhile is followed on: its later lines are in the log, once each", async () => {
    const journey = begin("crash-log");
    patientAgent(journey);
    journey.write(
      "agents/worker.sh",
      [
        "#!/bin/sh",
        "echo first",
        'echo x >>"$SKILLMEAT_WORKDIR/began"',
        'while [ ! -e "$SKILLMEAT_WORKDIR/go" ]; do sleep 0.02; done',
        "echo second",
        'while [ ! -e "$SKILLMEAT_WORKDIR/on" ]; do sleep 0.02; done',
        "echo third >&2",
      ].join("\n"),
    );
    writeWorkflow(journey, { only: {} });
    const first = journey.start(["workflow", "run", "."]);
    const runId = await runIdOf(first);
    await until("the first line is shown", () => first.stdout.includes("[only] first"));
    await killAndWait(first);
    journey.write("go", "");
    const second = journey.start(["workflow", "resume", runId]);
    await until("the second line is shown", () => second.stdout.includes("[only] second"));
    journey.write("on", "");
    expect(await second.ended).toMatchObject({ code: 0 });
    const logs = await journey.run(["workflow", "runs", runId, "--logs"]);
    expect(logs.stdout.match(/first|second|third/g)).toEqual(["first", "second", "third"]);
    expect(journey.lines("began")).toHaveLength(1);
    nothingIsLeft(journey, runId);
  });

  test("before an agent began, which shows in its folder: it begins, and is neither recovered nor interrupted", async () => {
    const journey = begin("crash-unbegun");
    patientAgent(journey);
    const retry = { non_retryable_errors: ["interrupted"] };
    writeWorkflow(journey, { only: { error_policy: { retry } } });
    const first = journey.start(["workflow", "run", "."]);
    const runId = await runIdOf(first);
    await until("the agent runs", () => journey.lines("began").length === 1);
    await killAndWait(first);
    killGroups(journey);
    // As it is between the commit that says so and the start itself.
    rmSync(join(journey.home, "attempts", runId), { recursive: true });
    journey.write("go", "");
    expect(await journey.run(["workflow", "resume", runId])).toMatchObject({ code: 0 });
    const { steps } = await journey.execution(runId);
    expect(steps).toMatchObject([{ status: "completed", recovered: false, attempt_number: 1 }]);
    nothingIsLeft(journey, runId);
  });

  test("while an agent runs whose class `interrupted` is not retried: killed with it, the step fails", async () => {
    const journey = begin("crash-interrupted");
    patientAgent(journey);
    const retry = { non_retryable_errors: ["interrupted"] };
    writeWorkflow(journey, { only: { error_policy: { retry } } });
    const first = journey.start(["workflow", "run", "."]);
    const runId = await runIdOf(first);
    await until("the agent runs", () => journey.lines("began").length === 1);
    await killAndWait(first);
    killGroups(journey);
    const resumed = await journey.run(["workflow", "resume", runId]);
    expect(resumed.code).toBe(1);
    const { status, steps } = await journey.execution(runId);
    expect([status, steps[0]?.error_class]).toEqual(["failed", "interrupted"]);
    expect(journey.lines("began")).toHaveLength(1);
    nothingIsLeft(journey, runId);
  });

  test("the state that is stored is what `runs` shows meanwhile, with the way to go on", async () => {
    const journey = begin("crash-shown");
    patientAgent(journey);
    writeWorkflow(journey, { one: {}, two: { after: ["one"] } });
    const first = journey.start(["workflow", "run", "."]);
    const runId = await runIdOf(first);
    await until("the agent runs", () => journey.lines("began").length === 1);
    await killAndWait(first);
    const shown = await journey.run(["workflow", "runs", runId]);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain("1 running, 1 pending");
    expect(shown.stderr).toContain(
      `nobody drives it; continue with: skillmeat workflow resume ${shortId(runId)}, or`,
    );
    expect(await journey.run(["workflow", "cancel", runId, "-y"])).toMatchObject({ code: 0 });
    expect((await journey.execution(runId)).status).toBe("cancelled");
    nothingIsLeft(journey, runId);
  });

  test("whoever gives it a signal then is told how to go on, until it is over", async () => {
    const journey = begin("crash-signals");
    patientAgent(journey);
    writeWorkflow(journey, { first: { gate: {} }, second: { gate: {} }, work: { after: ["first"] } });
    const running = journey.start(["workflow", "run", "."]);
    const runId = await runIdOf(running);
    await until("both gates wait", () => running.stdout.split("waits for approval").length === 3);
    await killAndWait(running);
    const goOn = `nobody drives it; continue with: skillmeat workflow resume ${shortId(runId)}, or skillmeat serve\n`;
    const signal = (...args: string[]) => journey.run(["workflow", ...args, "-y"]);
    expect(await signal("approve", runId, "first")).toMatchObject({
      stdout: 'approved "first"\n',
      stderr: goOn,
    });
    expect(await signal("pause", runId)).toMatchObject({ stdout: "paused\n", stderr: goOn });
    expect(await signal("approve", runId, "second", "--format", "json")).toMatchObject({ stderr: goOn });
    expect(await signal("cancel", runId)).toMatchObject({ code: 0, stderr: "" });
    expect(journey.lines("began")).toEqual([]);
  });
});

async function killAndWait(running: RunningProcess): Promise<RunningProcess> {
  running.kill("SIGKILL");
  expect((await running.ended).signal).toBe("SIGKILL");
  return running;
}

function free(journey: Journey, ...stages: string[]): void {
  for (const stage of stages) journey.write(`free-${stage}`, "");
}

function killGroups(journey: Journey): void {
  const groups = new Set(journey.agents().map(({ group }) => group));
  expect(groups.size).toBeGreaterThan(0);
  for (const group of groups) signalIfThere(-group, "SIGKILL");
}

function nothingIsLeft(journey: Journey, runId: string): void {
  expect(processesWith(`SKILLMEAT_ATTEMPT_ID=${runId}`)).toEqual([]);
  expect(journey.attempts()).toEqual([]);
}
