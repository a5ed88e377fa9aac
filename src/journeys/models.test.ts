import { expect, test } from "bun:test";
import { journeys, type Journey } from "../testing/journey.ts";

/** The plan names the model that the agent is given, whoever has written it down; the usual one goes without saying. */

const begin = journeys();

test.each([
  ["no one", "", "agent:worker", "opus"],
  ["the agent's file", "model: haiku\n", "agent:worker", "haiku"],
  ["the stage", "", "{artifact: agent:worker, model: sonnet}", "sonnet"],
  ["both: the stage counts", "model: haiku\n", "{artifact: agent:worker, model: sonnet}", "sonnet"],
  ["both, the stage the usual one", "model: haiku\n", "{artifact: agent:worker, model: opus}", "opus"],
  ["inherit", "model: inherit\n", "{artifact: agent:worker, model: sonnet}", "sonnet"],
])("the model is named by %s", async (who, inFile, role, used) => {
  const journey = begin(`model-${who.replaceAll(/[^a-z]+/g, "-")}`);
  writeThem(journey, inFile, role);
  const text = await journey.run(["workflow", "plan", "w.yaml"]);
  const named = who === "no one" ? null : used;
  expect(text.stdout).toContain(`Agent: agent:worker${named === null ? "" : ` (${named})`}\n`);
  const json = await journey.run(["workflow", "plan", "w.yaml", "--format", "json"]);
  const plan = JSON.parse(json.stdout) as { batches: { stages: { model: string | null }[] }[] };
  expect(plan.batches[0]?.stages[0]?.model).toBe(named);
  const run = await journey.run(["workflow", "run", "w.yaml", "--format", "json"]);
  const { steps } = JSON.parse(run.stdout) as { steps: { model: string; outputs: unknown }[] };
  expect(steps.map(({ model, outputs }) => ({ model, outputs }))).toEqual([
    { model: used, outputs: { given: used } },
    { model: used, outputs: {} },
  ]);
});

/** An agent that hands in the model it was asked to use, and a second stage that never begins. */
function writeThem(journey: Journey, inFile: string, role: string): void {
  const find = `grep -o '"model": *"[^"]*"' "$SKILLMEAT_INPUT" | head -n 1 | cut -d '"' -f 4`;
  const said = `echo "given=$(${find})" >>"$SKILLMEAT_OUTPUT_KV"`;
  journey.write("agents/worker.sh", `#!/bin/sh\n${said}\n`);
  journey.write(
    "agents/worker.md",
    `---\nname: worker\ndescription: d\ndispatcher: command\n${inFile}command: ["./worker.sh"]\n---\n`,
  );
  journey.write(
    "w.yaml",
    `workflow: {id: w, name: W}\nstages:\n  - {id: a, roles: {primary: ${role}}, outputs: {given: {type: string}}}\n` +
      `  - {id: b, depends_on: [a], condition: "false", roles: {primary: ${role}}}\n`,
  );
}
