import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { git, type GitAnswer, type GitCaller } from "./git.ts";
import { lookOptions, saysOf } from "./worktree.ts";
import { readNote } from "./worktree-note.ts";

export interface DiffPlace {
  /** The folder of the stage's worktree, which may be gone. */
  dir: string;
  /** The run's working directory, in the same repository. */
  workdir: string;
  /** The last commit of the stage's branch; null where it has none of its own. */
  commit: string | null;
}

/** A comparison as `git diff` prints it. */
export interface WorktreeDiff {
  text: string;
  /** True: the text ends where there is more, after a whole line. */
  isCut: boolean;
  /** The commit that is compared. */
  from: string;
  /** With which one; null: with the files as they are in the worktree. */
  to: string | null;
}

export type DiffAnswer = WorktreeDiff | { trouble: string };

/** Every option that a user's settings could change, and no program of theirs. */
const options = [
  "--no-color",
  "--no-ext-diff",
  "--no-textconv",
  "--find-renames",
  "--unified=3",
  "--inter-hunk-context=0",
  "--src-prefix=a/",
  "--dst-prefix=b/",
  "--submodule=short",
  "--ignore-submodules=dirty",
  "-O/dev/null",
];
const command = ["-c", "core.quotePath=false", "-c", "diff.suppressBlankEmpty=false", "diff", ...options];

/**
 * What a stage has changed since it began: up to its commit where it has one, else as it is in its worktree now, with
 * new files but without ignored ones. Where the worktree is gone, the last commit alone is compared, since nobody knows
 * any more where the stage began. Null: there is nothing to compare.
 */
export async function diffWorktree(
  caller: GitCaller,
  { dir, workdir, commit }: DiffPlace,
  mostBytes: number,
): Promise<DiffAnswer | null> {
  const note = readNote(dir);
  const look = { ...lookOptions(caller), mostBytes };
  if (commit !== null) {
    const from = note?.base ?? `${commit}^`;
    const answer = await git(note?.workdir ?? workdir, [...command, from, commit, "--", ":/"], look);
    return answerOf(answer, from, commit);
  }
  if (!note || !existsSync(dir)) return null;
  const scratch = mkdtempSync(join(tmpdir(), "skillmeat-diff-"));
  try {
    const index = await indexWithNewFiles(caller, dir, join(scratch, "index"));
    if ("trouble" in index) return index;
    const variables = { GIT_INDEX_FILE: index.file };
    const answer = await git(dir, [...command, note.base, "--", ":/"], { ...look, variables });
    return answerOf(answer, note.base, null);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A copy of the worktree's index in which new files are named, so that they are compared, too. */
async function indexWithNewFiles(
  caller: GitCaller,
  dir: string,
  file: string,
): Promise<{ file: string } | { trouble: string }> {
  const look = lookOptions(caller);
  const path = await git(dir, ["rev-parse", "--git-path", "index"], look);
  if (!path?.ok) return { trouble: saysOf(path) };
  const own = resolve(dir, path.text.replace(/\n$/, ""));
  const variables = { GIT_INDEX_FILE: file };
  if (existsSync(own)) copyFileSync(own, file);
  const named = await git(dir, ["add", "--intent-to-add", "--", ":/"], { ...look, variables });
  return named?.ok ? { file } : { trouble: saysOf(named) };
}

function answerOf(answer: GitAnswer | null, from: string, to: string | null): DiffAnswer {
  if (!answer?.ok) return { trouble: saysOf(answer) };
  const { text, isCut } = answer;
  return { text: isCut ? text.slice(0, text.lastIndexOf("\n") + 1) : text, isCut, from, to };
}
