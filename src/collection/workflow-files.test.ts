import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readManifest } from "./manifest.ts";
import { openCollection, removeWorkflow, rewriteWorkflow, slugOf, writeWorkflow } from "./workflow-files.ts";

const now = new Date("2026-11-22T19:19:02.217Z");
const text = "# release\r\nworkflow: {id: release, name: Release}  \n";
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "skillmeat-files-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe("the collection's files", () => {
  test("are in the plan's layout in a new home, byte for byte, with a manifest", () => {
    const collection = openCollection(home);
    const { file } = writeWorkflow(collection, "release", text, now);
    expect(file).toBe(join(home, "collection/artifacts/workflows/release/WORKFLOW.yaml"));
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readManifest(readFileSync(collection.manifest, "utf8"), "m")).toEqual([
      {
        name: "release",
        type: "workflow",
        path: "artifacts/workflows/release",
        origin: "local",
        added: "2026-11-22T19:19:02.217000",
      },
    ]);
  });

  test("are in the active collection when SkillMeat's layout exists", () => {
    mkdirSync(join(home, "collections", "work"), { recursive: true });
    writeFileSync(join(home, "config.toml"), '[settings]\ndefault-collection = "work"\n');
    const { file } = writeWorkflow(openCollection(home), "release", text, now);
    expect(file).toBe(join(home, "collections/work/workflows/release/WORKFLOW.yaml"));
    const entries = readManifest(readFileSync(join(home, "collections/work/collection.toml"), "utf8"), "m");
    expect(entries[0]?.["path"]).toBe("workflows/release");
  });

  test("keep JSON as JSON", () => {
    expect(writeWorkflow(openCollection(home), "w", '{"workflow": {}}', now).file).toEndWith("WORKFLOW.json");
  });

  test("are all removed by undo, including folders", () => {
    writeWorkflow(openCollection(home), "release", text, now).undo();
    expect(readdirSync(home)).toEqual([]);
  });

  test("get their old text back by undo of a replacement", () => {
    const collection = openCollection(home);
    const { file } = writeWorkflow(collection, "release", text, now);
    const manifest = readFileSync(collection.manifest, "utf8");
    const change = rewriteWorkflow(file, "other");
    expect(readFileSync(file, "utf8")).toBe("other");
    change.undo();
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(readFileSync(collection.manifest, "utf8")).toBe(manifest);
  });

  test("are not written when the manifest cannot be read", () => {
    const collection = openCollection(home);
    mkdirSync(collection.folder, { recursive: true });
    writeFileSync(collection.manifest, "[broken\n");
    expect(() => writeWorkflow(collection, "release", text, now)).toThrow("is not TOML");
    expect(existsSync(collection.workflows)).toBe(false);
    expect(readFileSync(collection.manifest, "utf8")).toBe("[broken\n");
  });

  test("are removed together with their entry, but other files in the folder stay", () => {
    const collection = openCollection(home);
    const { file } = writeWorkflow(collection, "release", text, now);
    writeFileSync(join(collection.workflows, "release", "WORKFLOW.md"), "mine");
    removeWorkflow(home, file, now);
    expect(readdirSync(join(collection.workflows, "release"))).toEqual(["WORKFLOW.md"]);
    expect(readManifest(readFileSync(collection.manifest, "utf8"), "m")).toEqual([]);
  });

  test("leave nothing behind when they cannot be written, and the error names the file", () => {
    writeFileSync(join(home, "collection"), "a file where a folder should be");
    expect(() => writeWorkflow(openCollection(home), "release", text, now)).toThrow("cannot be written");
    expect(readdirSync(home)).toEqual(["collection"]);
  });

  test.each([
    ["Ship a Feature (SDLC)", "ship-a-feature-sdlc"],
    ["Größe", "gro-e"],
    ["my_flow", "my_flow"],
    ["../../etc", "etc"],
  ])("the slug of %p is %p", (name, slug) => expect(slugOf(name)).toBe(slug));

  test("get no slug from a name without a letter or digit", () => {
    expect(() => slugOf("☕")).toThrow("has no letter or digit");
  });
});
