import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../errors.ts";
import { readSource } from "./read-source.ts";
import { parseJson } from "../expression/parse-json.ts";
import { toJson, toYaml } from "./serialize.ts";
import { valueOf } from "./source-node.ts";
import { checkWorkflow } from "./validate.ts";

describe("a definition is the same in YAML and JSON:", () => {
  const text = readFileSync(join(import.meta.dir, "testdata/delivery.yaml"), "utf8");

  test("the delivery workflow, there and back", () => {
    const there = checkWorkflow(toJson(text), { file: "WORKFLOW.json" }).definition;
    const back = checkWorkflow(toYaml(toJson(text)), { file: "WORKFLOW.yaml" }).definition;
    const first = checkWorkflow(text, { file: "WORKFLOW.yaml" }).definition;
    expect(first).not.toBeNull();
    expect(there).toEqual(first);
    expect(back).toEqual(first);
  });

  test("the order of keys is kept", () => {
    expect(toJson("b: 1\na: {d: 1, c: 2}")).toBe('{\n  "b": 1,\n  "a": {\n    "d": 1,\n    "c": 2\n  }\n}\n');
  });

  test("texts that look like something else stay texts", () => {
    const odd = [
      "true",
      "null",
      "1.0",
      "0x1F",
      "~",
      "",
      " a ",
      "a: b",
      "# c",
      "- d",
      "*e",
      "&f",
      "!g",
      "1e3",
      "<<",
    ];
    expect(valueIn(toYaml(JSON.stringify({ odd })))).toEqual({ odd });
  });

  test("any JSON survives", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 4 })), (value) => {
        const json = JSON.stringify(value);
        // Numbers that cannot be kept as they are written are refused.
        fc.pre("value" in parseJson(json, 64));
        expect(JSON.parse(toJson(toYaml(json)))).toEqual(JSON.parse(json));
      }),
    );
  });

  test("a key __proto__ is a key", () => {
    expect(toJson('{"x-a": {"__proto__": 1}}')).toContain('"__proto__": 1');
  });

  test("an invalid text is refused with the place of the error", () => {
    expect(() => toJson("a: [")).toThrow(AppError);
    expect(() => toYaml('{"a": 1, "a": 2}')).toThrow('line 1: the key "a" is here twice');
  });
});

function valueIn(text: string) {
  const { root } = readSource(text);
  return root ? valueOf(root) : null;
}
