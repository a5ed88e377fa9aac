import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Makes a git repository of a folder, with one commit of one file, `tracked`, and `*.log` ignored. */
export function aRepository(folder: string): void {
  gitIn(folder, "init", "--quiet");
  writeFileSync(join(folder, "tracked"), "as committed\n");
  writeFileSync(join(folder, ".gitignore"), "*.log\n");
  gitIn(folder, "add", "tracked", ".gitignore");
  gitIn(folder, "commit", "--quiet", "--message", "Begin");
}

/** What git prints, without the last line's end. Throws what it complains of. */
export function gitIn(folder: string, ...args: string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(["git", "-C", folder, ...args], {
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, ...identity },
  });
  if (exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout.toString().trimEnd();
}

/** The folders of a repository's worktrees: its own comes first. */
export function worktreesOf(folder: string): string[] {
  const lines = gitIn(folder, "worktree", "list", "--porcelain").split("\n");
  return lines.filter((line) => line.startsWith("worktree ")).map((line) => line.slice("worktree ".length));
}

/** For commits that an agent makes. */
export const identity = {
  GIT_AUTHOR_NAME: "Tester",
  GIT_AUTHOR_EMAIL: "tester@example.com",
  GIT_COMMITTER_NAME: "Tester",
  GIT_COMMITTER_EMAIL: "tester@example.com",
};
