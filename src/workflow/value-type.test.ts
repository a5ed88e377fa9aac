import { describe, expect, test } from "bun:test";
import { checkValue, coerceText, fits, parseType, schemaOfType } from "./value-type.ts";

describe("a type is one of the names, or arrays around one:", () => {
  test.each([
    ["string", { depth: 0, innermost: "string" }],
    ["array", { depth: 0, innermost: "array" }],
    ["array<integer>", { depth: 1, innermost: "integer" }],
    ["array<array<string>>", { depth: 2, innermost: "string" }],
    [`${"array<".repeat(64)}string${">".repeat(64)}`, { depth: 64, innermost: "string" }],
  ] as const)("%s", (text, type) => expect(parseType(text)).toEqual(type));

  test.each([
    "",
    "String",
    "int",
    "array<>",
    "array<int>",
    "array<string",
    "array<string>>",
    "string>",
    "object<string>",
    " string",
    "constructor",
    `${"array<".repeat(65)}string${">".repeat(65)}`,
  ])("%p is none", (text) => expect(parseType(text)).toBeNull());
});

describe("a value fits its type:", () => {
  test.each([
    ["string", ""],
    ["number", -1.5],
    ["integer", 3],
    ["integer", 3.0],
    ["boolean", false],
    ["object", {}],
    ["array", [1, "a"]],
    ["array<string>", []],
    ["array<array<integer>>", [[1], [], [2, 3]]],
    ["artifact_ref", "agent:team/reviewer@1.2.0"],
    ["context_module", "ctx:house-rules"],
    ["memory_item", { id: "m1" }],
  ])("%s: %p", (type, value) => expect(checkValue(type, value)).toBeNull());
});

describe("a value that does not fit says why:", () => {
  test.each([
    ["integer", "text", 'must be integer, not "text"'],
    ["integer", 1.5, "must be integer, not 1.5"],
    ["number", Number.NaN, "must be number, not NaN"],
    ["number", JSON.parse("1e999"), "must be number, not Infinity"],
    ["string", null, "must be string, not null"],
    ["string", undefined, "must be string, not undefined"],
    ["boolean", "true", 'must be boolean, not "true"'],
    ["object", [1], "must be object, not an array of 1"],
    ["array", {}, "must be array, not an object"],
    ["array<string>", "a", 'must be array<string>, not "a"'],
    ["array<string>", ["a", 2], "item [1] must be string, not 2"],
    ["array<array<string>>", [["a"], ["b", {}]], "item [1][1] must be string, not an object"],
    ["artifact_ref", "reviewer", 'must be artifact_ref, such as agent:reviewer, not "reviewer"'],
    ["artifact_ref", "agent:../x", 'must be artifact_ref, such as agent:reviewer, not "agent:../x"'],
    ["context_module", "x", 'must be context_module, such as ctx:house-rules, not "x"'],
    ["integer", "x".repeat(100), `must be integer, not "${"x".repeat(60)}…"`],
    ["strng", "a", 'has the unknown type "strng"'],
    ["object", { a: [Infinity] }, "must be JSON of a sane size: it holds a number that is too large"],
  ])("%s: %p", (type, value, problem) => expect(checkValue(type, value)).toBe(problem));
});

describe("text from a form or a command line becomes the type:", () => {
  test.each([
    ["string", "3", "3"],
    ["string", "", ""],
    ["integer", "3", 3],
    ["number", "-2.5", -2.5],
    ["boolean", "true", true],
    ["object", '{"a": 1}', { a: 1 }],
    ["array", "[1]", [1]],
    ["array<string>", '["a"]', ["a"]],
    ["artifact_ref", "agent:x", "agent:x"],
  ])("%s: %p", (type, text, value) => expect(coerceText(type, text)).toEqual({ value }));

  test.each([
    ["integer", "three", 'must be integer, not "three"'],
    ["integer", "3.5", "must be integer, not 3.5"],
    ["integer", "0x10", 'must be integer, not "0x10"'],
    ["integer", "", 'must be integer, not ""'],
    ["boolean", "yes", 'must be boolean, not "yes"'],
    ["boolean", "1", "must be boolean, not 1"],
    ["array<string>", "a,b", 'must be array<string> as JSON, such as [1, 2], not "a,b"'],
    ["array<string>", "[1]", "item [0] must be string, not 1"],
    ["object", "{a}", 'must be object as JSON, such as {"a": 1}, not "{a}"'],
    [
      "number",
      "1e999",
      'holds a number that cannot be kept: 1e999 is too large a number. the largest is about 1.8e308. make it a quoted string: "1e999"',
    ],
  ])("%s: %p is refused", (type, text, problem) => expect(coerceText(type, text)).toEqual({ problem }));
});

test("a type is JSON Schema", () => {
  expect(schemaOfType("integer")).toEqual({ type: "integer" });
  expect(schemaOfType("memory_item")).toEqual({ type: "object" });
  expect(schemaOfType("array<array<string>>")).toEqual({
    type: "array",
    items: { type: "array", items: { type: "string" } },
  });
  const { pattern } = schemaOfType("artifact_ref");
  expect(new RegExp(String(pattern), "u").test("mcp:tools/git@2")).toBe(true);
});

describe("a value of one type may be given to another:", () => {
  test.each([
    ["string", "string", true],
    ["integer", "number", true],
    ["number", "integer", false],
    ["string", "integer", false],
    ["artifact_ref", "string", true],
    ["string", "artifact_ref", false],
    ["memory_item", "object", true],
    ["array<string>", "array", true],
    ["array<array<string>>", "array<array>", true],
    ["array", "array<string>", false],
    ["array<integer>", "array<number>", true],
    ["array<string>", "string", false],
    ["string", "array<string>", false],
    ["unknown", "string", true],
  ])("%s to %s: %p", (from, to, does) => expect(fits(from, to)).toBe(does));
});
