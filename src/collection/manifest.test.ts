import { describe, expect, test } from "bun:test";
import {
  addEntry,
  naiveTime,
  newManifest,
  readManifest,
  removeEntry,
  type ManifestEntry,
} from "./manifest.ts";

const now = new Date("2026-11-22T19:19:02.217Z");
const release: ManifestEntry = {
  name: "release",
  type: "workflow",
  path: "artifacts/workflows/release",
  origin: "local",
  added: naiveTime(now),
};

const full = `# my things
[collection]
name = "default"   # the one in use
version = "1.0.0"
created = "2025-01-01T00:00:00.000000"
updated = "2025-01-01T00:00:00.000000"
unknown_key = [1, 2]

[[artifacts]]
name = "scan"
type = "agent"
path = "agents/scan.md"
origin = "github"
added = "2025-01-01T00:00:00.000000"
tags = ["a", "b"]

[artifacts.metadata]
title = """
[[artifacts]] is not a header here
"""

[[artifacts]]
name = "old"
type = "workflow"
path = "workflows/old"
origin = "local"
added = "2025-01-01T00:00:00.000000"

[[groups]]
name = "g"
`;

describe("the manifest of a collection", () => {
  test("has the collection's own keys and times without a zone when it is new", () => {
    expect(newManifest("default", now)).toBe(
      '[collection]\nname = "default"\nversion = "1.0.0"\n' +
        'created = "2026-11-22T19:19:02.217000"\nupdated = "2026-11-22T19:19:02.217000"\n',
    );
  });

  test("gets a new entry after the last one, and everything but the time stays byte for byte", () => {
    const added = addEntry(full, "collection.toml", release, now);
    const block =
      '[[artifacts]]\nname = "release"\ntype = "workflow"\npath = "artifacts/workflows/release"\n' +
      'origin = "local"\nadded = "2026-11-22T19:19:02.217000"\n\n';
    expect(added).toBe(
      full
        .replace('updated = "2025-01-01T00:00:00.000000"', 'updated = "2026-11-22T19:19:02.217000"')
        .replace("[[groups]]", `${block}[[groups]]`),
    );
  });

  test("is the same as before, apart from the time, when an entry is added and removed", () => {
    const added = addEntry(full, "collection.toml", release, now);
    const removed = removeEntry(added, "collection.toml", "release", "workflow", now);
    expect(removed).toBe(
      full.replace('updated = "2025-01-01T00:00:00.000000"', `updated = "${naiveTime(now)}"`),
    );
  });

  test("loses an entry's sub-tables together with the entry", () => {
    const removed = removeEntry(full, "collection.toml", "scan", "agent", now);
    expect(removed).not.toContain("metadata");
    expect(readManifest(removed, "collection.toml").map((entry) => entry["name"])).toEqual(["old"]);
  });

  test("gets entries in place of an empty inline list, which SkillMeat writes", () => {
    const text = 'artifacts = []\n\n[collection]\nname = "default"\n';
    const added = addEntry(text, "collection.toml", release, now);
    expect(readManifest(added, "collection.toml")).toEqual([{ ...release }]);
    expect(added).not.toContain("artifacts = []");
  });

  test("gets one more item in a full inline list", () => {
    const text = 'artifacts = [ { name = "a]", type = "agent" } ]\n\n[collection]\nname = "default"\n';
    const added = addEntry(text, "collection.toml", release, now);
    expect(readManifest(added, "collection.toml")).toEqual([{ name: "a]", type: "agent" }, { ...release }]);
  });

  test("is named in the error and left as it is when it is not TOML", () => {
    expect(() => addEntry("[collection\n", "/c/collection.toml", release, now)).toThrow(
      "/c/collection.toml is not TOML",
    );
  });

  test("quotes names so that they cannot end their string", () => {
    const odd = { ...release, name: 'a"\n[[artifacts]]\nb = "' };
    expect(readManifest(addEntry("", "c.toml", odd, now), "c.toml")[0]?.["name"]).toBe(odd.name);
  });
});
