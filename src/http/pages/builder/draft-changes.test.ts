import { describe, expect, test } from "bun:test";
import {
  boundedChanges,
  changeBetween,
  mergedText,
  nextSteps,
  textAt,
  type Change,
} from "./draft-changes.ts";

const texts = ["", "a: 1\n", "a: 12\n", "# c\na: 12\n", "# c\n", "# 🦑\n"];

describe("the changes of a draft", () => {
  test("give back every text there was", () => {
    const changes = changesThrough(texts);
    const now = texts.at(-1) ?? "";
    for (const [revision, text] of texts.entries())
      expect(textAt(now, changes, texts.length - 1, revision)).toBe(text);
  });

  test("give nothing for what is too long ago, or has not been", () => {
    const changes = changesThrough(texts).slice(2);
    expect(textAt("# 🦑\n", changes, 5, 2)).toBe("a: 12\n");
    expect(textAt("# 🦑\n", changes, 5, 1)).toBeNull();
    expect(textAt("# 🦑\n", changes, 5, 6)).toBeNull();
  });

  test("are taken back one after the other and made again, until something else is done", () => {
    const changes = changesThrough(["", "1", "12"]);
    expect(nextSteps(changes)).toMatchObject({ undo: { before: 1, after: 2 }, redo: null });
    changes.push(aChange({ revision: 3, kind: "undo" }));
    expect(nextSteps(changes)).toMatchObject({
      undo: { before: 0, after: 1 },
      redo: { before: 1, after: 2 },
    });
    const again = [...changes, aChange({ revision: 4, kind: "redo" })];
    expect(nextSteps(again)).toMatchObject({ undo: { before: 1, after: 2 }, redo: null });
    const other = [...changes, aChange({ revision: 4, label: "other" })];
    expect(nextSteps(other)).toMatchObject({ undo: { label: "other", before: 3 }, redo: null });
  });

  test("of one field go back together", () => {
    const changes = [
      aChange({ revision: 1 }),
      aChange({ revision: 2 }),
      aChange({ revision: 3, joins: true }),
    ];
    expect(nextSteps(changes).undo).toEqual({ label: "edit", before: 1, after: 3 });
  });

  test("are bounded in number and in size", () => {
    const many = Array.from({ length: 500 }, (_, at) => aChange({ revision: at + 1 }));
    expect(boundedChanges(many)).toHaveLength(200);
    const large = Array.from({ length: 5 }, (_, at) =>
      aChange({ revision: at + 1, removed: "x".repeat(200_000) }),
    );
    expect(boundedChanges(large).map(({ revision }) => revision)).toEqual([4, 5]);
  });
});

describe("two changes of one text", () => {
  test.each([
    ["a b c", "A b c", "a b C", "A b C"],
    ["a b c", "a b CC", "AA b c", "AA b CC"],
    ["a b c", "a b c", "a c", "a c"],
    ["a b c", "a b c d", "a b c", "a b c d"],
    ["a b c", "a b c d", "b c", "b c d"],
  ])("of %p, %p and %p, are both kept: %p", (base, mine, theirs, both) =>
    expect(mergedText(base, mine, theirs)).toBe(both),
  );

  test.each([
    ["a b c", "a B c", "a X c"],
    ["a b c", "a c", "a BB c"],
    ["a", "ab", "ac"],
  ])("of %p, %p and %p, are left to people", (base, mine, theirs) =>
    expect(mergedText(base, mine, theirs)).toBeNull(),
  );
});

function changesThrough(all: readonly string[]): Change[] {
  return all.slice(1).map((text, at) => aChange({ revision: at + 1, ...changeBetween(all[at] ?? "", text) }));
}

function aChange(given: Partial<Change>): Change {
  return {
    revision: 1,
    label: "edit",
    kind: "edit",
    at: 0,
    removed: "",
    inserted: 0,
    joins: false,
    ...given,
  };
}
