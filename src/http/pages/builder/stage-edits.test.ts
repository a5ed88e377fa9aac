import { describe, expect, test } from "bun:test";
import { applyEdits } from "../../../workflow/edit/apply-edit.ts";
import type { Edit } from "../../../workflow/edit/edit.ts";
import { readDraft, type DraftReading } from "./read-draft.ts";
import { addStage, duplicateStage, moveStage, quickDependencies, removeStage } from "./stage-edits.ts";

const diamond = draftOf("a", "b < a", "c < a", "d < b c");

describe("the stages of a draft", () => {
  test("stand in rows: neighbours of one batch side by side, in the order of the file", () => {
    expect(rowsOf(diamond)).toEqual(["a", "b c", "d"]);
    expect(rowsOf(draftOf("d < b c", "b < a", "a", "c < a"))).toEqual(["d", "b", "a", "c"]);
  });

  test("a new one at the end waits for the last row", () => {
    const { id, edits } = addStage(diamond, "agent", null);
    expect([id, after(diamond, edits)]).toEqual([
      "stage-5",
      ["a", "b < a", "c < a", "d < b c", "stage-5 < d"],
    ]);
  });

  test.each([
    ["b", ["a", "b < a", "c < a", "approval < b c", "d < approval"]],
    ["a", ["a", "approval < a", "b < approval", "c < approval", "d < b c"]],
    ["d", ["a", "b < a", "c < a", "d < b c", "approval < d"]],
    ["", ["approval", "a < approval", "b < a", "c < a", "d < b c"]],
  ])("a gate behind the row of %p is waited for by what came next", (place, expected) =>
    expect(after(diamond, addStage(diamond, "gate", place).edits)).toEqual(expected),
  );

  test("the first one of all", () => {
    const none = readDraft("workflow: { id: w, name: W }\nstages: []\n");
    expect(after(none, addStage(none, "agent", null).edits)).toEqual(["stage-1"]);
  });

  test.each([
    ["b", ["a", "c < a", "d < c a"]],
    ["a", ["b", "c", "d < b c"]],
    ["d", ["a", "b < a", "c < a"]],
  ])("that lose %p inherit what it waited for", (key, expected) =>
    expect(after(diamond, removeStage(diamond, key))).toEqual(expected),
  );

  test("move within the ends, and not at all to where they are", () => {
    expect(after(diamond, moveStage(diamond, "a", 2))).toEqual(["b < a", "c < a", "a", "d < b c"]);
    expect(after(diamond, moveStage(diamond, "d", -7))[0]).toBe("d < b c");
    expect(after(diamond, moveStage(diamond, "a", 99)).at(-1)).toBe("a");
    expect(moveStage(diamond, "a", 0)).toEqual([]);
  });

  test("are duplicated under a free id", () => {
    const copies = draftOf("a", "a-copy");
    expect(duplicateStage(copies, "a").id).toBe("a-copy-2");
    expect(after(copies, duplicateStage(copies, "a").edits)).toEqual(["a", "a-copy-2", "a-copy"]);
  });

  test("are made sequential after, or parallel with, those before", () => {
    expect(after(diamond, quickDependencies(diamond, "d", "parallel"))).toEqual([
      "a",
      "b < a",
      "c < a",
      "d < a",
    ]);
    expect(after(diamond, quickDependencies(diamond, "c", "sequential"))).toEqual([
      "a",
      "b < a",
      "c < b",
      "d < b c",
    ]);
    expect(() => quickDependencies(diamond, "a", "parallel")).toThrow("is the first stage");
  });

  test("without an id of their own go by their number; one that is gone is told", () => {
    expect(draftOf("a", "a").stages.map(({ key }) => key)).toEqual(["a", "@1"]);
    expect(() => removeStage(diamond, "x")).toThrow("no longer exists");
  });
});

/** `d < b c`: a stage that waits for two. */
function draftOf(...stages: string[]): DraftReading {
  const written = stages.map((stage) => {
    const [id = "", before = ""] = stage.split(" < ");
    const waits = before === "" ? "" : `\n    depends_on: [${before.split(" ").join(", ")}]`;
    return `  - id: ${id}${waits}\n    roles: { primary: agent:x }\n`;
  });
  return readDraft(`workflow: { id: w, name: W }\nstages:\n${written.join("")}`);
}

function after({ text }: DraftReading, edits: readonly Edit[]): string[] {
  const edited = applyEdits(text, edits);
  if (!edited.ok) throw new Error(edited.message);
  return readDraft(edited.text).stages.map(({ stage: { id, depends_on } }) =>
    depends_on.length === 0 ? id : `${id} < ${depends_on.join(" ")}`,
  );
}

function rowsOf({ rows }: DraftReading): string[] {
  return rows.map((row) => row.map(({ key }) => key).join(" "));
}
