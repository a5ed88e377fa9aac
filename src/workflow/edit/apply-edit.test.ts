import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readSource } from "../read-source.ts";
import { pathText } from "../source-path.ts";
import type { Path, SourceNode } from "../source-node.ts";
import { applyEdit, applyEdits } from "./apply-edit.ts";
import type { Edit } from "./edit.ts";

const folder = join(import.meta.dir, "testdata");
const names = readdirSync(folder);
const before = names.filter((name) => name.includes(".before."));
const minimal = "workflow: { id: w, name: W }\nstages:\n  - id: a\n    roles: { primary: agent:a }\n";

function read(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

describe("a text with edits becomes the text beside it:", () => {
  test.each(before)("%s", (name) => {
    const given: Edit | Edit[] = JSON.parse(read(name.replace(/\.before\..*/, ".edit.json")));
    const edited = applyEdits(read(name), Array.isArray(given) ? given : [given]);
    expect(edited).toEqual({ ok: true, text: read(name.replace(".before.", ".after.")) });
  });
});

describe("one field set is one line changed, whatever stands around it:", () => {
  test("there are enough files to show this", () => expect(before.length).toBeGreaterThanOrEqual(20));

  test.each(before)("%s", (name) => {
    const text = read(name);
    for (const { path, value } of fieldsOf(text)) {
      const edited = applyEdit(text, { kind: "set", path, value });
      if (!edited.ok) {
        expect([pathText(path), edited.message]).toEqual([
          pathText(path),
          expect.stringContaining("an anchor"),
        ]);
        continue;
      }
      const lines = edited.text.split("\n");
      const changed = text.split("\n").filter((line, at) => line !== lines[at]);
      expect([pathText(path), lines.length, changed.length]).toEqual([
        pathText(path),
        text.split("\n").length,
        1,
      ]);
    }
  });

  /** Every value of one line, with another of its type. */
  function fieldsOf(text: string): { path: Path; value: string | number }[] {
    const fields: { path: Path; value: string | number }[] = [];
    const open: [SourceNode | null, Path][] = [[readSource(text).root, []]];
    for (let next = open.pop(); next; next = open.pop()) {
      const [node, path] = next;
      if (node?.kind === "map")
        for (const [key, { value }] of node.entries) open.push([value, [...path, key]]);
      if (node?.kind === "list") node.items.forEach((item, at) => open.push([item, [...path, at]]));
      if (node?.kind !== "scalar" || node.style === "literal" || node.style === "folded") continue;
      fields.push({ path, value: typeof node.value === "number" ? 77 : "agent:seventy-seven" });
    }
    return fields;
  }
});

describe("what cannot be done safely is refused with its place:", () => {
  const set = (path: Path, value = "x"): Edit => ({ kind: "set", path, value });
  test.each<[string, string, Edit, string]>([
    ["a text that is no YAML", "workflow: {\nstages: []\n", set(["workflow", "id"]), "fix the text first"],
    [
      "a key that is there twice",
      "a: 1\na: 2\n",
      set(["a"]),
      'fix the text first: the key "a" is here twice',
    ],
    ["an alias", "a: &x { b: 1 }\nc: *x\n", set(["c", "b"]), '"c" is written with an anchor'],
    ["what others share", "a: &x { b: 1 }\nc: *x\n", set(["a", "b"]), '"a" is written with an anchor'],
    [
      "an anchor within what goes",
      "a:\n  b: &x 1\nc: *x\n",
      { kind: "remove", path: ["a"] },
      '"a" is written',
    ],
    ["a merge", "a: &x { b: 1 }\nc:\n  <<: *x\n", set(["c"]), '"c" is written with an anchor'],
    [
      "an odd key",
      "a:\n  ? b\n  : 1\n",
      set(["a", "b"]),
      '"a.b" is written with an anchor, an alias or the like',
    ],
    ["a map without braces", "a: [b: 1]\n", set(["a", 0]), '"a[0]" is written'],
    ["a field of a number", "a: 1\n", set(["a", "b"]), '"a" is a number: it cannot hold "b"'],
    ["a field of a list", minimal, set(["stages", "id"]), '"stages" is a list: it cannot hold "id"'],
    ["an item far off", minimal, set(["stages", 4, "id"]), '"stages" has no item 4: it has 1'],
    ["what is not there", minimal, { kind: "remove", path: ["config", "env"] }, 'there is no "config"'],
    ["everything at once", minimal, { kind: "remove", path: [] }, "the whole definition cannot be removed"],
    [
      "a stage that is not there",
      minimal,
      { kind: "rename_stage", id: "b", to: "c" },
      'there is no stage "b"',
    ],
    ["a name that is taken", minimal, { kind: "duplicate_stage", id: "a", to: "a" }, 'a stage "a" already'],
    [
      "a key that is taken",
      minimal,
      { kind: "rename_key", path: ["workflow", "id"], to: "name" },
      '"workflow.name" exists already',
    ],
    [
      "a reference that cannot be read",
      `${minimal}    condition: stages.a. ==\n`,
      { kind: "rename_stage", id: "a", to: "b" },
      'may name "a", but it cannot be read',
    ],
    [
      "a comment between the items of a line",
      "a: [b, # why\n  c]\n",
      { kind: "remove", path: ["a", 0] },
      "a comment",
    ],
    ["no number", minimal, { kind: "set", path: ["x-a"], value: Number.NaN }, "the value is not JSON"],
  ])("%s", (_, text, edit, message) => {
    const edited = applyEdit(text, edit);
    expect(edited).toEqual({
      ok: false,
      message: expect.stringContaining(message),
      line: expect.any(Number),
      column: expect.any(Number),
    });
  });

  test("line and column are those of the problem", () => {
    const edited = applyEdit(`${minimal}x-a: &a 1\nx-b: *a\n`, { kind: "remove", path: ["x-a"] });
    expect(edited).toMatchObject({ ok: false, line: 5, column: 6 });
  });

  test("none of several edits is done", () => {
    const edits: Edit[] = [set(["workflow", "name"], "New"), { kind: "remove", path: ["nothing"] }];
    expect(applyEdits(minimal, edits).ok).toBe(false);
  });

  test("a value deeper than a definition may be", () => {
    let value = [] as readonly never[] | object;
    for (let at = 0; at < 100_000; at++) value = [value];
    const edited = applyEdit(minimal, { kind: "set", path: ["x-deep"], value: value as never });
    expect(edited).toMatchObject({ ok: false, message: expect.stringContaining("deeper than") });
  });

  test("names of properties that every object has are keys like any other", () => {
    const edited = applyEdit(minimal, { kind: "set", path: ["x-a", "__proto__", "constructor"], value: 1 });
    expect(edited).toEqual({ ok: true, text: `${minimal}x-a:\n  __proto__:\n    constructor: 1\n` });
    expect(applyEdit(minimal, { kind: "remove", path: ["constructor"] }).ok).toBe(false);
  });
});

describe("details:", () => {
  test("what is set to the value it has keeps its text", () => {
    const text = "a: 1.0 # as it is\nb: 'x'\n";
    expect(applyEdits(text, [set1("a", 1), set1("b", "x")])).toEqual({ ok: true, text });
  });

  test("an empty text becomes a definition", () => {
    const edited = applyEdit("# to come\n", { kind: "set", path: ["workflow", "id"], value: "w" });
    expect(edited).toEqual({ ok: true, text: "# to come\nworkflow:\n  id: w\n" });
  });

  test("a byte order mark stays", () => {
    expect(applyEdit("\uFEFFa: 1\n", set1("a", 2))).toEqual({ ok: true, text: "\uFEFFa: 2\n" });
  });

  test("a text of several lines within braces on one line takes them apart", () => {
    const edited = applyEdit(minimal, {
      kind: "set",
      path: ["stages", 0, "roles", "primary", "instructions"],
      value: "Read.\nWrite.\n",
    });
    const roles =
      "    roles:\n      primary:\n        artifact: agent:a\n        instructions: |\n          Read.\n          Write.\n";
    expect(edited).toEqual({ ok: true, text: minimal.replace(/ {4}roles.*\n/, roles) });
  });

  test("a comment below that would become text keeps a text of several lines in quotes", () => {
    const edited = applyEdit("a:\n  b: 1\n  # deep\nc: 1\n", set1("a", "x\ny"));
    expect(edited).toEqual({ ok: true, text: 'a: "x\\ny"\n  # deep\nc: 1\n' });
  });

  function set1(key: string, value: string | number): Edit {
    return { kind: "set", path: [key], value };
  }
});
