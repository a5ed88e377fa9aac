import { expect, test } from "bun:test";
import { journeys } from "../testing/journey.ts";

const begin = journeys();

test("the program checks and plans 2,000 stages in its own thread, and ends", async () => {
  const journey = begin("large-definition");
  const stages = Array.from({ length: 2000 }, (_, at) => ({
    id: `s${at}`,
    roles: { primary: "agent:nobody" },
  }));
  journey.write("WORKFLOW.json", JSON.stringify({ workflow: { id: "w", name: "W" }, stages }));
  const validated = await journey.run(["workflow", "validate", ".", "--format", "json"]);
  expect([validated.code, JSON.parse(validated.stdout)]).toMatchObject([0, { valid: true }]);
  const planned = await journey.run(["workflow", "plan", ".", "--format", "json"]);
  expect(JSON.parse(planned.stdout).batches[0].stages).toHaveLength(2000);
});
