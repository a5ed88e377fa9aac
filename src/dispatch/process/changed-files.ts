/** What a list of changed files may hold: it is stored with the step, and expressions read it. */
const mostFiles = 1000;
const mostBytes = 64 << 10;
const mostNamed = 5;
const submodule = "160000";

/**
 * The paths that differ from a commit in a worktree, committed or not, but no ignored ones; and what a reader should
 * know of them. A name that is not UTF-8 has U+FFFD in it.
 */
export async function changedFiles(
  base: string,
  ask: (args: readonly string[]) => Promise<string>,
): Promise<{ files: string[]; notices: string[] }> {
  const refreshed = ["-c", "diff.autoRefreshIndex=true", "diff"];
  const raw = ["--raw", "-z", "--no-renames", "--ignore-submodules=none", base, "--", ":/"];
  const tracked = await ask([...refreshed, ...raw]);
  const untracked = await ask([
    "ls-files",
    "--others",
    "--exclude-standard",
    "--full-name",
    "-z",
    "--",
    ":/",
  ]);
  const changes = readRaw(tracked);
  const added = untracked.split("\0").filter((path) => path !== "");
  const all = [...new Set([...changes.map(({ path }) => path), ...added])].toSorted();
  const files = bounded(all);
  const notices: string[] = [];
  if (files.length < all.length)
    notices.push(`${all.length} files have changed; the first ${files.length} are listed with the stage`);
  const repositories = changes
    .filter(({ mode }) => mode === submodule)
    .map(({ path }) => JSON.stringify(path));
  if (repositories.length > 0) {
    const more = repositories.length > mostNamed ? ` and ${repositories.length - mostNamed} more` : "";
    const named = `${repositories.slice(0, mostNamed).join(", ")}${more}`;
    notices.push(`a commit holds only the ids of the repositories in ${named}, not their files`);
  }
  return { files, notices };
}

/** Each change is `:<mode> <mode> <id> <id> <letter>` and its path, each ended by NUL. */
function readRaw(text: string): { mode: string; path: string }[] {
  const parts = text.split("\0");
  const changes: { mode: string; path: string }[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [, mode = ""] = (parts[at] ?? "").split(" ");
    changes.push({ mode, path: parts[at + 1] ?? "" });
  }
  return changes;
}

function bounded(paths: readonly string[]): string[] {
  let bytes = 0;
  const first = paths.slice(0, mostFiles).findIndex((path) => (bytes += Buffer.byteLength(path)) > mostBytes);
  return paths.slice(0, first === -1 ? mostFiles : first);
}
