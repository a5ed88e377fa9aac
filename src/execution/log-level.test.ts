import { describe, expect, test } from "bun:test";
import { countLevels, isOfLevel, levelOf } from "./log-level.ts";

const esc = "\u001b";

describe("a line's level", () => {
  test.each([
    ["stdout", "all is well", "out"],
    ["stderr", "progress 3 of 4", "err"],
    ["system", "error: even so", "sys"],
    ["stdout", "Error: no such file", "error"],
    ["stderr", `${esc}[31mFAIL${esc}[0m a.test.ts`, "error"],
    ["stdout", "  [ERROR] disk", "error"],
    ["stdout", "TypeError: x is not a function", "out"],
    ["stdout", "found 0 errors", "out"],
    ["stdout", "1 failed, 2 passed", "out"],
    ["stderr", "warning: unused", "warn"],
    ["stdout", "npm WARN old", "out"],
    ["stdout", "2026-11-30T04:52:11.123Z ERROR cannot connect", "error"],
    ["stdout", "[04:52:11] warn: slow", "warn"],
    ["stdout", "04:52:11 WARNING slow", "warn"],
    ["stdout", "app.main ERROR cannot connect", "error"],
    ["stdout", 'time=1 level=error msg="x"', "error"],
    ["stdout", '{"level":"warn","msg":"x"}', "warn"],
    ["stdout", "12 failures of 40", "out"],
  ] as const)("%s %j is %s", (stream, text, level) => expect(levelOf({ stream, text })).toBe(level));
});

describe("a level", () => {
  const lines = ["fine", "warning: a", "error: b", "ERROR c"].map((text) => ({
    text,
    stream: "stdout" as const,
  }));

  test.each([
    [null, 4],
    ["warn", 3],
    ["error", 2],
  ] as const)("%s lets %d lines through", (level, count) =>
    expect(lines.filter((line) => isOfLevel(line, level))).toHaveLength(count),
  );

  test("is counted on", () =>
    expect(countLevels({ warn: 10, error: 5 }, lines)).toEqual({ warn: 13, error: 7 }));
});
