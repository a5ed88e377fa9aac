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
  test("on a fresh home a workflow goes to the plan's layout, byte for byte, with a manifest", () => {
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

  test("where SkillMeat's layout exists, its active collection is used", () => {
    mkdirSync(join(home, "collections", "work"), { recursive: true });
    writeFileSync(join(home, "config.toml"), '[settings]\ndefault-collection = "work"\n');
    const { file } = writeWorkflow(openCollection(home), "release", text, now);
    expect(file).toBe(join(home, "collections/work/workflows/release/WORKFLOW.yaml"));
    const entries = readManifest(readFileSync(join(home, "collections/work/collection.toml"), "utf8"), "m");
    expect(entries[0]?.["path"]).toBe("workflows/release");
  });

  test("JSON is stored as JSON", () => {
    expect(writeWorkflow(openCollection(home), "w", '{"workflow": {}}', now).file).toEndWith("WORKFLOW.json");
  });

  test("undo leaves nothing behind, folders included", () => {
    writeWorkflow(openCollection(home), "release", text, now).undo();
    expect(readdirSync(home)).toEqual([]);
  });

  test("undo of a replacement brings the old text back", () => {
    const collection = openCollection(home);
    const { file } = writeWorkflow(collection, "release", text, now);
    const manifest = readFileSync(collection.manifest, "utf8");
    const change = rewriteWorkflow(file, "other");
    expect(readFileSync(file, "utf8")).toBe("other");
    change.undo();
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(readFileSync(collection.manifest, "utf8")).toBe(manifest);
  });

  test("a manifest that cannot be read leaves no file behind", () => {
    const collection = openCollection(home);
    mkdirSync(collection.folder, { recursive: true });
    writeFileSync(collection.manifest, "[broken\n");
    expect(() => writeWorkflow(collection, "release", text, now)).toThrow("is not TOML");
    expect(existsSync(collection.workflows)).toBe(false);
    expect(readFileSync(collection.manifest, "utf8")).toBe("[broken\n");
  });

  test("removing takes the entry and the file, but not what else lies in the folder", () => {
    const collection = openCollection(home);
    const { file } = writeWorkflow(collection, "release", text, now);
    writeFileSync(join(collection.workflows, "release", "WORKFLOW.md"), "mine");
    removeWorkflow(home, file, now);
    expect(readdirSync(join(collection.workflows, "release"))).toEqual(["WORKFLOW.md"]);
    expect(readManifest(readFileSync(collection.manifest, "utf8"), "m")).toEqual([]);
  });

  test("what cannot be written is the state's trouble, named, and leaves nothing", () => {
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

  test("a name without a letter or digit has no slug", () => {
    expect(() => slugOf("☕")).toThrow("has no letter or digit");
  });
});
