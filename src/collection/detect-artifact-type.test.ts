import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { definitionIn, detectArtifactType, type DetectedType } from "./detect-artifact-type.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "skillmeat-detect-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const workflow = "workflow: { id: a, name: A }\nstages: []\n";

describe("a folder is", () => {
  const cases: [string, Record<string, string>, DetectedType | null][] = [
    ["a workflow by its file", { "WORKFLOW.yaml": "" }, "workflow"],
    ["a workflow in lower case", { "workflow.yml": "" }, "workflow"],
    ["a workflow in JSON", { "WORKFLOW.json": "{}" }, "workflow"],
    ["a workflow beside a skill's file", { "SKILL.md": "", "workflow.json": "{}" }, "workflow"],
    [
      "a workflow by the one file that has stages",
      { "mine.yaml": workflow, "other.yaml": "a: 1" },
      "workflow",
    ],
    ["a workflow in one line of JSON", { "x.json": '{"workflow":{"id":"a"},"stages":[]}' }, "workflow"],
    ["a workflow that is broken", { "mine.yml": "workflow: [\nstages:\n  - {\n" }, "workflow"],
    ["nothing with two of them", { "a.yaml": workflow, "b.json": '{"stages": []}' }, null],
    [
      "nothing where stages lie deeper",
      { "ci.yaml": "x:\n  stages: []\n", "p.json": '{"a":{"stages":1}}' },
      null,
    ],
    ["a skill", { "SKILL.md": "---\nname: s\n---\n" }, "skill"],
    ["an agent", { "AGENT.md": "" }, "agent"],
    ["a command", { "COMMAND.md": "" }, "command"],
    ["a composite", { "COMPOSITE.md": "" }, "composite"],
    ["a composite as a plugin", { "PLUGIN.md": "" }, "composite"],
    ["nothing with a README", { "README.md": "" }, null],
    ["nothing when it is empty", {}, null],
  ];
  test.each(cases)("%s", (_, files, type) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    expect(detectArtifactType(folder)).toBe(type);
  });

  test("nothing when a folder has the file's name, or when there is no folder", () => {
    mkdirSync(join(folder, "WORKFLOW.yaml"));
    expect(detectArtifactType(folder)).toBe(null);
    expect(detectArtifactType(join(folder, "none"))).toBe(null);
    expect(definitionIn(folder)).toBe(null);
  });
});
