import { describe, expect, test } from "bun:test";
import { shortId } from "../execution/short-id.ts";
import { journeys, runIdOf, type Journey } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";
import { scriptAgent, writeWorkflow } from "../testing/journey-workflows.ts";

/** What `workflow runs` tells of executions: what matters first, and what waits for a person. */

const begin = journeys();

describe.concurrent("a list of runs", () => {
  test("shows which gate waits and for how long, who drives it, and when nobody does any more", async () => {
    const journey = begin("waiting");
    writeWorkflow(journey, { ask: { gate: { approvers: ["ada"], message: "Ready?\nReally?" } } });
    const running = journey.start(["workflow", "run", "."]);
    const runId = await runIdOf(running);
    await until("the gate waits", () => running.stdout.includes("approve it: "));
    expect(running.stdout).toContain(
      `approve it: skillmeat workflow approve ${shortId(runId)} ask --as ada\n`,
    );
    const alive = { pid: running.pid, kind: "run" as const, alive: true };
    expect((await journey.execution(runId)).driver).toEqual(alive);
    expect(await table(journey)).toMatch(/ waiting: approval [\d.ms ]+ +0\/1 /);
    running.kill("SIGKILL");
    await running.ended;
    expect((await journey.execution(runId)).driver).toEqual({ ...alive, alive: false });
    expect(await table(journey)).toMatch(/ waiting: approval [\d.ms ]+, no engine +0\/1 /);

    const asked = [
      'gate "ask" waits for approval for ',
      "\n  Ready?\n  Really?\n  approvers: ada\n  until: ",
      `\n  approve: skillmeat workflow approve ${shortId(runId)} ask --as ada\n`,
    ];
    for (const args of [["--waiting"], [runId]]) {
      const { stdout } = await journey.run(["workflow", "runs", ...args]);
      for (const part of asked) expect(stdout).toContain(part);
    }
    const json = await journey.run(["workflow", "runs", "--waiting", "--format", "json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      items: [{ run_id: runId, waiting_gates: ["ask"] }],
      next_cursor: null,
      has_more: false,
      total_count: 1,
    });
    const approve = ["workflow", "approve", shortId(runId), "ask", "--as", "ada", "-y"];
    expect(await journey.run(approve)).toMatchObject({ code: 0 });
    expect((await journey.run(["workflow", "runs", "--waiting"])).stderr).toBe("no gate waits for anybody\n");
    expect(await table(journey)).toMatch(/ no engine +1\/1 | completed +1\/1 /);
  });

  test("of a workflow takes its id and its name, also of a file that was never stored", async () => {
    const journey = begin("of-a-file");
    const definition = {
      workflow: { id: "odd-jobs", name: "Odd Jobs" },
      stages: [{ id: "a", roles: { primary: "agent:x" } }],
    };
    const file = journey.write("WORKFLOW.json", JSON.stringify(definition));
    expect(await journey.run(["workflow", "run", file, "--dispatcher", "simulated"])).toMatchObject({
      code: 0,
    });
    for (const name of ["odd-jobs", "Odd Jobs"]) {
      const { stdout } = await journey.run(["workflow", "runs", "--workflow", name]);
      expect(stdout).toContain("Odd Jobs v1.0.0  completed");
    }
    expect((await journey.run(["workflow", "runs", "--workflow", "odd"])).stderr).toBe("no executions\n");
  });

  test("names the zone of its times once, the local one; JSON is UTC", async () => {
    const journey = begin("zones");
    scriptAgent(journey, "worker", "true");
    writeWorkflow(journey, { one: {} });
    await journey.run(["workflow", "run", "."]);
    for (const [TZ, name] of [
      ["UTC", "UTC"],
      ["Asia/Kathmandu", "UTC+05:45"],
    ] as const) {
      const { stdout } = await journey.run(["workflow", "runs"], { env: { TZ } });
      expect(stdout).toContain(`started (${name})`);
      expect(stdout.split(name)).toHaveLength(2);
    }
    await journey.run(["workflow", "create", "."]);
    const env = { TZ: "Asia/Kathmandu" };
    expect((await journey.run(["workflow", "list"], { env })).stdout).toContain("updated (UTC+05:45)");
    const shown = (await journey.run(["workflow", "show", "journey"], { env })).stdout;
    expect(shown).toMatch(/^updated +[\d-]+ [\d:]+ UTC\+05:45$/m);
    const { stdout } = await journey.run(["workflow", "runs", "--format", "json"]);
    expect(stdout).toMatch(/"started_at": "[\d-]+T[\d:.]+Z"/);
    expect(JSON.parse(stdout)).toMatchObject({ items: [{ driver: null }] });
  });
});

test("a run that completed with failures says so, and fails where success is required", async () => {
  const journey = begin("failures");
  scriptAgent(journey, "worker", "exit 64");
  writeWorkflow(journey, { one: { error_policy: { on_failure: "continue" } } });
  const ended = await journey.run(["workflow", "run", ".", "--format", "json"]);
  expect(ended.code).toBe(0);
  const { run_id } = JSON.parse(ended.stdout) as { run_id: string };
  expect(await table(journey)).toContain(" completed, 1 failed ");
  expect(await journey.run(["workflow", "runs", run_id])).toMatchObject({ code: 0 });
  expect(await journey.run(["workflow", "runs", run_id, "--require-success"])).toMatchObject({ code: 1 });
  expect(await journey.run(["workflow", "run", ".", "--require-success"])).toMatchObject({ code: 1 });
});

async function table(journey: Journey): Promise<string> {
  return (await journey.run(["workflow", "runs"])).stdout;
}
