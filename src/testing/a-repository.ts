import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Turns a folder into a git repository that ignores `*.log` and has one commit with one file, `tracked`. */
export function aRepository(folder: string): void {
  gitIn(folder, "init", "--quiet");
  writeFileSync(join(folder, "tracked"), "as committed\n");
  writeFileSync(join(folder, ".gitignore"), "*.log\n");
  gitIn(folder, "add", "tracked", ".gitignore");
  gitIn(folder, "commit", "--quiet", "--message", "Begin");
}

/** Runs git and returns its output without the last line end. Throws git's error message. */
export function gitIn(folder: string, ...args: string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(["git", "-C", folder, ...args], {
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, ...identity },
  });
  if (exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout.toString().trimEnd();
}

/** The folders of a repository's worktrees. Its own folder comes first. */
export function worktreesOf(folder: string): string[] {
  const lines = gitIn(folder, "worktree", "list", "--porcelain").split("\n");
  return lines.filter((line) => line.startsWith("worktree ")).map((line) => line.slice("worktree ".length));
}

/** The identity for commits that an agent makes. */
export const identity = {
  GIT_AUTHOR_NAME: "Tester",
  GIT_AUTHOR_EMAIL: "tester@example.com",
  GIT_COMMITTER_NAME: "Tester",
  GIT_COMMITTER_EMAIL: "tester@example.com",
};
