import { join } from "node:path";
import { beforeAll, expect, test } from "bun:test";
import { journeys, type Journey } from "../testing/journey.ts";
import { scriptAgent } from "../testing/journey-workflows.ts";

/** Numbers that would be changed in silence are refused wherever one comes in, with the digits as they were given. */

const begin = journeys();
let journey: Journey;

const stage = "{id: s, roles: {primary: agent:worker}, error_policy: {retry: {max_attempts: 1}}";
const definition = (config: string, more = "") =>
  `workflow: {id: w, name: W}\nconfig: {parameters: {id: {type: number${config}}}}\n` +
  `stages:\n  - ${stage}, inputs: {id: {type: number, source: parameters.id}}${more}}\n`;

beforeAll(() => {
  journey = begin("large-numbers");
  scriptAgent(journey, "worker", 'cat "$SKILLMEAT_WORKDIR/answer.json" >"$SKILLMEAT_OUTPUT"');
  journey.write("w.yaml", definition(", required: true", ", outputs: {id: {type: number}}"));
});

test.each([
  "9007199254740993",
  "-9007199254740995",
  "9007199254740993.0",
  "12345678901234567890123",
  "1e999",
])("%s is refused wherever it comes in", async (number) => {
  journey.write("default.yaml", definition(`, default: ${number}`));
  journey.write("default.json", JSON.stringify({ "x-n": 0 }).replace("0", number));
  journey.write("params.yaml", `id: ${number}\n`);
  journey.write("params.json", `{"id": ${number}}`);
  journey.write("answer.json", `{"id": ${number}}`);
  journey.write(
    "over/.skillmeat-workflow-overrides.toml",
    `[overrides.w.config.parameters.id]\ndefault = ${number}\n`,
  );
  const ways: string[][] = [
    ["validate", "default.yaml"],
    ["validate", "default.json"],
    ["plan", "default.yaml"],
    ["create", "default.yaml"],
    ["plan", "w.yaml", "--param", `id=${number}`],
    ["plan", "w.yaml", "--params-file", "params.yaml"],
    ["plan", "w.yaml", "--params-file", "params.json"],
    ["plan", "../w.yaml", "--param", "id=1"],
    ["run", "w.yaml", "--param", "id=1"],
    ["eval", number],
    ["eval", `fromJSON('[${number}]')`],
    ["eval", "parameters", "--context", "params.json"],
  ];
  for (const way of ways) {
    const { code, stdout, stderr } = await journey.run(["workflow", ...way], {
      cwd: way[1] === "../w.yaml" ? join(journey.folder, "over") : journey.folder,
    });
    expect({ way, isRefused: code === 1 || code === 2 }).toEqual({ way, isRefused: true });
    expect({ way, said: stdout + stderr }).toEqual({ way, said: expect.stringContaining(number) });
    expect(stdout + stderr).toContain(`make it a quoted string: "${number}"`);
  }
});

test("what an agent hands in breaks its contract", async () => {
  journey.write("answer.json", '{"id": 9007199254740993}');
  const { stdout } = await journey.run(["workflow", "run", "w.yaml", "--param", "id=1", "--format", "json"]);
  expect(JSON.parse(stdout)).toMatchObject({ status: "failed", steps: [{ error_class: "output_contract" }] });
});

test("a stored definition with such a number is not exported with another one", async () => {
  journey.write("stored.yaml", definition(", default: 1"));
  expect((await journey.run(["workflow", "create", "stored.yaml"])).code).toBe(0);
  const file = "home/collection/artifacts/workflows/w/WORKFLOW.yaml";
  const text = journey.read(file);
  journey.write(file, text.replace("default: 1", "default: 9007199254740993"));
  expect(text).not.toBe("");
  const { code, stderr } = await journey.run(["workflow", "export", "w", "--format", "json"]);
  expect([code, stderr]).toEqual([1, expect.stringContaining("9007199254740993 is a whole number beyond")]);
});

test("what can be kept is", async () => {
  const { stdout } = await journey.run(["workflow", "eval", "[9007199254740991, -1.5e300, 0.1]"]);
  expect(stdout.trim()).toBe("[9007199254740991,-1.5e+300,0.1]");
});
