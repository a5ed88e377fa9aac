import { expect, test } from "bun:test";
import { journeys } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";

/** A first try without any model: the agent that the program brings along, in the place of a real one. */

const begin = journeys();

test("three commands lead from an empty folder to a reviewed change", async () => {
  const journey = begin("reviewed-change");
  expect(await journey.run(["init", "--from", "reviewed-change"])).toMatchObject({ code: 0 });
  expect(await journey.run(["workflow", "validate", ".", "--strict"])).toMatchObject({ code: 0 });
  const run = journey.start(["workflow", "run", "."]);
  const words = await until("the gate waits", () => /^approve it: skillmeat (.*)$/m.exec(run.stdout)?.[1]);
  expect(journey.read("NOTES.md")).toMatch(/^A line by the demo agent, written on .*\n$/);
  expect(await journey.run([...words.split(" "), "-y"])).toMatchObject({ code: 0 });
  const { code, stdout } = await run.ended;
  expect(code).toBe(0);
  expect(stdout).toContain("The reviewer says good: The line is there.");
});

test("the demo agent goes on without the file that it may not change, and makes outputs from their types", async () => {
  const journey = begin("demo-agent-denied");
  journey.write(
    "agents/author.md",
    `---
name: author
description: Changes a file
dispatcher: acp
command: [skillmeat, demo-agent, --writes, NOTES.md, --outputs, '{"count": 7}']
---
`,
  );
  journey.write(
    "WORKFLOW.yaml",
    `workflow: { id: denied, name: Denied }
stages:
  - id: change
    roles: { primary: "agent:author" }
    outputs:
      count: { type: integer }
      said: { type: string }
      ok: { type: boolean }
      names: { type: "array<string>" }
`,
  );
  const { code, stdout } = await journey.run(["workflow", "run", "."]);
  expect(code).toBe(0);
  expect(stdout).toContain("failed: this was rejected");
  expect(stdout).toContain("I go on without NOTES.md.");
  expect(journey.read("NOTES.md")).toBe("");
  for (const output of ["count: 7", "said: demo said", "ok: true", "names: []"])
    expect(stdout).toContain(output);
});

test.each([
  ["{", "--outputs is not JSON"],
  ["[1]", "--outputs is no JSON object"],
])("the demo agent refuses outputs that are no object: %s", async (outputs, says) => {
  const { code, stdout, stderr } = await begin("demo-agent-outputs").run([
    "demo-agent",
    "--outputs",
    outputs,
  ]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(says);
});
