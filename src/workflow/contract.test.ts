import { describe, expect, test } from "bun:test";
import { checkOutputs, outputsSchema } from "./contract.ts";
import type { EffectiveOutput } from "./effective.ts";

const outputs: Record<string, EffectiveOutput> = {
  report: { type: "string", required: true, description: "what was found" },
  count: { type: "integer", required: false, description: null, default: 0 },
  files: { type: "array<string>", required: false, description: null },
};

test("the contract of a stage is the JSON Schema of an object", () => {
  expect(outputsSchema(outputs)).toEqual({
    type: "object",
    properties: {
      report: { type: "string", description: "what was found" },
      count: { type: "integer" },
      files: { type: "array", items: { type: "string" } },
    },
    required: ["report"],
    additionalProperties: false,
  });
});

describe("an agent's output", () => {
  test("is kept, and defaults replace missing optional ones", () => {
    expect(checkOutputs(outputs, { report: "fine" })).toEqual({
      outputs: { report: "fine", count: 0 },
      undeclared: [],
      problems: [],
    });
  });

  test("is never overwritten by a default", () => {
    const given = { report: "", count: 7, files: [] };
    expect(checkOutputs(outputs, given).outputs).toEqual(given);
  });

  test("is kept and named when it was not declared", () => {
    const checked = checkOutputs(outputs, { report: "fine", extra: { a: 1 } });
    expect(checked.outputs).toEqual({ report: "fine", count: 0, extra: { a: 1 } });
    expect(checked.undeclared).toEqual(["extra"]);
    expect(checked.problems).toEqual([]);
  });

  test("breaks the contract when it is missing or has a wrong type, and all such outputs are reported together", () => {
    expect(checkOutputs(outputs, { count: "many", files: ["a", 1, "b", null] }).problems).toEqual([
      { path: "report", message: 'output "report" is missing. it is required, of type string' },
      { path: "count", message: 'output "count" must be integer, not "many"' },
      { path: "files[1]", message: 'output "files[1]" must be string, not 1' },
      { path: "files[3]", message: 'output "files[3]" must be string, not null' },
    ]);
  });

  test("counts only if it is the object's own property", () => {
    const inherits: Record<string, EffectiveOutput> = {
      toString: { type: "string", required: true, description: null },
    };
    expect(checkOutputs(inherits, {}).problems).toHaveLength(1);
    const checked = checkOutputs({}, JSON.parse('{"__proto__": {"admin": true}}'));
    expect(Object.getPrototypeOf(checked.outputs)).toBe(Object.prototype);
    expect(checked.undeclared).toEqual(["__proto__"]);
  });

  test("is refused when it could not be stored", () => {
    const deep = JSON.parse(`${"[".repeat(600)}${"]".repeat(600)}`);
    expect(checkOutputs({}, { deep }).problems.map(({ message }) => message)).toEqual([
      'output "deep" cannot be kept: it is nested deeper than 512 levels',
    ]);
  });
});
