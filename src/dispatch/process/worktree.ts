import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { hasCode } from "./attempt-folder.ts";
import type { AttemptPlace, LogSink, StageError, StageRequest } from "../dispatcher.ts";
import { git, type GitAnswer, type GitCaller } from "./git.ts";
import { isShortage } from "./shortage.ts";

/** A note that is written beside a worktree as soon as it is whole: from then on an agent may have worked in it. */
interface Note {
  /** The commit it was made from. */
  base: string;
  /** Where in the repository the run's working directory lies: "" or a path with a slash at its end. */
  prefix: string;
  workdir: string;
}

export type Workplace = { workdir: string } | { error: StageError };

/** A git process that hangs must not hold up an attempt that is over. */
const longestLookMs = 30_000;

/**
 * The folder in a stage's own worktree that stands for the run's working directory. The worktree is made from the
 * present HEAD where the stage has none yet. Rejects only when the system is short of something (see `isShortage`), not
 * for errors of git or the disk.
 */
export async function openWorktree(
  request: StageRequest,
  dir: string,
  signal: AbortSignal,
): Promise<Workplace> {
  try {
    const note = readNote(dir);
    const made = note && existsSync(dir) ? note : await makeWorktree(request, dir, signal);
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

/** Removes a stage's worktree unless it holds anything that would be lost. */
export async function removeUntouched(attempt: AttemptPlace): Promise<void> {
  const { worktree_dir: dir } = attempt;
  if (dir === null || !readNote(dir) || (await stateOf(attempt, dir)) !== "untouched") return;
  await removeWorktree(attempt, dir);
}

/**
 * The same for a stage whose execution is pruned: commits that a branch or a tag holds are not lost either. Returns why
 * the worktree stays; null when it is gone.
 */
export async function removeForgotten(place: GitCaller, dir: string): Promise<string | null> {
  if (!readNote(dir)) {
    // An engine that died left the worktree half made, so no agent was ever in it.
    rmSync(dir, { recursive: true, force: true });
    return null;
  }
  const state = await stateOf(place, dir);
  if (typeof state === "object") return `whether it has changes cannot be told (${state.unknown})`;
  if (state === "changed") return "it has uncommitted changes";
  if (state === "committed" && !(await isHeldElsewhere(place, dir)))
    return "it has commits that no branch holds";
  return removeWorktree(place, dir);
}

async function isHeldElsewhere(place: GitCaller, dir: string): Promise<boolean> {
  const query = [
    "for-each-ref",
    "--contains",
    "HEAD",
    "--count=1",
    "refs/heads",
    "refs/remotes",
    "refs/tags",
  ];
  const holding = await git(dir, query, lookOptions(place));
  return holding?.ok === true && holding.text.trim() !== "";
}

async function removeWorktree(place: GitCaller, dir: string): Promise<string | null> {
  const note = readNote(dir);
  if (!note) return null;
  // Not forced, so that git looks again. But git refuses any that names submodules; locked ones stay all the same.
  const force = existsSync(join(dir, ".gitmodules")) ? ["--force"] : [];
  const removed = await git(note.workdir, ["worktree", "remove", ...force, dir], lookOptions(place));
  if (!removed?.ok) return `git does not remove it (${removed?.says ?? "git is not in PATH"})`;
  rmSync(noteFile(dir), { force: true });
  return null;
}

async function makeWorktree(
  request: StageRequest,
  dir: string,
  signal: AbortSignal,
): Promise<Note | { error: StageError }> {
  const { workdir } = request;
  const ask = (...args: string[]): Promise<GitAnswer | null> =>
    git(workdir, args, { attempt: request, signal });
  const repository = await repositoryOf(workdir, ask);
  if ("why" in repository) return refuseWorktree(request, repository);
  // Without a note the worktree was left half made by an engine that died: no agent was ever in it.
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dirname(dir), { recursive: true, mode: 0o700 });
  const note = { ...repository, workdir };
  // Forced twice: git may still know the half-made worktree, and have it locked.
  const added = await ask("worktree", "add", "--force", "--force", "--detach", dir, note.base);
  if (!added?.ok) return failWorktree(request, dir, added?.says ?? "git is gone");
  writeNote(dir, note);
  return note;
}

/** What a worktree of a folder's repository is made from, or why none can be made, with the way out. */
export async function repositoryOf(
  workdir: string,
  ask: (...args: string[]) => Promise<GitAnswer | null>,
): Promise<Pick<Note, "base" | "prefix"> | { why: string; wayOut: string }> {
  const prefix = await ask("rev-parse", "--show-prefix");
  if (prefix === null) return { why: "git is not in PATH", wayOut: "install it" };
  if (!prefix.ok) {
    const why = `the working directory ${workdir} lies in no git repository (git: ${prefix.says})`;
    return { why, wayOut: "run it in one, with --workdir" };
  }
  const base = await ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}");
  if (!base?.ok)
    return { why: `the git repository of ${workdir} has no commit yet`, wayOut: "commit something" };
  return { base: base.text.trim(), prefix: prefix.text.replace(/\n$/, "") };
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
  if (!changes?.ok) return { unknown: changes?.says ?? "git is not in PATH" };
  if (changes.text !== "") return "changed";
  const head = await git(dir, ["rev-parse", "--verify", "HEAD"], options);
  if (!head?.ok) return { unknown: head?.says ?? "git is not in PATH" };
  return head.text.trim() === note.base ? "untouched" : "committed";
}

function lookOptions(attempt: GitCaller) {
  return { attempt, signal: AbortSignal.timeout(longestLookMs) };
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

/** The note is beside the worktree, whose content is the agent's. No stage's id has a dot. */
function noteFile(dir: string): string {
  return `${dir}.json`;
}

function readNote(dir: string): Note | null {
  try {
    return JSON.parse(readFileSync(noteFile(dir), "utf8")) as Note;
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return null;
    throw error;
  }
}

/** The note is on disk before an agent works there, because a worktree without a note is removed. */
function writeNote(dir: string, note: Note): void {
  const draft = `${noteFile(dir)}.new`;
  writeSynced(draft, "w", (file) => writeSync(file, JSON.stringify(note)));
  renameSync(draft, noteFile(dir));
  writeSynced(dirname(dir), "r", () => {});
}

function writeSynced(path: string, flags: "r" | "w", work: (file: number) => void): void {
  const file = openSync(path, flags, 0o600);
  try {
    work(file);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
