import { existsSync } from "node:fs";
import { git, type GitAnswer, type GitCaller } from "./git.ts";
import { branchTip, lookOptions, notElsewhere, removeForgotten } from "./worktree.ts";
import { readNote, type WorktreeNote } from "./worktree-note.ts";

export interface WorktreeLook {
  /** Null where an older version has made the worktree, or an engine has left it half made. */
  branch: string | null;
  /** How many files and folders `git status` names, ignored ones, too; null where git cannot tell. */
  uncommitted: number | null;
  /** How many commits the stage has made that no branch but those of stages and no tag holds; null likewise. */
  unmerged: number | null;
  /** Why it would not be removed if its execution has ended; null when it would. */
  holds: string | null;
}

/** What a stage's worktree and its branch hold that is nowhere else. Changes nothing. */
export async function lookAtWorktree(place: GitCaller, dir: string): Promise<WorktreeLook> {
  const holds = await removeForgotten(place, dir, { dryRun: true });
  const note = readNote(dir);
  if (!note) return { branch: null, uncommitted: null, unmerged: null, holds };
  return {
    branch: note.branch ?? null,
    uncommitted: await countUncommitted(place, dir),
    unmerged: await countUnmerged(place, dir, note),
    holds,
  };
}

async function countUncommitted(place: GitCaller, dir: string): Promise<number | null> {
  if (!existsSync(dir)) return 0;
  const files = ["status", "--porcelain", "-z", "--ignored", "--untracked-files=normal"];
  const options = ["--ignore-submodules=none", "--no-renames"];
  const changes = await git(dir, [...files, ...options], lookOptions(place));
  return changes?.ok ? changes.text.split("\0").length - 1 : null;
}

async function countUnmerged(place: GitCaller, dir: string, note: WorktreeNote): Promise<number | null> {
  const tips = new Set<string>();
  if (existsSync(dir)) {
    const head = await git(dir, ["rev-parse", "--verify", "HEAD"], lookOptions(place));
    if (!head?.ok) return null;
    tips.add(head.text.trim());
  }
  const tip = await branchTip(place, note);
  if (tip !== null) tips.add(tip);
  if (tips.size === 0) return 0;
  const query = ["rev-list", "--count", ...tips, `^${note.base}`, ...notElsewhere];
  return countIn(await git(note.workdir, query, lookOptions(place)));
}

function countIn(answer: GitAnswer | null): number | null {
  return answer?.ok ? Number(answer.text) : null;
}
