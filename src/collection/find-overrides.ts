import { dirname, join } from "node:path";
import { parseOverrides } from "../workflow/overrides.ts";
import { readTextFile } from "./read-text-file.ts";
import { existsSync } from "./seen-files.ts";

const names = ["yaml", "yml", "toml", "json"].map((ending) => `.skillmeat-workflow-overrides.${ending}`);

/** What the project of a folder overrides; null for nothing. Throws `AppError` for a file that cannot be read. */
export function readProjectOverrides(workdir: string): ReturnType<typeof parseOverrides> | null {
  const file = findOverrides(workdir);
  if (file === null) return null;
  return parseOverrides(readTextFile(file, file), file);
}

/**
 * The nearest overrides file of the working directory or one of its parents, up to the root of the repository; outside
 * of a repository only the working directory itself is looked at. Absolute; null when there is none.
 */
export function findOverrides(workdir: string): string | null {
  const root = repositoryRoot(workdir) ?? workdir;
  for (let folder = workdir; ; folder = dirname(folder)) {
    const name = names.find((each) => existsSync(join(folder, each)));
    if (name !== undefined) return join(folder, name);
    if (folder === root) return null;
  }
}

/** The folder above that holds `.git` (a folder, or a file in a worktree). */
function repositoryRoot(workdir: string): string | null {
  for (let folder = workdir; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (folder === dirname(folder)) return null;
  }
}
