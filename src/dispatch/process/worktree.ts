import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { AttemptPlace, LogSink } from "../dispatcher.ts";
import { git, type GitAnswer, type GitCaller } from "./git.ts";
import { branchFolder, readNote, removeNote, type WorktreeNote } from "./worktree-note.ts";

/** A git process that hangs must not hold up an attempt that is over. */
const longestLookMs = 30_000;

/** Writes into the log where the changes of a stage are, if it has made any, or that this cannot be told. */
export async function tellOfChanges(attempt: AttemptPlace, log: LogSink): Promise<void> {
  const { worktree_dir: dir } = attempt;
  if (dir === null || !readNote(dir)) return;
  const state = await stateOf(attempt, dir);
  if (state === "untouched") return;
  log.write(
    "system",
    typeof state === "string" ? `its changes are in the git worktree ${dir}` : describeUnknown(dir, state),
  );
}

function describeUnknown(dir: string, state: { unknown: string }): string {
  return `its git worktree ${dir} is kept: whether it has changes cannot be told (${state.unknown})`;
}

/** Removes a stage's worktree and its branch unless they hold anything that would be lost. */
export async function removeUntouched(attempt: AttemptPlace): Promise<void> {
  const { worktree_dir: dir } = attempt;
  const note = dir === null ? null : readNote(dir);
  if (dir === null || !note) return;
  const isUntouched = existsSync(dir)
    ? (await stateOf(attempt, dir)) === "untouched"
    : ((await branchTip(attempt, note)) ?? note.base) === note.base;
  if (!isUntouched) return;
  await removeWorktree(attempt, dir, note, note.base);
}

/**
 * The same for a stage whose execution has ended: commits that another branch or a tag holds are not lost either.
 * Returns why it stays; null when it is gone, or would go if nothing may be changed.
 */
export async function removeForgotten(
  place: GitCaller,
  dir: string,
  { dryRun = false } = {},
): Promise<string | null> {
  const note = readNote(dir);
  if (!note) {
    // An engine that died left the worktree half made, so no agent was ever in it.
    if (!dryRun) rmSync(dir, { recursive: true, force: true });
    return null;
  }
  const reason = await whyItStays(place, dir, note);
  if (reason !== null || dryRun) return reason;
  const tip = await branchTip(place, note);
  return removeWorktree(place, dir, note, tip ?? note.base);
}

async function whyItStays(place: GitCaller, dir: string, note: WorktreeNote): Promise<string | null> {
  const tips = new Set<string>();
  if (existsSync(dir)) {
    const state = await stateOf(place, dir);
    if (typeof state === "object") return `whether it has changes cannot be told (${state.unknown})`;
    if (state === "changed") return "it has uncommitted changes";
    const head = await git(dir, ["rev-parse", "--verify", "HEAD"], lookOptions(place));
    if (!head?.ok) return `whether it has changes cannot be told (${head?.says ?? "git is not in PATH"})`;
    tips.add(head.text.trim());
  }
  const tip = await branchTip(place, note);
  if (tip !== null) tips.add(tip);
  tips.delete(note.base);
  for (const each of tips) {
    if (!(await isHeldElsewhere(place, note, each)))
      return each === tip
        ? `its branch ${note.branch} has commits that are not merged`
        : "it has commits that no branch holds";
    if (existsSync(dir) && (await changesSubmodules(place, note, each)))
      return "it has commits of submodules, which may be nowhere else";
  }
  return null;
}

/** The commit of the stage's branch; null when there is no such branch. */
export async function branchTip(place: GitCaller, { branch, workdir }: WorktreeNote): Promise<string | null> {
  if (branch === undefined) return null;
  const query = ["rev-parse", "--verify", "--quiet", `refs/heads/${branch}^{commit}`];
  const tip = await git(workdir, query, lookOptions(place));
  return tip?.ok ? tip.text.trim() : null;
}

async function isHeldElsewhere(
  place: GitCaller,
  { workdir }: WorktreeNote,
  commit: string,
): Promise<boolean> {
  const missing = await git(
    workdir,
    ["rev-list", "--max-count=1", commit, ...notElsewhere],
    lookOptions(place),
  );
  return missing?.ok === true && missing.text === "";
}

/**
 * Leaves out of a list of commits what a branch or a tag holds. Branches of stages do not count: the stage after this
 * one began with the same commit, and its branch goes as soon as it has nothing of its own.
 */
export const notElsewhere = ["--not", `--exclude=${branchFolder}/*`, "--branches", "--remotes", "--tags"];

async function changesSubmodules(
  place: GitCaller,
  { base, workdir }: WorktreeNote,
  commit: string,
): Promise<boolean> {
  const changes = await git(
    workdir,
    ["diff-tree", "-r", "--raw", "-z", "--no-renames", base, commit],
    lookOptions(place),
  );
  return !changes?.ok || /(?:^|\0):(?:160000 \d+|\d+ 160000) /.test(changes.text);
}

/** `tip` is what the branch holds when nothing of its own is lost with it. */
async function removeWorktree(
  place: GitCaller,
  dir: string,
  note: WorktreeNote,
  tip: string,
): Promise<string | null> {
  // Not forced, so that git looks again. But git refuses any that names submodules; locked ones stay all the same.
  const force = existsSync(join(dir, ".gitmodules")) ? ["--force"] : [];
  const isThere = existsSync(dir);
  const removed = await git(note.workdir, ["worktree", "remove", ...force, dir], lookOptions(place));
  // Git may have forgotten one whose folder somebody else has removed.
  if (!removed?.ok && isThere) return `git does not remove it (${removed?.says ?? "git is not in PATH"})`;
  const trouble = await removeBranch(place, note, tip);
  if (trouble === null) removeNote(dir);
  return trouble;
}

/** Only while it still holds that commit. A branch that somebody has checked out elsewhere is theirs. */
async function removeBranch(
  place: GitCaller,
  { branch, workdir }: WorktreeNote,
  tip: string,
): Promise<string | null> {
  if (branch === undefined) return null;
  const options = lookOptions(place);
  const ref = `refs/heads/${branch}`;
  const found = await git(workdir, ["for-each-ref", "--format=%(objectname) %(worktreepath)", ref], options);
  if (!found?.ok) return `git does not tell its branch ${branch} (${saysOf(found)})`;
  const [commit, path = ""] = found.text.replace(/\n$/, "").split(/ (.*)/s);
  if (commit === "" || commit !== tip || (path !== "" && existsSync(path))) return null;
  const removed = await git(workdir, ["update-ref", "-d", ref, tip], options);
  return removed?.ok ? null : `git does not remove its branch ${branch} (${saysOf(removed)})`;
}

type WorktreeState = "untouched" | "changed" | "committed" | { unknown: string };

/** Ignored files count: a report is not worth less for being ignored. */
async function stateOf(attempt: GitCaller, dir: string): Promise<WorktreeState> {
  const note = readNote(dir);
  if (!note || !existsSync(join(dir, ".git"))) return { unknown: "it is no worktree any more" };
  const options = lookOptions(attempt);
  // Every option that a user's settings could change is given.
  const files = [
    "status",
    "--porcelain",
    "--ignored",
    "--untracked-files=normal",
    "--ignore-submodules=none",
  ];
  const changes = await git(dir, files, options);
  if (!changes?.ok) return { unknown: saysOf(changes) };
  if (changes.text !== "") return "changed";
  const head = await git(dir, ["rev-parse", "--verify", "HEAD"], options);
  if (!head?.ok) return { unknown: saysOf(head) };
  const tip = await branchTip(attempt, note);
  return head.text.trim() === note.base && (tip ?? note.base) === note.base ? "untouched" : "committed";
}

export function saysOf(answer: GitAnswer | null): string {
  return answer === null || answer.ok ? "git is not in PATH" : answer.says;
}

export function lookOptions(attempt: GitCaller) {
  return { attempt, signal: AbortSignal.timeout(longestLookMs) };
}
