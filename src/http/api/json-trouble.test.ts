import { expect, test } from "bun:test";
import { jsonTrouble } from "./json-trouble.ts";

const table: [text: string, place: string, message: string][] = [
  ["", "1:1", "it ends where a value should come"],
  ["{", "1:2", 'it ends where a name in double quotes or "}" should come'],
  ['{"a" 1}', "1:6", 'expected ":"'],
  ['{"a": tru}', "1:7", "no JSON begins so"],
  ['{"a": 1,}', "1:9", "expected a name in double quotes"],
  ["[1,]", "1:4", "expected a value"],
  ["[1 2]", "1:4", 'expected "," or a closing bracket'],
  ["{a: 1}", "1:2", "no JSON begins so"],
  ['{"a": 1}\n}', "2:1", "expected nothing more"],
  ['{\n  "a": "x\n"}', "2:8", "a text that does not end, or holds what must be escaped"],
  ['["\\x"]', "1:2", "a text that does not end, or holds what must be escaped"],
  ["[01]", "1:2", "no JSON begins so"],
  ["[1}", "1:3", 'expected "," or a closing bracket'],
  ["{]", "1:2", 'expected a name in double quotes or "}"'],
];

test.each(table)("%j is wrong at %s: %s", (text, place, message) => {
  expect(() => JSON.parse(text)).toThrow();
  const trouble = jsonTrouble(text);
  expect(`${trouble.line}:${trouble.column}`).toBe(place);
  expect(trouble.message).toBe(message);
});

test("a hundred thousand open brackets are looked at without falling over", () => {
  expect(jsonTrouble("[".repeat(100_000))).toMatchObject({ line: 1, column: 100_001 });
});
