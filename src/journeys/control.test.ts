import { beforeAll, describe, expect, test } from "bun:test";
import { shortId } from "../execution/short-id.ts";
import { journeys, runIdOf, type Journey, type RunningProcess } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";
import { patientAgent, writeWorkflow } from "../testing/journey-workflows.ts";
import { catchesInterrupts, processesWith } from "../testing/process-table.ts";

/** What a second process may do to an execution that a first one drives. */

const begin = journeys();

describe.concurrent("a second process", () => {
  test("approves the gate the first one waits at; who and why is kept", async () => {
    const { journey, running, runId } = await waitingAtGate("approve");
    const approved = await journey.run([
      "workflow",
      "approve",
      runId,
      "--as",
      "mira",
      "--comment",
      "read it",
      "-y",
    ]);
    expect(approved).toMatchObject({ code: 0, stdout: 'approved "ask"\n' });
    await until("the first one tells", () => running.stdout.includes("approved by mira: read it"));
    expect(await running.ended).toMatchObject({ code: 0 });
    const { status, steps } = await journey.execution(runId);
    expect(status).toBe("completed");
    expect(steps[0]).toMatchObject({ decided_by: "mira", decision_comment: "read it", status: "completed" });
  });

  test("approves it while the first one tells its events: stderr is JSON lines alone", async () => {
    const journey = begin("events");
    patientAgent(journey);
    journey.write("go", "");
    writeWorkflow(journey, { ask: { gate: {} }, one: { after: ["ask"] } });
    const running = journey.start(["workflow", "run", ".", "--events", "--format", "json"]);
    const waits = await until("the gate waits", () => /^.*"gate_waiting".*$/m.exec(running.stderr)?.[0]);
    const { run_id } = JSON.parse(waits) as { run_id: string };
    expect(await journey.run(["workflow", "approve", run_id, "-y"])).toMatchObject({ code: 0 });
    const { code, stderr } = await running.ended;
    expect(code).toBe(0);
    const lines = stderr.split("\n").filter((line) => line !== "");
    expect(lines.filter((line) => !line.startsWith("{"))).toEqual([]);
  });

  test("rejects it: the first one ends with exit code 1, and nothing behind the gate runs", async () => {
    const { journey, running, runId } = await waitingAtGate("reject");
    const rejected = await journey.run(["workflow", "reject", runId, "ask", "--as", "mira", "-y"]);
    expect(rejected.code).toBe(0);
    expect(await running.ended).toMatchObject({ code: 1 });
    const { status, steps } = await journey.execution(runId);
    expect([status, ...steps.map((step) => step.status)]).toEqual(["failed", "failed", "cancelled"]);
    expect(journey.lines("began")).toEqual([]);
  });

  test("pauses it: what runs goes on to its end, nothing new starts; and lets it go on", async () => {
    const { journey, running, runId } = await withAgentAtWork("pause", { one: {}, two: { after: ["one"] } });
    const paused = await journey.run(["workflow", "pause", runId, "-y"]);
    expect(paused).toMatchObject({ code: 0, stdout: "pausing: 1 running step will finish first\n" });
    journey.write("go", "");
    await until("it is paused", () => running.stdout.includes(" paused"));
    expect(journey.lines("began")).toEqual(["one"]);
    expect((await journey.execution(runId)).status).toBe("paused");
    expect(await journey.run(["workflow", "pause", runId, "-y"])).toMatchObject({ code: 4 });

    const resumed = await journey.run(["workflow", "resume", runId]);
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toContain("[two] completed");
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(journey.lines("began")).toEqual(["one", "two"]);
  });

  test("cancels it: the agent is stopped, the first one ends with exit code 1", async () => {
    const { journey, running, runId } = await withAgentAtWork("cancel", { one: {}, two: { after: ["one"] } });
    const cancelled = await journey.run(["workflow", "cancel", runId, "-y"]);
    expect(cancelled).toMatchObject({ code: 0, stdout: "cancelling: 1 running agent will be stopped\n" });
    expect(await running.ended).toMatchObject({ code: 1 });
    const { status, error_message, steps } = await journey.execution(runId);
    expect([status, error_message]).toEqual(["cancelled", "cancelled by tester"]);
    expect(steps.map((step) => step.status)).toEqual(["cancelled", "cancelled"]);
    expect(processesWith(`SKILLMEAT_ATTEMPT_ID=${runId}`)).toEqual([]);
    expect(journey.attempts()).toEqual([]);
  });

  test("follows it live and ends with it, with its exit code", async () => {
    const { journey, running, runId } = await waitingAtGate("follow");
    const follower = journey.start(["workflow", "runs", runId, "--follow"]);
    const json = journey.start(["workflow", "runs", runId, "--follow", "--format", "json"]);
    const logs = journey.start(["workflow", "runs", runId, "--follow", "--logs"]);
    for (const { pid } of [follower, json, logs]) await until("it follows", () => catchesInterrupts(pid));
    journey.write("go", "");
    expect(await journey.run(["workflow", "approve", runId, "--as", "mira", "-y"])).toMatchObject({
      code: 0,
    });
    const [first, followed, asJson, asLogs] = await Promise.all([
      running.ended,
      follower.ended,
      json.ended,
      logs.ended,
    ]);
    expect([first, followed, asJson, asLogs].map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ run_id: runId, status: "completed" });
    expect(asJson.stderr).toMatch(/\[ask\] approved by mira\n[^]*\[work\] completed/);
    expect(followed.stdout).toMatch(/\[ask\] approved by mira\n[^]*\[work\] completed/);
    expect(asLogs.stdout).toContain("[work] hello");
  });

  test("that follows and is interrupted only stops looking", async () => {
    const { journey, running, runId } = await waitingAtGate("unfollow");
    const follower = journey.start(["workflow", "runs", runId, "--follow", "--logs"]);
    await until("it listens for Ctrl+C", () => catchesInterrupts(follower.pid));
    follower.kill("SIGINT");
    expect(await follower.ended).toMatchObject({ code: 130 });
    expect((await journey.execution(runId)).status).toBe("running");
    journey.write("go", "");
    await journey.run(["workflow", "approve", runId, "-y"]);
    expect(await running.ended).toMatchObject({ code: 0 });
  });

  test("may be a second engine, beside the first on the same database: both complete", async () => {
    const { journey, running, runId } = await waitingAtGate("two-engines");
    journey.write("go", "");
    const other = journey.start(["workflow", "run", "."]);
    const otherId = await runIdOf(other);
    expect(await journey.run(["workflow", "resume", runId, "--detach"])).toMatchObject({ code: 4 });
    await until("it waits too", () => other.stdout.includes("waits for approval"));
    for (const id of [otherId, runId]) {
      expect(await journey.run(["workflow", "approve", id, "-y"])).toMatchObject({ code: 0 });
    }
    const ended = await Promise.all([running.ended, other.ended]);
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    expect(journey.lines("began")).toHaveLength(2);
  });
});

describe("a gate with approvers", () => {
  let journey: Journey;
  let running: RunningProcess;
  let runId: string;

  beforeAll(async () => {
    ({ journey, running, runId } = await waitingAtGate("approvers", ["mira", "noor"]));
  });

  test("is opened by none but them, once, and tells everybody else what became of it", async () => {
    const approve = (name: string) => journey.run(["workflow", "approve", runId, "ask", "--as", name, "-y"]);
    const stranger = await approve("eve");
    expect(stranger.code).toBe(1);
    expect(stranger.stderr).toBe('error: "eve" may not approve gate "ask". its approvers: mira, noor\n');
    expect((await journey.execution(runId)).waiting_gates).toEqual(["ask"]);

    expect(await approve("noor")).toMatchObject({ code: 0, stdout: 'approved "ask"\n' });
    const again = await approve("mira");
    expect(again).toMatchObject({ code: 0, stdout: 'gate "ask" is approved already, by noor\n' });
    const turned = await journey.run(["workflow", "reject", runId, "ask", "--as", "mira", "-y"]);
    expect(turned.code).toBe(4);
    expect(turned.stderr).toContain('gate "ask" is completed (by noor)');
    journey.write("go", "");
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(running.stdout.match(/approved by/g)).toHaveLength(1);
    expect((await journey.execution(runId)).steps[0]?.decided_by).toBe("noor");
  });
});

describe("what is asked of the wrong execution, or of one that cannot do it,", () => {
  let journey: Journey;
  const ids: string[] = [];

  beforeAll(async () => {
    journey = begin("wrong");
    patientAgent(journey);
    journey.write("go", "");
    writeWorkflow(journey, { only: {} });
    for (let count = 0; count < 2; count++) {
      const running = journey.start(["workflow", "run", "."]);
      ids.push(await runIdOf(running));
      await running.ended;
    }
  });

  const cases: [string, number, RegExp, (id: string) => string[]][] = [
    ["a prefix too short", 2, /"01" is too short for a run id/, () => ["runs", "01"]],
    [
      "a part that fits several",
      2,
      /may be one of several.*\n( {2}[\w-]{36}: Journey v1\.0\.0, started [\d: -]+ UTC\n){2}$/,
      (id) => ["cancel", id.slice(0, 4), "-y"],
    ],
    ["an unknown run", 3, /there is no execution "ffff"/, () => ["approve", "ffff"]],
    ["hostile characters", 3, /there is no execution "%_%_"/, () => ["pause", "%_%_"]],
    ["a gate where none waits", 4, /no gate of execution .* waits/, (id) => ["approve", id, "-y"]],
    ["a stage that is no gate", 4, /stage "only" is no gate/, (id) => ["approve", id, "only", "-y"]],
    ["an unknown stage", 3, /no stage "gone"/, (id) => ["reject", id, "gone", "-y"]],
    ["pause of what has ended", 4, /is completed/, (id) => ["pause", id, "-y"]],
    ["resume of what has ended", 4, /workflow rerun .* starts it again/, (id) => ["resume", id]],
    ["cancel of what has ended", 4, /is completed/, (id) => ["cancel", id, "-y"]],
    ["the log of an unknown stage", 3, /has no stage "gone"/, (id) => ["runs", id, "--stage", "gone"]],
    ["--follow of no run", 2, /--follow needs a run id/, () => ["runs", "--follow"]],
  ];

  test.concurrent.each(cases)("%s is answered with %i", async (_name, code, said, args) => {
    const ended = await journey.run(["workflow", ...args(ids[0] ?? "")]);
    expect(ended.stdout).toBe("");
    expect(ended.stderr).toMatch(said);
    expect(ended.stderr).toMatch(/^error: [^]*\n$/);
    expect(ended.code).toBe(code);
  });
});

test("a run is named by its short id, which `run` prints, and any other part of its id", async () => {
  const { journey, running, runId } = await waitingAtGate("short");
  const short = shortId(runId);
  expect(running.stdout).toStartWith(`run ${short} (${runId})\n`);
  for (const name of [short, short.toUpperCase(), `#${short}`, runId.slice(3, 18), runId]) {
    const { stdout } = await journey.run(["workflow", "runs", name, "--format", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({ run_id: runId });
  }
  running.kill("SIGINT");
  await running.ended;
});

describe("what asks a person", () => {
  test.concurrent.each([
    ["approve", ["ask"]],
    ["reject", ["ask"]],
    ["pause", []],
    ["cancel", []],
  ])("does nothing without -y where there is no terminal: %s", async (command, more) => {
    const { journey, running, runId } = await waitingAtGate(`no-${command}`);
    const before = await journey.execution(runId);
    const refused = await journey.run(["workflow", command, runId, ...more], { stdin: "y\n" });
    expect(refused.code).toBe(2);
    expect(refused.stdout).toBe("");
    expect(refused.stderr).toMatch(
      /^error: .*\? there is no terminal to ask on. add -y; nothing was changed\n$/,
    );
    expect(await journey.execution(runId)).toEqual(before);
    running.kill("SIGINT");
    await running.ended;
  });

  test("also before it deletes", async () => {
    const journey = begin("no-delete");
    patientAgent(journey);
    writeWorkflow(journey, { only: {} });
    expect(await journey.run(["workflow", "create", "."])).toMatchObject({ code: 0 });
    expect(await journey.run(["workflow", "delete", "journey"])).toMatchObject({ code: 2 });
    expect(await journey.run(["workflow", "show", "journey"])).toMatchObject({ code: 0 });
    expect(await journey.run(["workflow", "delete", "journey", "-y"])).toMatchObject({ code: 0 });
  });
});

interface Begun {
  journey: Journey;
  running: RunningProcess;
  runId: string;
}

/** A gate, and an agent behind it that says hello and waits for the file `go` when it is not there. */
async function waitingAtGate(name: string, approvers: string[] = []): Promise<Begun> {
  const journey = begin(name);
  patientAgent(journey);
  journey.write("agents/worker.sh", journey.read("agents/worker.sh").replace("n=0", "echo hello\nn=0"));
  writeWorkflow(journey, { ask: { gate: { approvers, message: "ready?" } }, work: { after: ["ask"] } });
  if (name === "approve") journey.write("go", "");
  const running = journey.start(["workflow", "run", "."]);
  const runId = await runIdOf(running);
  await until("the gate waits", () => running.stdout.includes("approve it: skillmeat workflow approve"));
  return { journey, running, runId };
}

async function withAgentAtWork(name: string, stages: Parameters<typeof writeWorkflow>[1]): Promise<Begun> {
  const journey = begin(name);
  patientAgent(journey);
  writeWorkflow(journey, stages);
  const running = journey.start(["workflow", "run", "."]);
  const runId = await runIdOf(running);
  await until("the agent works", () => journey.lines("began").length === 1);
  return { journey, running, runId };
}
