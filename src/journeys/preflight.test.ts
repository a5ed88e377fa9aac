import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "bun:test";
import { journeys, type Journey } from "../testing/journey.ts";
import { scriptAgent, writeWorkflow } from "../testing/journey-workflows.ts";

/** What `run`, `plan` and `validate` say of a workflow whose second stage could not start; nothing is paid for. */

const begin = journeys();

describe.concurrent("a workflow whose second stage cannot start", () => {
  test("is not run: nothing is created, and all that is missing is told", async () => {
    const journey = aLateOne("refused");
    const ended = await journey.run(["workflow", "run", "."]);
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toContain('error: stage "b" cannot start: there is no ');
    expect(ended.stderr).toContain('error: stage "c" cannot start: agent "agent:gone" is nowhere');
    expect(ended.stderr).toEndWith("WORKFLOW.json: cannot start here, 2 errors\n");
    await nothingRan(journey);
  });

  test.each(["run .", "run . --detach"])("as JSON the answer stands on stdout, alone: %s", async (line) => {
    const journey = aLateOne("refused-json");
    const ended = await journey.run(["workflow", ...line.split(" "), "--format", "json"]);
    expect(ended).toMatchObject({ code: 1, stderr: "" });
    const { error } = JSON.parse(ended.stdout) as {
      error: { code: string; message: string; details: unknown };
    };
    expect(error.code).toBe("preflight_failed");
    expect(error.message).toStartWith('nothing was started: stage "b" cannot start');
    expect(error.details).toMatchObject([
      { category: "preflight", severity: "error", stage_id: "b", code: "program_missing" },
      { category: "preflight", severity: "error", stage_id: "c", code: "agent_missing" },
    ]);
    await nothingRan(journey);
  });

  test("is planned, with what is missing", async () => {
    const journey = aLateOne("planned");
    const plan = await journey.run(["workflow", "plan", "."]);
    expect(plan.code).toBe(0);
    expect(plan.stdout).toStartWith("Workflow: Journey");
    expect(plan.stderr).toContain('stage "b" cannot start');
    expect(await journey.run(["workflow", "plan", ".", "--strict"])).toMatchObject({ code: 1 });
    expect(await journey.run(["workflow", "run", ".", "--dry-run"])).toMatchObject({ code: 1 });
    const json = await journey.run(["workflow", "plan", ".", "--format", "json"]);
    expect(json).toMatchObject({ code: 0, stderr: "" });
    const { preflight } = JSON.parse(json.stdout) as { preflight: { stage_id: string }[] };
    expect(preflight.map(({ stage_id }) => stage_id)).toEqual(["b", "c"]);
  });

  test("holds for `validate`, but not for `validate --strict`", async () => {
    const journey = aLateOne("validated");
    expect(await journey.run(["workflow", "validate", "."])).toMatchObject({ code: 0 });
    const strict = await journey.run(["workflow", "validate", ".", "--strict", "--format", "json"]);
    expect(strict.code).toBe(1);
    const { errors } = JSON.parse(strict.stdout) as { errors: { stage_id: string }[] };
    expect(errors.map(({ stage_id }) => stage_id)).toEqual(["b", "c"]);
  });

  test("runs when its agents are simulated", async () => {
    const journey = aLateOne("simulated");
    const ended = await journey.run(["workflow", "run", ".", "--dispatcher", "simulated"]);
    expect(ended.code).toBe(0);
    expect(existsSync(join(journey.folder, "paid"))).toBe(false);
  });
});

describe.concurrent("the warnings of a definition", () => {
  const habits = (stages: number): string =>
    `workflow: {id: h, name: H}\nstages:\n${Array.from({ length: stages }, (_, at) => `  - {id: s${at}, needs: [], roles: {primary: agent:worker}}\n`).join("")}`;

  test.each(["run", "plan"])(
    "are printed by `%s`: ten of them, and how many more there are",
    async (command) => {
      const journey = begin(`warned-${command}`);
      scriptAgent(journey, "worker", "true");
      journey.write("few.yaml", habits(2));
      journey.write("many.yaml", habits(13));
      const few = await journey.run(["workflow", command, "few.yaml"]);
      expect(few.code).toBe(0);
      expect(few.stderr.match(/warning: .*"needs"/g)).toHaveLength(2);
      const many = await journey.run(["workflow", command, "many.yaml"]);
      expect(many.code).toBe(0);
      expect(many.stderr.match(/warning: /g)).toHaveLength(10);
      expect(many.stderr).toContain("… and 3 more");
      const strict = await journey.run(["workflow", command, "few.yaml", "--strict"]);
      expect(strict).toMatchObject({ code: 1, stdout: "" });
      expect(strict.stderr).toEndWith("few.yaml: not valid, 2 errors\n");
    },
  );
});

test("every error before the start is JSON on stdout, alone, where JSON is asked for", async () => {
  const journey = begin("json-errors");
  journey.write("bad.yaml", "workflow: {id: x, name: X}\nstages: []\n");
  journey.write("good.yaml", "workflow: {id: x, name: X}\nstages: [{id: a, type: gate, gate: {}}]\n");
  const cases: [string, number, string][] = [
    ["bad.yaml", 1, "invalid_definition"],
    ["gone.yaml", 3, "not_found"],
    ["good.yaml --param a=1", 2, "invalid_parameters"],
    ["good.yaml --bogus", 2, "invalid_usage"],
    ["good.yaml --dispatcher nobody", 2, "invalid_usage"],
    ["good.yaml --params-file gone.json", 3, "not_found"],
  ];
  for (const [line, code, name] of cases) {
    const ended = await journey.run(["workflow", "run", ...line.split(" "), "--format", "json"]);
    expect(ended).toMatchObject({ code, stderr: "" });
    const said = JSON.parse(ended.stdout) as { error: { code: string; message: string } };
    expect([line, Object.keys(said), said.error.code]).toEqual([line, ["error"], name]);
    expect(said.error.message).not.toBe("");
  }
});

function aLateOne(name: string): Journey {
  const journey = begin(name);
  scriptAgent(journey, "first", 'touch "$SKILLMEAT_WORKDIR/paid"');
  const head = "name: second\ndescription: d\ndispatcher: command";
  journey.write("agents/second.md", `---\n${head}\ncommand: ["./nope.sh"]\n---\nx\n`);
  writeWorkflow(journey, {
    a: { agent: "first" },
    b: { after: ["a"], agent: "second" },
    c: { after: ["a"], agent: "gone" },
  });
  return journey;
}

async function nothingRan(journey: Journey): Promise<void> {
  expect(existsSync(join(journey.folder, "paid"))).toBe(false);
  const { stdout } = await journey.run(["workflow", "runs", "--format", "json"]);
  expect(JSON.parse(stdout)).toMatchObject({ items: [], total_count: 0 });
}
