import { expect, test } from "bun:test";
import { journeys } from "../testing/journey.ts";
import { scriptAgent, writeWorkflow } from "../testing/journey-workflows.ts";

const begin = journeys();

test("the summary of a run has the text that the agent ended with", async () => {
  const journey = begin("run-text");
  scriptAgent(journey, "worker", 'echo "All three files are in order." >"$SKILLMEAT_SUMMARY"');
  writeWorkflow(journey, { one: {} });
  const { stdout, code } = await journey.run(["workflow", "run", "."]);
  expect(code).toBe(0);
  expect(stdout).toContain("All three files are in order.");
});

test("the tools of the agent's file and of the stage reach the agent together, each once", async () => {
  const journey = begin("run-tools");
  scriptAgent(journey, "worker", 'cp "$SKILLMEAT_INPUT" "$SKILLMEAT_WORKDIR/input"');
  const file = journey.read("agents/worker.md");
  journey.write("agents/worker.md", file.replace("\n---\nDo", "\ntools: [Read, Bash]\n---\nDo"));
  writeWorkflow(journey, {
    one: { roles: { primary: "agent:worker", tools: ["skill:Bash", "skill:search"] } },
  });
  expect(await journey.run(["workflow", "run", "."])).toMatchObject({ code: 0 });
  const { tools } = JSON.parse(journey.read("input")) as { tools: string[] };
  expect(tools).toEqual(["Read", "Bash", "skill:Bash", "skill:search"]);
});

test("export to - writes the definition to stdout and to no file", async () => {
  const journey = begin("export-stdout");
  scriptAgent(journey, "worker", "true");
  writeWorkflow(journey, { one: {} });
  expect(await journey.run(["workflow", "create", "."])).toMatchObject({ code: 0 });
  const { stdout, stderr, code } = await journey.run(["workflow", "export", "journey", "-o", "-"]);
  expect([code, stderr, stdout]).toEqual([0, "", journey.read("WORKFLOW.json")]);
});
