import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aRepository, gitIn } from "../../testing/a-repository.ts";
import { diffWorktree, type WorktreeDiff } from "./worktree-diff.ts";

const root = mkdtempSync(join(tmpdir(), "worktree-diff-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const caller = { attempt_id: "run/build/diff", options: { env: { PATH: process.env["PATH"] ?? "" } } };

/** A stage's worktree beside its repository. */
function aLab() {
  const folder = mkdtempSync(join(root, "l-"));
  const repository = join(folder, "repository");
  const dir = join(folder, "worktrees", "run", "build");
  mkdirSync(repository);
  aRepository(repository);
  const base = gitIn(repository, "rev-parse", "HEAD");
  gitIn(repository, "worktree", "add", "--quiet", "-b", "skillmeat/run/build", dir, base);
  writeFileSync(`${dir}.json`, JSON.stringify({ base, prefix: "", workdir: repository }));
  const diff = async (commit: string | null, mostBytes = 100_000): Promise<WorktreeDiff> => {
    const answer = await diffWorktree(caller, { dir, workdir: repository, commit }, mostBytes);
    if (answer === null || "trouble" in answer) throw new Error(JSON.stringify(answer));
    return answer;
  };
  const commitAll = (): string => {
    gitIn(dir, "add", "--all");
    gitIn(dir, "commit", "--quiet", "--message", "Work");
    return gitIn(dir, "rev-parse", "HEAD");
  };
  return { repository, dir, base, diff, commitAll };
}

describe("what a stage has changed", () => {
  test("is compared up to its commit, whatever has become of the worktree since", async () => {
    const { dir, base, diff, commitAll } = aLab();
    writeFileSync(join(dir, "tracked"), "changed\n");
    const commit = commitAll();
    writeFileSync(join(dir, "tracked"), "changed by somebody later\n");
    const { text, ...facts } = await diff(commit);
    expect(facts).toEqual({ isCut: false, from: base, to: commit });
    expect(text).toEndWith("--- a/tracked\n+++ b/tracked\n@@ -1 +1 @@\n-as committed\n+changed\n");
  });

  test("is compared as it is where there is no commit: new files too, but no ignored ones, and nothing is staged", async () => {
    const { dir, base, diff } = aLab();
    writeFileSync(join(dir, "new ü"), "a\n");
    writeFileSync(join(dir, "some.log"), "ignored\n");
    const { text, ...facts } = await diff(null);
    expect(facts).toEqual({ isCut: false, from: base, to: null });
    expect(text).toContain("diff --git a/new ü b/new ü\nnew file mode 100644\n");
    expect(text).toEndWith("@@ -0,0 +1 @@\n+a\n");
    expect(text).not.toContain("some.log");
    expect(gitIn(dir, "status", "--porcelain")).toBe('?? "new \\303\\274"');
  });

  test("names a binary file and does not show it", async () => {
    const { dir, diff, commitAll } = aLab();
    writeFileSync(join(dir, "picture"), Buffer.from([0, 1, 2, 0, 255]));
    expect((await diff(commitAll())).text).toEndWith("Binary files /dev/null and b/picture differ\n");
  });

  test("is its last commit alone when the worktree is gone", async () => {
    const { repository, dir, diff, commitAll } = aLab();
    writeFileSync(join(dir, "tracked"), "changed\n");
    const commit = commitAll();
    gitIn(repository, "merge", "--quiet", commit);
    gitIn(repository, "worktree", "remove", dir);
    rmSync(`${dir}.json`);
    expect((await diff(commit)).text).toContain("+changed\n");
  });

  test("is nothing where there is neither a worktree nor a commit", async () => {
    const place = { dir: join(root, "nowhere"), workdir: root, commit: null };
    expect(await diffWorktree(caller, place, 1000)).toBeNull();
  });

  test("cannot be told where the repository is gone, for git's reason", async () => {
    const place = { dir: join(root, "nowhere"), workdir: root, commit: "1".repeat(40) };
    expect(await diffWorktree(caller, place, 1000)).toMatchObject({ trouble: expect.any(String) });
  });

  test("is cut after a whole line where it is too long, and no more is read", async () => {
    const { dir, diff } = aLab();
    writeFileSync(join(dir, "long"), "0123456789abcdef\n".repeat(1_000_000));
    const { text, isCut } = await diff(null, 5000);
    expect(isCut).toBe(true);
    expect(text.length).toBeWithin(4900, 5001);
    expect(text).toEndWith("+0123456789abcdef\n");
  });

  test("is shown without the programs and the style of whoever runs git", async () => {
    const { repository, dir, diff } = aLab();
    const program = join(repository, "..", "program");
    const ran = join(repository, "..", "ran");
    writeFileSync(program, `#!/bin/sh\ntouch ${ran}\necho odd\n`);
    chmodSync(program, 0o700);
    for (const [key, value] of [
      ["diff.external", program],
      ["diff.odd.textconv", program],
      ["diff.noprefix", "true"],
      ["diff.context", "0"],
      ["color.ui", "always"],
    ] as const)
      gitIn(repository, "config", key, value);
    writeFileSync(join(repository, ".git", "info", "attributes"), "tracked diff=odd\n");
    writeFileSync(join(dir, "tracked"), "as committed\nmore\n");
    expect((await diff(null)).text).toEndWith("+++ b/tracked\n@@ -1 +1,2 @@\n as committed\n+more\n");
    expect(() => readFileSync(ran)).toThrow("ENOENT");
  });
});
