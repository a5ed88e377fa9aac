import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { diffLines } from "./diff.ts";

const signs = { added: "+", removed: "-", same: " ", gap: "@" } as const;

function shown(before: string, after: string): string[] {
  return diffLines(before, after).map(({ kind, text }) => signs[kind] + text);
}

describe("a comparison", () => {
  test.each([
    ["a\nb\nc", "a\nx\nc", [" a", "-b", "+x", " c"]],
    ["a", "a\nb", [" a", "+b"]],
    ["a\nb", "b", ["-a", " b"]],
    ["a", "a", ["@… 1 line alike"]],
    ["1\n2\n3\n4\n5\n6", "1\n2\n3\n4\n5\nsix", ["@… 2 lines alike", " 3", " 4", " 5", "-6", "+six"]],
  ])("of %j and %j", (before, after, expected) => expect(shown(before, after)).toEqual(expected));

  test("names lines by their numbers in both texts, and misses none", () => {
    const texts = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const lines = diffLines(before.join("\n"), after.join("\n"));
        const from = before.length === 0 ? [""] : before;
        const to = after.length === 0 ? [""] : after;
        for (const line of lines) {
          if (line.from !== null) expect(from[line.from - 1]).toBe(line.text);
          if (line.to !== null) expect(to[line.to - 1]).toBe(line.text);
        }
        const count = (kind: string): number => lines.filter((line) => line.kind === kind).length;
        expect(count("added") - count("removed")).toBe(to.length - from.length);
      }),
    );
  });

  test("of two long texts that share nothing comes in a moment", () => {
    const text = (word: string): string =>
      Array.from({ length: 20_000 }, (_, at) => `${word} ${at}`).join("\n");
    expect(diffLines(text("a"), text("b"))).toHaveLength(40_000);
  });
});
