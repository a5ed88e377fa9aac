import { describe, expect, test } from "bun:test";
import { shortId } from "../execution/short-id.ts";
import { journeys, type Journey } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";
import { patientAgent, writeWorkflow } from "../testing/journey-workflows.ts";
import { catchesInterrupts, processesWith, signalIfThere } from "../testing/process-table.ts";

/** Runs in the background: `--detach` hands them to a process of their own, which anybody may look at and stop. */

const begin = journeys();
const runId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

describe.concurrent("a run that is detached", () => {
  test("is told by its id alone, is followed by whoever wants to, and leaves no process behind", async () => {
    const { journey, id, stderr } = await runDetached("detach");
    expect(stderr).toBe(
      `runs in the background; follow it: skillmeat workflow runs ${shortId(id)} --follow\n`,
    );
    const follower = journey.start(["workflow", "runs", id, "--follow"]);
    await until("it follows", () => catchesInterrupts(follower.pid));
    journey.write("go", "");
    const followed = await follower.ended;
    expect(followed.code).toBe(0);
    expect(followed.stdout).toMatch(/\[one\] completed[^]*\[two\] completed[^]*2 completed/);
    await until("its host is gone", () => hosts(journey).length === 0);
    expect(journey.attempts()).toEqual([]);
  });

  test("is cancelled from anywhere, its agents with it", async () => {
    const { journey, id } = await runDetached("detach-cancel");
    await until("the agent works", () => journey.lines("began").length === 1);
    expect(await journey.run(["workflow", "cancel", id, "-y"])).toMatchObject({ code: 0 });
    await until("its host is gone", () => hosts(journey).length === 0);
    expect((await journey.execution(id)).status).toBe("cancelled");
    expect(journey.agents()).toEqual([]);
    expect(journey.attempts()).toEqual([]);
  });

  test("whose host is killed: who follows is told the way to go on; `resume` takes it over, nothing runs twice", async () => {
    const { journey, id } = await runDetached("detach-kill");
    await until("the agent works", () => journey.lines("began").length === 1);
    const [host = 0] = hosts(journey);
    const follower = journey.start(["workflow", "runs", id, "--follow"]);
    await until("it follows", () => catchesInterrupts(follower.pid));
    signalIfThere(host, "SIGKILL");
    const followed = await follower.ended;
    expect(followed.code).toBe(5);
    expect(followed.stderr).toBe(
      `nobody drives it any more; continue with: skillmeat workflow resume ${shortId(id)}\n`,
    );
    journey.write("go", "");
    expect(await journey.run(["workflow", "resume", id])).toMatchObject({ code: 0 });
    expect(journey.lines("began")).toEqual(["one", "two"]);
    expect(journey.attempts()).toEqual([]);
  });

  test("may be taken over in the background again", async () => {
    const { journey, id } = await runDetached("detach-again");
    await until("the agent works", () => journey.lines("began").length === 1);
    for (const pid of hosts(journey)) signalIfThere(pid, "SIGKILL");
    await until("the host is gone", () => hosts(journey).length === 0);
    const again = await journey.run(["workflow", "resume", id, "--detach"]);
    expect(again).toMatchObject({ code: 0, stdout: `${id}\n` });
    journey.write("go", "");
    await until("its host is gone", () => hosts(journey).length === 0);
    expect((await journey.execution(id)).status).toBe("completed");
    expect(journey.lines("began")).toEqual(["one", "two"]);
  });

  test("that ended is run again from what failed, in the background too; as JSON it is one Execution", async () => {
    const { journey, id } = await runDetached("detach-rerun");
    await until("the agent works", () => journey.lines("began").length === 1);
    await journey.run(["workflow", "cancel", id, "-y"]);
    journey.write("go", "");
    const rerun = await journey.run([
      "workflow",
      "rerun",
      id,
      "--from-failed",
      "--detach",
      "--format",
      "json",
    ]);
    expect(rerun).toMatchObject({ code: 0, stderr: "" });
    const execution = JSON.parse(rerun.stdout) as { run_id: string; parent_id: string };
    expect(execution.parent_id).toBe(id);
    await until("its host is gone", () => hosts(journey).length === 0);
    expect((await journey.execution(execution.run_id)).status).toBe("completed");
  });

  test("is refused like any other when something is wrong with it", async () => {
    const journey = begin("detach-wrong");
    writeWorkflow(journey, { one: {} });
    const ended = await journey.run(["workflow", "run", ".", "--detach"]);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toBe("");
    expect(ended.stderr).toContain('agent "agent:worker"');
    expect(hosts(journey)).toEqual([]);
  });
});

async function runDetached(name: string): Promise<{ journey: Journey; id: string; stderr: string }> {
  const journey = begin(name);
  patientAgent(journey);
  writeWorkflow(journey, { one: {}, two: { after: ["one"] } });
  const { code, stdout, stderr } = await journey.run(["workflow", "run", ".", "--detach"]);
  expect(code).toBe(0);
  expect(stdout.trimEnd()).toMatch(runId);
  return { journey, id: stdout.trimEnd(), stderr };
}

/** Processes of the program itself; its agents do not get the variable. */
function hosts({ home }: Journey): number[] {
  return processesWith(`SKILLMEAT_HOME=${home}`).map(({ pid }) => pid);
}
