import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { Glob } from "bun";
import { parse } from "yaml";
import { definitionSchema } from "./json-schema.ts";

const examples = join(import.meta.dir, "../../examples");
const validate = new Ajv({ strict: true }).compile(definitionSchema());
const minimal = { workflow: { id: "w", name: "W" }, stages: [{ id: "a", roles: { primary: "agent:x" } }] };

test.each(
  [...new Glob("**/{WORKFLOW,*}.yaml").scanSync(examples)].filter((file) => !file.includes("script")),
)("the schema holds for examples/%s", (file) => {
  const isValid = validate(parse(readFileSync(join(examples, file), "utf8")));
  expect(validate.errors ?? []).toEqual([]);
  expect(isValid).toBe(true);
});

function withParameter(parameter: object, name = "p"): object {
  return { ...minimal, config: { parameters: { [name]: parameter } } };
}

test.each([
  ["no name", { ...minimal, workflow: { id: "w" } }],
  ["a stage without an id", { ...minimal, stages: [{ name: "A" }] }],
  ["a bad id", { ...minimal, workflow: { id: "not an id", name: "W" } }],
  ["a bad reference", { ...minimal, stages: [{ id: "a", roles: { primary: "x" } }] }],
  ["a duration without a unit", { ...minimal, config: { timeout: "30" } }],
  ["a duration of nothing", { ...minimal, config: { timeout: "0h0m" } }],
  ["an unknown type", withParameter({ type: "array<text>" })],
  ["a secret with a default", withParameter({ type: "string", secret: true, default: "x" })],
  ["a name that is not allowed", withParameter({ type: "string" }, "constructor")],
  ["an agent without a role", { ...minimal, stages: [{ id: "a", roles: {} }] }],
  ["a gate without what it asks", { ...minimal, stages: [{ id: "a", type: "gate" }] }],
  ["a gate with outputs", { ...minimal, stages: [{ id: "a", type: "gate", gate: {}, outputs: {} }] }],
  ["a word that is no choice", { ...minimal, stages: [{ id: "a", type: "task" }] }],
])("it refuses %s", (_, definition) => {
  expect(validate(minimal)).toBe(true);
  expect(validate(withParameter({ type: "array<array<string>>", default: [] }))).toBe(true);
  expect(validate({ ...minimal, stages: [{ id: "a", type: "gate", gate: {} }] })).toBe(true);
  expect(validate(definition)).toBe(false);
});
