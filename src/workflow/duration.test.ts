import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { formatDuration, parseDuration } from "./duration.ts";

describe("a duration in milliseconds:", () => {
  test.each([
    ["90s", 90_000],
    ["1h30m", 5_400_000],
    ["1.5h", 5_400_000],
    ["250ms", 250],
    ["1d", 86_400_000],
    ["1.1s", 1_100],
    ["3650d", 315_360_000_000],
  ])("%s is %p", (text, ms) => expect(parseDuration(text)).toBe(ms));
});

describe("no duration:", () => {
  test.each([
    "",
    "90",
    "s",
    "0s",
    "0.1ms",
    "-1s",
    "+1s",
    "1 h",
    " 1h",
    "1h\n",
    "1H",
    ".5h",
    "1.h",
    "1e3s",
    "1w",
    "3651d",
    "9".repeat(90) + "d",
    "1s".repeat(60),
    "٣s",
  ])("%p", (text) => expect(parseDuration(text)).toBeNull());
});

test.each([
  [1_800_000, "30m"],
  [13_500_000, "3h 45m"],
  [93_600_000, "1d 2h"],
  [90_000, "1m 30s"],
  [1_250, "1s 250ms"],
  [0, "0s"],
  [-5, "0s"],
])("%p ms is written %p", (ms, text) => expect(formatDuration(ms)).toBe(text));

test("what is written is read back", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 315_360_000_000 }), (ms) => {
      expect(parseDuration(formatDuration(ms).replaceAll(" ", ""))).toBe(ms);
    }),
  );
});
