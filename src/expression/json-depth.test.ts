import { expect, test } from "bun:test";
import { isDeeperThan } from "./json-depth.ts";

test.each([
  ["1", 0, false],
  ["[1]", 0, true],
  ["[1]", 1, false],
  ['{"a":[{}]}', 2, true],
  ['{"a":[{}],"b":[{}]}', 3, false],
  ['["[[[[", "\\"[[[", "\\\\", "{{{"]', 1, false],
  ['["\\\\",[]]', 1, true],
  ['["open', 1, false],
  ["", 0, false],
])("%s is deeper than %i: %p", (text, most, isDeeper) => {
  expect(isDeeperThan(text, most)).toBe(isDeeper);
});

test("two megabytes of brackets or backslashes are looked through without recursion", () => {
  expect(isDeeperThan("[".repeat(2_000_000), 100)).toBe(true);
  expect(isDeeperThan("[],".repeat(700_000), 100)).toBe(false);
  expect(isDeeperThan(`["${"\\\\".repeat(1_000_000)}"]`, 100)).toBe(false);
  expect(isDeeperThan(`["${'\\"'.repeat(1_000_000)}"]`, 100)).toBe(false);
});
