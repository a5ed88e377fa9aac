import { describe, expect, test } from "bun:test";
import { shortId } from "../execution/short-id.ts";
import { journeys, executable, runIdOf, type Journey, type RunningProcess } from "../testing/journey.ts";
import { openTerminal } from "../testing/journey-terminal.ts";
import { until } from "../testing/journey-until.ts";
import { patientAgent, scriptAgent, writeWorkflow } from "../testing/journey-workflows.ts";
import { processesWith } from "../testing/process-table.ts";

/** What Ctrl+C, SIGTERM and a closed terminal do to `workflow run`, and what a person sees and types there. */

const begin = journeys();

/** Starts what agents start: children in the group, and some in sessions of their own. Ends only by force. */
const stubborn = [
  "trap '' TERM INT HUP",
  "setsid sleep 300 &",
  "setsid sh -c 'trap \"\" TERM; sleep 300; sleep 300' &",
  "sleep 300 &",
  'echo $$ >>"$SKILLMEAT_WORKDIR/began"',
  "while :; do sleep 0.05; done",
].join("\n");

/** Heeds SIGTERM, and tells that it did. */
const clearsUp = [
  "trap 'echo cleared >>\"$SKILLMEAT_WORKDIR/cleared\"; exit 1' TERM",
  'echo $$ >>"$SKILLMEAT_WORKDIR/began"',
  "while :; do sleep 0.02; done",
].join("\n");

describe.concurrent("Ctrl+C in `workflow run`", () => {
  test("cancels, stops every descendant of the agents, however stubborn, and exits 130", async () => {
    const journey = begin("ctrl-c");
    scriptAgent(journey, "worker", stubborn);
    scriptAgent(journey, "meek", 'setsid sleep 300 & echo $$ >>"$SKILLMEAT_WORKDIR/began"; sleep 300');
    writeWorkflow(journey, { stubborn: {}, meek: { agent: "meek" }, later: { after: ["meek"] } });
    const { running, runId } = await startAndWait(journey, 2);
    await until("all of them run", () => findMarked(runId).length >= 9);
    running.kill("SIGINT");
    const ended = await running.ended;
    expect(ended.code).toBe(130);
    expect(ended.stderr).toBe("cancelling; waiting for the agents to stop. Ctrl+C again quits at once\n");
    expect(findMarked(runId)).toEqual([]);
    const { status, error_message, steps } = await journey.execution(runId);
    expect([status, error_message]).toEqual(["cancelled", "interrupted by Ctrl+C"]);
    expect(steps.map((step) => step.status)).toEqual(["cancelled", "cancelled", "cancelled"]);
    expect(journey.attempts()).toEqual([]);
  });

  test("asks first: an agent that heeds SIGTERM may clear up", async () => {
    const journey = begin("ctrl-c-meek");
    scriptAgent(journey, "worker", clearsUp);
    writeWorkflow(journey, { only: {} });
    const { running, runId } = await startAndWait(journey, 1);
    running.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
    expect(journey.lines("cleared")).toEqual(["cleared"]);
    expect(findMarked(runId)).toEqual([]);
  });

  test("a second time quits at once; `cancel` then stops what was left", async () => {
    const journey = begin("ctrl-c-twice");
    scriptAgent(journey, "worker", stubborn);
    writeWorkflow(journey, { only: {} });
    const { running, runId } = await startAndWait(journey, 1);
    running.kill("SIGINT");
    await until("it says that it waits", () => running.stderr.includes("Ctrl+C again quits at once"));
    running.kill("SIGINT");
    const ended = await running.ended;
    expect(ended.code).toBe(130);
    expect(ended.stderr).toEndWith(`stop them with: skillmeat workflow cancel ${shortId(runId)}\n`);
    // It has not waited for the agents: they are there.
    expect(findMarked(runId).length).toBeGreaterThan(0);
    expect(await journey.run(["workflow", "cancel", runId, "-y"])).toMatchObject({ code: 0 });
    expect((await journey.execution(runId)).status).toBe("cancelled");
    expect(findMarked(runId)).toEqual([]);
    expect(journey.attempts()).toEqual([]);
  });

  test("twice, then `resume`: what was to be cancelled is, and nothing goes on", async () => {
    const journey = begin("ctrl-c-resume");
    scriptAgent(journey, "worker", stubborn);
    writeWorkflow(journey, { only: {}, later: { after: ["only"] } });
    const { running, runId } = await startAndWait(journey, 1);
    running.kill("SIGINT");
    await until("it says that it waits", () => running.stderr.includes("Ctrl+C again quits at once"));
    running.kill("SIGINT");
    await running.ended;
    expect((await journey.run(["workflow", "resume", runId])).code).toBe(1);
    const { status, steps } = await journey.execution(runId);
    expect([status, ...steps.map((step) => step.status)]).toEqual(["cancelled", "cancelled", "cancelled"]);
    expect(findMarked(runId)).toEqual([]);
  });

  test("while a gate waits it cancels at once", async () => {
    const journey = begin("ctrl-c-gate");
    patientAgent(journey);
    writeWorkflow(journey, { ask: { gate: {} }, later: { after: ["ask"] } });
    const running = journey.start(["workflow", "run", "."]);
    const runId = await runIdOf(running);
    await until("the gate waits", () => running.stdout.includes("waits for approval"));
    running.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
    expect((await journey.execution(runId)).status).toBe("cancelled");
  });
});

describe.concurrent("SIGTERM and a closed terminal", () => {
  test.each(["SIGTERM", "SIGHUP"] as const)(
    "%s leaves the agents, exits 130 and says how to go on",
    async (signal) => {
      const journey = begin("left");
      patientAgent(journey);
      writeWorkflow(journey, { one: {}, two: { after: ["one"] } });
      const { running, runId } = await startAndWait(journey, 1);
      running.kill(signal);
      const ended = await running.ended;
      expect(ended.code).toBe(130);
      expect(ended.stderr).toBe(
        `it is left as it is; continue with: skillmeat workflow resume ${shortId(runId)}\n`,
      );
      expect(findMarked(runId).length).toBeGreaterThan(0);
      journey.write("go", "");
      expect(await journey.run(["workflow", "resume", runId])).toMatchObject({ code: 0 });
      expect(journey.lines("began")).toEqual(["one", "two"]);
      expect(findMarked(runId)).toEqual([]);
    },
  );

  test("kill -9, and then `cancel`: the agent that nobody drives is asked first, too", async () => {
    const journey = begin("orphan");
    scriptAgent(journey, "worker", clearsUp);
    writeWorkflow(journey, { only: {} });
    const { running, runId } = await startAndWait(journey, 1);
    running.kill("SIGKILL");
    await running.ended;
    expect(await journey.run(["workflow", "cancel", runId, "-y"])).toMatchObject({ code: 0 });
    expect(journey.lines("cleared")).toEqual(["cleared"]);
    expect((await journey.execution(runId)).status).toBe("cancelled");
    expect(findMarked(runId)).toEqual([]);
    expect(journey.attempts()).toEqual([]);
  });

  test("that nobody reads its output (`| head -1`) does not stop a run", async () => {
    const journey = begin("head");
    patientAgent(journey);
    journey.write("go", "");
    writeWorkflow(journey, { one: {}, two: { after: ["one"] } });
    const pipe = Bun.spawn(["sh", "-c", `"${executable}" workflow run . | head -1`], {
      cwd: journey.folder,
      env: { PATH: process.env["PATH"] ?? "", HOME: journey.folder, SKILLMEAT_HOME: journey.home },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const runId = /\((\S+)\)/.exec(await pipe.stdout.text())?.[1] ?? "";
    expect(await pipe.stderr.text()).toBe("");
    expect((await journey.execution(runId)).status).toBe("completed");
  });
});

describe.concurrent("on a terminal", () => {
  test("a live table is drawn in place, and `y` opens the gate", async () => {
    const journey = begin("terminal");
    patientAgent(journey);
    journey.write("go", "");
    writeWorkflow(journey, { ask: { gate: { message: "ready?" } }, work: { after: ["ask"] } });
    const terminal = openTerminal(journey, [executable, "workflow", "run", "."]);
    await until("it asks", () =>
      /gate "ask" waits for approval: ready\?[^]*approve\? \[y\]es/.test(terminal.shown()),
    );
    expect(terminal.shown()).toMatch(/batch +stage +type +status +try +elapsed +last line/);
    expect(terminal.shown()).toContain(" 0/2");
    expect(terminal.shown()).toMatch(/2 +work +agent +pending *\r/);
    terminal.type("x");
    terminal.type("y");
    const { code, output } = await terminal.ended;
    expect(code).toBe(0);
    expect(terminal.shown()).toMatch(/1 +ask +gate +completed +\S+ +approved by tester/);
    // It redraws over its own lines, and leaves the cursor as it was.
    expect(output).toContain("\u001b[7A\r");
    expect(output.lastIndexOf("\u001b[?25h")).toBeGreaterThan(output.lastIndexOf("\u001b[?25l"));
    expect(journey.lines("began")).toEqual(["work"]);
  });

  test("`n` rejects, `l` leaves it for later", async () => {
    const journey = begin("terminal-no");
    patientAgent(journey);
    writeWorkflow(journey, { first: { gate: {} }, second: { gate: {} } });
    const terminal = openTerminal(journey, [executable, "workflow", "run", "."]);
    await until("it asks", () => /"first" waits[^]*\[y\]es/.test(terminal.shown()));
    terminal.type("l");
    await until("it asks about the other", () => /"second" waits[^]*\[y\]es/.test(terminal.shown()));
    terminal.type("n");
    expect((await terminal.ended).code).toBe(1);
    const { stdout } = await journey.run(["workflow", "runs", "--format", "json"]);
    const [listed] = (JSON.parse(stdout) as { items: { run_id: string }[] }).items;
    expect(listed).not.toHaveProperty("steps");
    const { steps } = await journey.execution(listed?.run_id ?? "");
    expect(steps.map(({ status }) => status)).toEqual(["cancelled", "failed"]);
  });

  test("Ctrl+C that is typed at the question cancels, and gives the terminal back", async () => {
    const journey = begin("terminal-ctrl-c");
    patientAgent(journey);
    writeWorkflow(journey, { ask: { gate: {} } });
    const terminal = openTerminal(journey, [executable, "workflow", "run", "."]);
    await until("it asks", () => /"ask" waits[^]*\[y\]es/.test(terminal.shown()));
    terminal.type("\u0003");
    const { code, output } = await terminal.ended;
    expect(code).toBe(130);
    expect(output.lastIndexOf("\u001b[?25h")).toBeGreaterThan(output.lastIndexOf("\u001b[?25l"));
  });

  test("`cancel` asks before it does it", async () => {
    const journey = begin("terminal-confirm");
    patientAgent(journey);
    writeWorkflow(journey, { only: {} });
    const { running, runId } = await startAndWait(journey, 1);
    const no = openTerminal(journey, [executable, "workflow", "cancel", runId]);
    await until("it asks", () => no.shown().includes("[y/N]"));
    no.type("n\r");
    expect((await no.ended).code).toBe(1);
    expect((await journey.execution(runId)).status).toBe("running");
    const yes = openTerminal(journey, [executable, "workflow", "cancel", runId]);
    await until("it asks", () => yes.shown().includes("[y/N]"));
    yes.type("y\r");
    expect((await yes.ended).code).toBe(0);
    expect((await running.ended).code).toBe(1);
  });
});

async function startAndWait(
  journey: Journey,
  agents: number,
): Promise<{ running: RunningProcess; runId: string }> {
  const running = journey.start(["workflow", "run", "."]);
  const runId = await runIdOf(running);
  await until("the agents run", () => journey.lines("began").length === agents);
  return { running, runId };
}

function findMarked(runId: string): number[] {
  return processesWith(`SKILLMEAT_ATTEMPT_ID=${runId}`).map(({ pid }) => pid);
}
