import { describe, expect, test } from "bun:test";
import { AppError } from "../errors.ts";
import { parseOverrides } from "./overrides.ts";
import { checkWorkflow } from "./validate.ts";

const base = `workflow: { id: ship, name: Ship }
config:
  parameters:
    branch: { type: string, default: main }
stages:
  - id: write
    roles: { primary: agent:writer, tools: ["skill:a", "skill:b"] }
    error_policy: { timeout: 10m, retry: { max_attempts: 3 } }
    inputs: { b: { type: string, source: parameters.branch } }
  - { id: check, depends_on: [write], roles: { primary: { artifact: agent:checker, model: haiku } } }
`;

describe("overrides", () => {
  test("put a value in the place of a source that they remove", () => {
    const over = (input: string) =>
      merged(`overrides: { ship: { stages: { write: { inputs: { b: ${input} } } } } }`);
    const { definition, overrides } = over("{ source: null, value: develop }");
    expect(definition?.stages[0]?.inputs["b"]).toMatchObject({ source: null, value: "develop" });
    expect(overrides.map(({ path }) => path)).toContain("stages.write.inputs.b.value");
    const [error] = over("{ value: develop }").validation.errors;
    expect([error?.code, error?.hint]).toEqual([
      "source_and_value",
      'where a value is to replace a source, write "source: null" beside it',
    ]);
  });

  test("merge maps key by key, replace scalars and lists, and get defaults afterwards", () => {
    const { definition, overrides } = merged(`overrides:
  ship:
    config: { max_parallel: 1, parameters: { branch: { default: develop } } }
    stages:
      write:
        roles: { tools: ["skill:c"] }
        error_policy: { timeout: 1h }
`);
    const [write] = definition?.stages ?? [];
    expect(write?.error_policy).toMatchObject({
      timeout: "1h",
      retry: { max_attempts: 3, initial_interval: "30s" },
    });
    expect(write?.roles?.tools).toEqual(["skill:c"]);
    expect(overrides).toEqual([
      { path: "config.max_parallel", from: null, to: 1 },
      { path: "config.parameters.branch.default", from: "main", to: "develop" },
      { path: "stages.write.roles.tools", from: ["skill:a", "skill:b"], to: ["skill:c"] },
      { path: "stages.write.error_policy.timeout", from: "10m", to: "1h" },
    ]);
  });

  test.each([
    ["a map over the short form", "primary: { model: sonnet }", "agent:writer", "sonnet"],
    ["the short form over the short form", "primary: agent:other", "agent:other", null],
  ])("roles merge in both their forms: %s", (_, patch, artifact, model) => {
    const { definition } = merged(`overrides: { ship: { stages: { write: { roles: { ${patch} } } } } }`);
    expect(definition?.stages[0]?.roles?.primary).toEqual({
      artifact,
      model,
      instructions: null,
    });
  });

  test("keep the model when a short role replaces a long one", () => {
    const { definition } = merged(
      "overrides: { ship: { stages: { check: { roles: { primary: agent:other } } } } }",
    );
    expect(definition?.stages[1]?.roles?.primary).toMatchObject({ artifact: "agent:other", model: "haiku" });
  });

  test("are listed with the default that they replace", () => {
    const { overrides } = merged(
      "overrides: { ship: { stages: { check: { error_policy: { timeout: 2h } } } } }",
    );
    expect(overrides).toEqual([{ path: "stages.check.error_policy.timeout", from: "30m", to: "2h" }]);
  });

  test("do not change other workflows, which get no list of overrides", () => {
    const result = merged("overrides: { other: { config: { max_parallel: 1 } } }");
    expect(result.overrides).toEqual([]);
    expect(result.definition?.config.max_parallel).toBeNull();
  });

  test.each([
    ["stages: { wriet: {} }", 'there is no stage "wriet" to override. the stages are "write", "check"'],
    ["stages: { write: { id: other } }", '"id" of stage "write" cannot be overridden'],
    ["stages: { write: { depends_on: [] } }", '"depends_on" of stage "write" cannot be overridden'],
    ["stages: { write: { type: gate } }", '"type" of stage "write" cannot be overridden'],
    ["stages: [{ id: write }]", '"stages" is overridden by a map from stage ids to what changes'],
    ["workflow: { id: other }", '"workflow" cannot be overridden'],
    ["contxt: {}", '"contxt" cannot be overridden'],
  ])("%s is an error", (patch, message) => {
    const { validation, definition } = merged(`overrides:\n  ship: { ${patch} }`);
    expect(definition).toBeNull();
    const origin = ' (this comes from the overrides file "over.yaml", line 2)';
    expect(validation.errors.map((finding) => finding.message)).toEqual([message + origin]);
  });

  test("with a bad value are reported at the field of the file, as coming from the overrides", () => {
    const patch =
      "overrides:\n  ship:\n    stages:\n      write:\n        error_policy:\n          timeout: soon\n";
    const { validation } = merged(patch);
    expect(validation.errors).toMatchObject([
      {
        message: '"soon" is not a duration (this comes from the overrides file "over.yaml", line 6)',
        path: "stages[0].error_policy.timeout",
        line: 8,
        column: 30,
        stage_id: "write",
      },
    ]);
  });

  test("have their expressions checked too, at the stage that they change", () => {
    const { validation } = merged(
      "overrides: { ship: { stages: { check: { condition: parameters.gone } } } }",
    );
    expect(validation.errors).toMatchObject([{ category: "expression", line: 10, stage_id: "check" }]);
  });

  test("cause findings about their own values only while they are applied", () => {
    const overrides = parseOverrides("overrides: { ship: { config: { tiemout: 1h } } }", "over.yaml");
    const text = base.replace("name: Ship", "name: Ship, nmae: Ship");
    const { validation } = checkWorkflow(text, { file: "w", overrides });
    expect(validation.warnings.map(({ code, path }) => `${code} ${path}`)).toEqual([
      "unknown_key workflow.nmae",
      "unknown_key config.tiemout",
    ]);
    expect(checkWorkflow(text, { file: "w" }).validation.warnings).toHaveLength(1);
  });

  test("are not applied to a definition that is invalid by itself", () => {
    const overrides = parseOverrides("overrides: { ship: { config: { max_parallel: 1 } } }", "over.yaml");
    const { validation } = checkWorkflow(base.replace("10m", "soon"), { file: "w", overrides });
    expect(validation.errors.map((finding) => finding.message)).toEqual(['"soon" is not a duration']);
  });

  test("with keys such as __proto__ have no effect", () => {
    const { definition } = merged(
      'overrides: { ship: { config: { "__proto__": { timeout: 1h } }, "x-note": 1 } }',
    );
    expect(definition?.config.timeout).toBe("2h");
    expect(Object.getPrototypeOf({})).not.toHaveProperty("timeout");
  });
});

describe("parseOverrides", () => {
  const toml = '[overrides.ship.stages.write.error_policy]\ntimeout = "1h"\n';
  test.each([
    ["over.yaml", "overrides: { ship: { stages: { write: { error_policy: { timeout: 1h } } } } }"],
    ["over.yml", "overrides:\n  ship:\n    stages:\n      write:\n        error_policy: { timeout: 1h }"],
    ["over.json", '{"overrides": {"ship": {"stages": {"write": {"error_policy": {"timeout": "1h"}}}}}}'],
    ["over.toml", toml],
  ])("reads %s", (file, text) => {
    const { definition } = checkWorkflow(base, { file: "w", overrides: parseOverrides(text, file) });
    expect(definition?.stages[0]?.error_policy.timeout).toBe("1h");
  });

  test("refuses a number that would be changed, anywhere in TOML", () => {
    const text = 'a = "9007199254740993" # 1e999\nb = [1_000, 9_007_199_254_740_993]\n';
    expect(() => parseOverrides(text, "over.toml")).toThrow(
      '"over.toml" cannot be used: 9_007_199_254_740_993 is a whole number beyond',
    );
  });

  test.each([
    ["over.yaml", "", "nothing"],
    ["over.yaml", "overrides:\n", "nothing"],
    ["over.yaml", "a: [", "the overrides file cannot be read: over.yaml:1:5:"],
    ["over.yaml", "ship: {}", '"over.yaml" has the key "ship". put it below "overrides:"'],
    ["over.yaml", "[1]", '"over.yaml" must hold a map "overrides", by workflow id'],
    ["over.toml", "a = ", "the overrides file cannot be read: over.toml:"],
  ])("%s with %p gives %s", (file, text, message) => {
    if (message === "nothing") expect(parseOverrides(text, file).root.entries.size).toBe(0);
    else {
      const parsing = () => parseOverrides(text, file);
      expect(parsing).toThrow(AppError);
      expect(parsing).toThrow(message);
    }
  });
});

function merged(text: string) {
  return checkWorkflow(base, { file: "w", overrides: parseOverrides(text, "over.yaml") });
}
