import { copyFileSync, existsSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { StepWorkspace } from "../../execution/record.ts";
import type { AttemptPlace } from "../dispatcher.ts";
import { changedFiles } from "./changed-files.ts";
import { git, type GitAnswer } from "./git.ts";
import { untilPossible } from "./shortage.ts";
import { readNote, worktreeBranch, type WorktreeNote } from "./worktree-note.ts";

/** A commit's message: each part is a paragraph of its own. */
export type CommitMessage = readonly string[];

export type ClosedWorktree = { workspace: StepWorkspace; notices: string[] } | { error: string };

/** Git must not hold up a stage forever; filters of a large repository take their time. */
const longestCommitMs = 10 * 60_000;

/** Everything that a user's settings could change in what is committed, and how. */
const settings = [
  "-c",
  "core.safecrlf=false",
  "-c",
  "add.ignoreErrors=false",
  "-c",
  "advice.addEmbeddedRepo=false",
  "-c",
  "i18n.commitEncoding=utf-8",
];

interface Closing {
  dir: string;
  note: WorktreeNote;
  branch: string;
  ask: (args: readonly string[], variables?: Record<string, string>) => Promise<string>;
  /** The same where a failure is an answer: null. */
  tryAsk: (args: readonly string[]) => Promise<string | null>;
}

/**
 * What a stage that has succeeded has changed in its worktree. With a message, all that git does not ignore is
 * committed on the stage's branch first. Done twice, also after a crash in between, it makes one commit. Null where
 * there is no worktree. The error tells git's reason.
 */
export async function closeWorktree(
  place: AttemptPlace & { run_id: string; stage_id: string },
  message: CommitMessage | null,
): Promise<ClosedWorktree | null> {
  const { worktree_dir: dir } = place;
  const note = dir === null ? null : readNote(dir);
  if (dir === null || !note) return null;
  if (!existsSync(join(dir, ".git"))) return { error: `${dir} is no git worktree any more` };
  const signal = AbortSignal.timeout(longestCommitMs);
  const call = (args: readonly string[], variables?: Record<string, string>): Promise<GitAnswer | null> =>
    git(dir, args, { attempt: place, signal, ...(variables ? { variables } : {}) });
  const closing: Closing = {
    dir,
    note,
    branch: note.branch ?? worktreeBranch(place),
    ask: async (args, variables) => textOf(await call(args, variables)),
    tryAsk: async (args) => {
      const answer = await call(args);
      return answer?.ok ? answer.text : null;
    },
  };
  try {
    return await untilPossible(() => close(closing, message));
  } catch (error) {
    if (!(error instanceof GitTrouble) && !(error instanceof Error && "code" in error)) throw error;
    return { error: error.message };
  }
}

class GitTrouble extends Error {}

function textOf(answer: GitAnswer | null): string {
  if (answer?.ok) return answer.text;
  throw new GitTrouble(answer?.says ?? "git is not in PATH");
}

async function close(closing: Closing, message: CommitMessage | null): Promise<ClosedWorktree> {
  const { note, branch } = closing;
  const tip = message === null ? await tipOf(closing) : await commitAll(closing, message);
  const { files, notices } = await changedFiles(note.base, closing.ask);
  const commit = tip === note.base ? null : tip;
  return { workspace: { branch, commit, changed_files: files }, notices };
}

async function tipOf({ branch, tryAsk }: Closing): Promise<string | null> {
  const tip = await tryAsk(["rev-parse", "--verify", "--quiet", `refs/heads/${branch}^{commit}`]);
  return tip?.trim() ?? null;
}

/** The tip of the branch when everything is committed there. */
async function commitAll(closing: Closing, message: CommitMessage): Promise<string> {
  const { dir, branch, ask, tryAsk } = closing;
  const index = resolve(dir, (await ask(["rev-parse", "--git-path", "index"])).replace(/\n$/, ""));
  // An index of its own: a lock that a killed process of the agent has left on the usual one is not in the way.
  const own = `${index}.skillmeat-${process.pid}`;
  try {
    if (existsSync(index)) copyFileSync(index, own);
    else await ask(["read-tree", "HEAD"], { GIT_INDEX_FILE: own });
    // Files outside of a sparse checkout are not there and stay as they are; new ones are added all the same.
    const isSparse = (await tryAsk(["config", "--bool", "core.sparseCheckout"]))?.trim() === "true";
    const options = ["--all", ...(isSparse ? ["--sparse"] : [])];
    await ask([...settings, "add", ...options, ":/"], { GIT_INDEX_FILE: own });
    const tree = (await ask(["write-tree"], { GIT_INDEX_FILE: own })).trim();
    const commit = await commitTree(closing, tree, message);
    const ref = `refs/heads/${branch}`;
    const isThere = (await tryAsk(["symbolic-ref", "--quiet", "HEAD"]))?.trim() === ref;
    if (!isThere) await ask(["symbolic-ref", "HEAD", ref]);
    renameSync(own, index);
    return commit;
  } finally {
    for (const file of [own, `${own}.lock`]) rmSync(file, { force: true });
  }
}

async function commitTree(closing: Closing, tree: string, message: CommitMessage): Promise<string> {
  const { branch, ask, tryAsk } = closing;
  const head = (await ask(["rev-parse", "--verify", "HEAD^{commit}"])).trim();
  const tip = await tipOf(closing);
  const treeOf = async (commit: string): Promise<string> =>
    (await ask(["rev-parse", "--verify", `${commit}^{tree}`])).trim();
  const isBefore = async (earlier: string, later: string): Promise<boolean> =>
    (await tryAsk(["merge-base", "--is-ancestor", earlier, later])) !== null;
  // An engine that died may have come this far.
  if (tip !== null && (await treeOf(tip)) === tree && (await isBefore(head, tip))) return tip;
  if (tip !== null && !(await isBefore(tip, head)))
    throw new GitTrouble(
      `its branch ${branch} has commits that HEAD, ${head.slice(0, 12)}, does not hold. merge them, and run it again`,
    );
  const commit =
    (await treeOf(head)) === tree
      ? head
      : await ask([
          ...settings,
          ...(await identityOf(closing)),
          "commit-tree",
          tree,
          "-p",
          head,
          ...message.flatMap((paragraph) => ["-m", paragraph]),
        ]);
  const noCommit = "0".repeat(head.length);
  await ask([
    "update-ref",
    "-m",
    "skillmeat: commit",
    `refs/heads/${branch}`,
    commit.trim(),
    tip ?? noCommit,
  ]);
  return commit.trim();
}

/** Git would make up an identity from the names of the user and the machine where none is configured. */
async function identityOf({ tryAsk }: Closing): Promise<string[]> {
  const strict = ["-c", "user.useConfigOnly=true", "var"];
  const isKnown =
    (await tryAsk([...strict, "GIT_AUTHOR_IDENT"])) !== null &&
    (await tryAsk([...strict, "GIT_COMMITTER_IDENT"])) !== null;
  return isKnown ? [] : ["-c", "user.name=skillmeat", "-c", "user.email=skillmeat@localhost"];
}
