import { expect, test } from "bun:test";
import { nearest } from "./nearest.ts";

test.each([
  ["reveiw", "review"],
  ["REVIEW", "review"],
  ["sca", "scan"],
  ["deploy", "deploy"],
  ["xyz", null],
  ["", null],
  ["s".repeat(10_000), null],
])("%p was probably meant as %p", (word, name) => {
  expect(nearest(word, ["scan", "review", "deploy", "s".repeat(10_001)])).toBe(name);
});
