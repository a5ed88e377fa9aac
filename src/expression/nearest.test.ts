import { expect, test } from "bun:test";
import { nearest } from "./nearest.ts";

test.each<[string, string[], string | null]>([
  ["reveiw", ["revise", "review", "preview"], "review"],
  ["stage-10", ["stage-21", "stage-1", "stage-100", "stage-11"], "stage-1"],
  ["Plan", ["plam", "PLAN", "plan"], "PLAN"],
  ["ba", ["ab"], "ab"],
  ["xabcdef", ["yabdcef", "xabdcef"], "xabdcef"],
  ["abcdefghi", ["defghi", "abdcegfhi"], "abdcegfhi"],
  ["build", ["ship", "test", "b"], null],
  ["ab", ["cd"], null],
  ["x".repeat(129), ["x".repeat(128)], null],
])("what is nearest to %p of %p is %p", (word, known, expected) => {
  expect(nearest(word, known)).toBe(expected);
});
