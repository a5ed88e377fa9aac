import { describe, expect, test } from "bun:test";
import { parseJson } from "./parse-json.ts";
import type { Value } from "./value.ts";

describe("what comes back is what was written:", () => {
  const cases: [text: string, value: Value][] = [
    [' {"a": [1, -2.5e3, null]} ', { a: [1, -2500, null] }],
    [
      '["9007199254740993", "1e999 \\" 12345678901234567890"]',
      ["9007199254740993", '1e999 " 12345678901234567890'],
    ],
    ['{"9007199254740993": 9007199254740991}', { "9007199254740993": 9007199254740991 }],
    ["[6.02e23]", [6.02e23]],
  ];
  test.each(cases)("%s", (text, value) => expect(parseJson(text, 9)).toEqual({ value }));
});

describe("what would be changed is refused where it stands:", () => {
  test.each([
    ["9007199254740993", 0],
    ['{"x": "a\\"1e999", "y": [1, 1e999]}', 27],
    ["[1.5, -12345678901234567890]", 6],
  ])("%s", (text, offset) => {
    const read = parseJson(text, 9);
    expect(read).toMatchObject({ fault: "number", offset });
    expect("problem" in read ? read.problem : "").toContain(/-?[0-9e]+/.exec(text.slice(offset))?.[0] ?? "?");
  });
});

test.each([
  ["", "syntax", "is empty"],
  ["{a: 1}", "syntax", "is not JSON (Expected '}')"],
  ["[[[1]]]", "depth", "is nested deeper than 2 levels"],
])("%p is a fault of %s", (text, fault, problem) => {
  expect(parseJson(text, 2)).toEqual({ fault, problem, offset: 0 } as never);
});

test("a hundred thousand brackets are no trouble", () => {
  expect(parseJson("[".repeat(100_000), 512)).toMatchObject({ fault: "depth" });
});
