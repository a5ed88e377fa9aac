import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findOverrides } from "./find-overrides.ts";

let root: string;
let deep: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "skillmeat-overrides-"));
  deep = join(root, "repository", "a", "b");
  mkdirSync(deep, { recursive: true });
  mkdirSync(join(root, "repository", ".git"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const put = (folder: string, ending: string): string => {
  const file = join(root, folder, `.skillmeat-workflow-overrides.${ending}`);
  writeFileSync(file, "");
  return file;
};

test("the nearest file wins", () => {
  put("repository", "yaml");
  const nearest = put("repository/a", "toml");
  expect(findOverrides(deep)).toBe(nearest);
});

test("YAML comes before TOML and JSON in one folder", () => {
  put("repository", "json");
  const yaml = put("repository", "yaml");
  expect(findOverrides(deep)).toBe(yaml);
});

test("a file above the repository's root is ignored", () => {
  put(".", "yaml");
  expect(findOverrides(deep)).toBeNull();
});

test("outside a repository only the working directory counts", () => {
  rmSync(join(root, "repository", ".git"), { recursive: true });
  put("repository/a", "yaml");
  expect(findOverrides(deep)).toBeNull();
  const own = put("repository/a/b", "yml");
  expect(findOverrides(deep)).toBe(own);
});
