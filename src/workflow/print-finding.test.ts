import { describe, expect, test } from "bun:test";
import type { Finding } from "./finding.ts";
import { printFinding } from "./print-finding.ts";

describe("printFinding", () => {
  test("prints place, severity, message and code, the line with a caret, and the hint", () => {
    expect(printed("a: 1\n  b: two\n", { line: 2, column: 6, hint: "write 2" })).toEqual([
      "w.yaml:2:6: error: it is wrong [some_code]",
      "    b: two",
      "       ^",
      "  hint: write 2",
    ]);
  });

  test.each([
    ["wide characters", "日本: x", 5],
    ["an emoji", "😀😀: x", 5],
    ["a tab", "\ta: x", 5],
    ["an accent of its own", "e\u0301e\u0301: x", 7],
  ])("the caret stands below its character after %s", (_, line, column) => {
    const [, text = "", caret = ""] = printed(line, { line: 1, column });
    expect(Bun.stringWidth(text.slice(0, text.indexOf("x")))).toBe(caret.indexOf("^"));
  });

  test("a long line is cut around the place", () => {
    const [, text = "", caret = ""] = printed(`${"a".repeat(5000)}X${"b".repeat(5000)}`, {
      line: 1,
      column: 5001,
    });
    expect(text.length).toBeLessThan(180);
    expect(text[caret.indexOf("^")]).toBe("X");
  });

  test("an empty line is not shown, and a place after the text is harmless", () => {
    expect(printed("", { line: 1, column: 1 })).toHaveLength(1);
    expect(printed("ab", { line: 9, column: 9 })).toHaveLength(1);
  });
});

function printed(source: string, given: Partial<Finding>): string[] {
  const finding: Finding = {
    severity: "error",
    category: "schema",
    code: "some_code",
    message: "it is wrong",
    path: "a",
    line: 1,
    column: 1,
    stage_id: null,
    hint: null,
    ...given,
  };
  return printFinding(finding, source, "w.yaml").split("\n");
}
