import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { LogSink, StageError, StageRequest } from "../dispatcher.ts";
import { git, type GitAnswer } from "./git.ts";
import { isShortage } from "./shortage.ts";
import { branchFolder, readNote, worktreeBranch, writeNote, type WorktreeNote } from "./worktree-note.ts";

export type Workplace = { workdir: string } | { error: StageError };

type Ask = (...args: string[]) => Promise<GitAnswer | null>;

interface Making {
  request: StageRequest;
  dir: string;
  branch: string;
  ask: Ask;
  log: LogSink;
}

/**
 * The folder in a stage's own worktree that stands for the run's working directory. Where the stage has no worktree
 * yet, it is made on a branch of its own. Rejects only when the system is short of something (see `isShortage`), not
 * for errors of git or the disk.
 */
export async function openWorktree(
  request: StageRequest,
  dir: string,
  { signal, log }: { signal: AbortSignal; log: LogSink },
): Promise<Workplace> {
  const ask: Ask = (...args) => git(request.workdir, args, { attempt: request, signal });
  try {
    const note = readNote(dir);
    const making = { request, dir, branch: worktreeBranch(request), ask, log };
    const made = note && existsSync(dir) ? note : await makeWorktree(making, note);
    if ("error" in made) return made;
    const workdir = join(dir, made.prefix);
    // A folder that is in no commit is not in a worktree either.
    mkdirSync(workdir, { recursive: true });
    return { workdir };
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || isShortage(error)) throw error;
    return failWorktree(request, dir, error.message);
  }
}

async function makeWorktree(
  making: Making,
  earlier: WorktreeNote | null,
): Promise<WorktreeNote | { error: StageError }> {
  const { request, dir, branch, ask } = making;
  const repository = await repositoryOf(request.workdir, ask);
  if ("why" in repository) return refuseWorktree(request, repository);
  const from = earlier ?? (await beginningOf(making, repository.base));
  const note = {
    ...repository,
    base: from.base,
    start: from.start ?? from.base,
    branch,
    workdir: request.workdir,
  };
  // Without a note the worktree was left half made by an engine that died: no agent was ever in it.
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dirname(dir), { recursive: true, mode: 0o700 });
  const holdsMore = await holdsCommits(making, note.base);
  const head = holdsMore ? [dir, branch] : ["-B", branch, dir, note.base];
  // Forced twice: git may still know the half-made worktree, and have it locked.
  const added = await ask("worktree", "add", "--force", "--force", ...head);
  if (!added?.ok) return failWorktree(request, dir, added?.says ?? "git is gone");
  writeNote(dir, note);
  return note;
}

/** Whether the branch is there and has commits that would be lost if it began anew at `base`. */
async function holdsCommits({ branch, ask }: Making, base: string): Promise<boolean> {
  const tip = await ask("rev-parse", "--verify", "--quiet", `refs/heads/${branch}^{commit}`);
  if (!tip?.ok) return false;
  return (await ask("merge-base", "--is-ancestor", tip.text.trim(), base))?.ok !== true;
}

/**
 * Where a stage begins: with the commit of the stages before it where they have one that holds those of all the others,
 * else with the repository as it was when the first of them began.
 */
async function beginningOf(
  { request, dir, ask, log }: Making,
  head: string,
): Promise<Pick<WorktreeNote, "base" | "start">> {
  const before = request.worktree_from;
  const notes = before.map(({ stage_id }) => readNote(join(dirname(dir), stage_id)));
  const known = notes.find((note) => note !== null);
  const start = known ? (known.start ?? known.base) : head;
  const commits = [...new Set(before.map(({ commit }) => commit))];
  const [first] = commits;
  if (first === undefined) return { base: head, start: head };
  if (commits.length === 1) return { base: first, start };
  const independent = await ask("merge-base", "--independent", ...commits);
  const tips = independent?.ok ? independent.text.trim().split("\n") : commits;
  const [only] = tips;
  if (tips.length === 1 && only) return { base: only, start };
  const stages = before.filter(({ commit }) => tips.includes(commit)).map(({ stage_id }) => `"${stage_id}"`);
  log.write(
    "system",
    `notice: several stages before it have commits (${stages.join(", ")}), and none of these holds the others: ` +
      `its git worktree begins at the run's start, ${start.slice(0, 12)}, without them`,
  );
  return { base: start, start };
}

/** What a worktree of a folder's repository is made from, or why none can be made, with the way out. */
export async function repositoryOf(
  workdir: string,
  ask: Ask,
): Promise<Pick<WorktreeNote, "base" | "prefix"> | { why: string; wayOut: string }> {
  const prefix = await ask("rev-parse", "--show-prefix");
  if (prefix === null) return { why: "git is not in PATH", wayOut: "install it" };
  if (!prefix.ok) {
    const why = `the working directory ${workdir} lies in no git repository (git: ${prefix.says})`;
    return { why, wayOut: "run it in one, with --workdir" };
  }
  const base = await ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}");
  if (!base?.ok)
    return { why: `the git repository of ${workdir} has no commit yet`, wayOut: "commit something" };
  const taken = await ask("show-ref", "--verify", "--quiet", `refs/heads/${branchFolder}`);
  if (taken?.ok) {
    const why = `the git repository of ${workdir} has a branch "${branchFolder}", and git allows none below it`;
    return { why, wayOut: `rename it: git branch -m ${branchFolder} ${branchFolder}-old` };
  }
  return { base: base.text.trim(), prefix: prefix.text.replace(/\n$/, "") };
}

function refuseWorktree(
  { stage_id }: StageRequest,
  { why, wayOut }: { why: string; wayOut: string },
): { error: StageError } {
  const message = `stage "${stage_id}" has "workspace: worktree", but ${why}. ${wayOut}, or write "workspace: shared"`;
  return { error: { class: "invalid_request", message, retryable: false } };
}

function failWorktree({ stage_id }: StageRequest, dir: string, why: string): { error: StageError } {
  return {
    error: {
      class: "internal",
      message: `the git worktree ${dir} of stage "${stage_id}" cannot be made: ${why}`,
    },
  };
}
