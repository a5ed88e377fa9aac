import { expect, test } from "bun:test";
import { journeys, type Journey } from "../testing/journey.ts";
import { scriptAgent } from "../testing/journey-workflows.ts";

/** Names, conditions and keys of a definition that would move a terminal's cursor, or look like lines of ours. */

const begin = journeys();
const evil = "evil\u001b[31mred\u001b]0;title\u0007\nFake: line\u009b2J\r\nFake: another";

test.each([
  ["validate", "workflow validate ."],
  ["validate, with errors", "workflow validate broken.json"],
  ["plan", "workflow plan ."],
  ["run, with errors", "workflow run broken.json"],
  ["run", "workflow run . --dispatcher simulated"],
  ["create", "workflow create ."],
  ["create over it", "workflow create . --force"],
  ["show", "workflow show evil"],
  ["duplicate", "workflow duplicate evil other"],
  ["list", "workflow list"],
  ["runs", "workflow runs"],
  ["a name that is not there", `workflow show ${evil.replaceAll(" ", "_")}`],
  ["a file that is not there", `workflow validate ./${evil.replaceAll(" ", "_")}`],
])("are shown as text by %s", async (_what, line) => {
  const { stdout, stderr } = await (await hostile).run(line.split(" "));
  // Line ends alone.
  expect((stdout + stderr).replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  expect(stdout + stderr).not.toMatch(/^Fake:/m);
});

const hostile: Promise<Journey> = (async () => {
  const journey = begin("hostile");
  scriptAgent(journey, "worker", "true");
  const work = { id: "work", name: evil, roles: { primary: "agent:worker" } };
  const definition = {
    workflow: { id: "evil", name: evil, author: evil, tags: [evil], description: "\u001b[2Jdescribed" },
    config: { parameters: { [evil]: { type: "string", default: evil } } },
    stages: [
      { ...work, [evil]: 1, condition: `'${evil}' != 'x'` },
      {
        id: "ask",
        name: evil,
        type: "gate",
        depends_on: ["work"],
        gate: { approvers: [evil], timeout: "1ms" },
      },
    ],
  };
  journey.write("WORKFLOW.json", JSON.stringify(definition));
  const broken = { ...definition, stages: [{ ...work, depends_on: [evil], roles: { primary: evil } }] };
  journey.write("broken.json", JSON.stringify(broken));
  await journey.run(["workflow", "create", "."]);
  return journey;
})();
