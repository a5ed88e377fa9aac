import { dirname, join } from "node:path";
import { parseOverrides } from "../workflow/overrides.ts";
import { readTextFile } from "./read-text-file.ts";
import { existsSync } from "./seen-files.ts";

const names = ["yaml", "yml", "toml", "json"].map((ending) => `.skillmeat-workflow-overrides.${ending}`);

/** The overrides of a folder's project, or null. Throws `AppError` when the overrides file cannot be read. */
export function readProjectOverrides(workdir: string): ReturnType<typeof parseOverrides> | null {
  const file = findOverrides(workdir);
  if (file === null) return null;
  return parseOverrides(readTextFile(file, file), file);
}

/**
 * The absolute path of the nearest overrides file: in the working directory or one of its parents, up to the root of
 * the repository. Outside a repository only the working directory counts. Null when there is none.
 */
export function findOverrides(workdir: string): string | null {
  const root = repositoryRoot(workdir) ?? workdir;
  for (let folder = workdir; ; folder = dirname(folder)) {
    const name = names.find((each) => existsSync(join(folder, each)));
    if (name !== undefined) return join(folder, name);
    if (folder === root) return null;
  }
}

/** The nearest folder, here or above, that contains `.git` (a folder, or in a worktree a file). */
function repositoryRoot(workdir: string): string | null {
  for (let folder = workdir; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (folder === dirname(folder)) return null;
  }
}
