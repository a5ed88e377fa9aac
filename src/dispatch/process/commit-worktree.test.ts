import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { aRepository, gitIn, identity } from "../../testing/a-repository.ts";
import { aControl, aStageRequest } from "../../testing/a-stage-request.ts";
import type { StageRequest } from "../dispatcher.ts";
import { closeWorktree } from "./commit-worktree.ts";
import { openWorktree } from "./make-worktree.ts";

/** What is committed of a stage's worktree, whatever was done in it. */

interface Lab {
  folder: string;
  worktree: string;
  request: StageRequest;
  branch: string;
  /** Where the worktree began. */
  base: string;
}

const message = ["Build it", "Skillmeat-Run: r\nSkillmeat-Stage: build"];

async function aWorktree(
  prepare: (folder: string) => void = aRepository,
  env: Record<string, string> = identity,
): Promise<Lab> {
  const { folder, request: made } = aStageRequest("true");
  prepare(folder);
  const worktree = join(folder, "home", "worktrees", made.run_id, "build");
  const options = { ...made.options, env: { ...made.options.env, HOME: folder, ...env } };
  const request = { ...made, worktree_dir: worktree, options };
  const { control } = aControl();
  expect(await openWorktree(request, worktree, control)).toEqual({ workdir: worktree });
  return {
    folder,
    worktree,
    request,
    branch: `skillmeat/${request.run_id}/build`,
    base: gitIn(folder, "rev-parse", "HEAD"),
  };
}

async function committed({ request }: Lab) {
  const closed = await closeWorktree(request, message);
  if (closed === null || "error" in closed) throw new Error(closed?.error ?? "there is no worktree");
  return closed;
}

function log({ folder, branch, base }: Lab, format: string): string {
  return gitIn(folder, "log", `--format=${format}`, `${base}..${branch}`);
}

/** The paths that the commits of the branch changed, as git quotes them. */
function pathsOf({ folder, branch, base }: Lab): string[] {
  return gitIn(folder, "diff", "--no-renames", "--name-only", base, branch).split("\n").filter(Boolean);
}

describe("the changes in a stage's worktree", () => {
  test("are one commit on its branch: new, changed and removed files, but no ignored ones", async () => {
    const lab = await aWorktree();
    writeFileSync(join(lab.worktree, "new"), "1");
    writeFileSync(join(lab.worktree, "notes.log"), "1");
    writeFileSync(join(lab.worktree, ".gitignore"), "*.log\n*.tmp\n");
    rmSync(join(lab.worktree, "tracked"));
    const { workspace, notices } = await committed(lab);
    const commit = gitIn(lab.folder, "rev-parse", lab.branch);
    expect(workspace).toEqual({
      branch: lab.branch,
      commit,
      changed_files: [".gitignore", "new", "tracked"],
    });
    expect(notices).toEqual([]);
    expect(pathsOf(lab)).toEqual([".gitignore", "new", "tracked"]);
    expect(gitIn(lab.worktree, "status", "--short")).toBe("");
    expect(log(lab, "%an|%B")).toBe("Tester|Build it\n\nSkillmeat-Run: r\nSkillmeat-Stage: build");
  });

  test("are no commit when there are none", async () => {
    const lab = await aWorktree();
    expect((await committed(lab)).workspace).toEqual({ branch: lab.branch, commit: null, changed_files: [] });
    expect(log(lab, "%H")).toBe("");
  });

  test("are one commit although they are committed twice, wherever the first time was cut off", async () => {
    const lab = await aWorktree();
    writeFileSync(join(lab.worktree, "new"), "1");
    const index = gitIn(lab.worktree, "rev-parse", "--git-path", "index");
    const before = readFileSync(index);
    const first = await committed(lab);
    expect(await committed(lab)).toEqual(first);
    // The engine died before it replaced the index.
    writeFileSync(index, before);
    expect(await committed(lab)).toEqual(first);
    expect(log(lab, "%H")).toBe(first.workspace.commit ?? "");
  });

  test("are told without a commit where none is asked for", async () => {
    const lab = await aWorktree();
    writeFileSync(join(lab.worktree, "new"), "1");
    writeFileSync(join(lab.worktree, "tracked"), "2");
    expect(await closeWorktree(lab.request, null)).toEqual({
      workspace: { branch: lab.branch, commit: null, changed_files: ["new", "tracked"] },
      notices: [],
    });
    expect(log(lab, "%H")).toBe("");
  });

  test("are listed up to a bound, and a notice says how many there are", async () => {
    const lab = await aWorktree();
    for (let at = 0; at < 1005; at++) writeFileSync(join(lab.worktree, `f${at}`), "");
    const { workspace, notices } = await committed(lab);
    expect(workspace.changed_files).toHaveLength(1000);
    expect(notices).toEqual(["1005 files have changed; the first 1000 are listed with the stage"]);
    expect(pathsOf(lab)).toHaveLength(1005);
  });
});

describe("whatever an agent has left:", () => {
  test("commits of its own are kept, and the rest comes after them", async () => {
    const lab = await aWorktree();
    gitIn(lab.worktree, "commit", "--quiet", "--allow-empty", "--message", "Mine");
    writeFileSync(join(lab.worktree, "new"), "1");
    await committed(lab);
    expect(log(lab, "%s")).toBe("Build it\nMine");
  });

  test("when everything is committed already, there is no commit more", async () => {
    const lab = await aWorktree();
    writeFileSync(join(lab.worktree, "tracked"), "1");
    gitIn(lab.worktree, "commit", "--quiet", "--all", "--message", "Mine");
    const { workspace } = await committed(lab);
    expect(log(lab, "%s")).toBe("Mine");
    expect(workspace.changed_files).toEqual(["tracked"]);
  });

  test.each([
    ["another branch", ["switch", "--quiet", "--create", "mine"]],
    ["no branch", ["switch", "--quiet", "--detach"]],
  ])(
    "%s checked out: the stage's branch has the commit, twice too, and is checked out again",
    async (_, args) => {
      const lab = await aWorktree();
      gitIn(lab.worktree, ...args);
      gitIn(lab.worktree, "commit", "--quiet", "--allow-empty", "--message", "Mine");
      writeFileSync(join(lab.worktree, "new"), "1");
      const first = await committed(lab);
      expect(await committed(lab)).toEqual(first);
      expect(log(lab, "%s")).toBe("Build it\nMine");
      expect(gitIn(lab.worktree, "branch", "--show-current")).toBe(lab.branch);
      expect(gitIn(lab.worktree, "status", "--short")).toBe("");
    },
  );

  test("commits that it has turned its back on are not lost: that is an error", async () => {
    const lab = await aWorktree();
    gitIn(lab.worktree, "commit", "--quiet", "--allow-empty", "--message", "Mine");
    gitIn(lab.worktree, "switch", "--quiet", "--detach", lab.base);
    writeFileSync(join(lab.worktree, "new"), "1");
    expect(await closeWorktree(lab.request, message)).toEqual({
      error:
        `its branch ${lab.branch} has commits that HEAD, ${lab.base.slice(0, 12)}, does not hold. ` +
        "merge them, and run it again",
    });
    expect(log(lab, "%s")).toBe("Mine");
  });

  test("its branch, removed: it is made again", async () => {
    const lab = await aWorktree();
    gitIn(lab.worktree, "switch", "--quiet", "--detach");
    gitIn(lab.worktree, "branch", "--quiet", "-D", lab.branch);
    writeFileSync(join(lab.worktree, "new"), "1");
    await committed(lab);
    expect(log(lab, "%s")).toBe("Build it");
  });

  test("the lock of a git that was killed is not in the way", async () => {
    const lab = await aWorktree();
    writeFileSync(`${gitIn(lab.worktree, "rev-parse", "--git-path", "index")}.lock`, "");
    writeFileSync(join(lab.worktree, "new"), "1");
    await committed(lab);
    expect(pathsOf(lab)).toEqual(["new"]);
  });

  test("a worktree that is none any more is an error", async () => {
    const lab = await aWorktree();
    rmSync(join(lab.worktree, ".git"));
    expect(await closeWorktree(lab.request, message)).toEqual({
      error: `${lab.worktree} is no git worktree any more`,
    });
  });

  test("a repository inside is held by its id alone, and a notice says so", async () => {
    const lab = await aWorktree();
    mkdirSync(join(lab.worktree, "inner"));
    aRepository(join(lab.worktree, "inner"));
    const { workspace, notices } = await committed(lab);
    expect(workspace.changed_files).toEqual(["inner"]);
    expect(notices).toEqual(['a commit holds only the ids of the repositories in "inner", not their files']);
  });
});

describe("whatever the files and the repository are like:", () => {
  test("names with line ends, quotes and bytes that are no UTF-8", async () => {
    const lab = await aWorktree();
    const odd = ["two\nlines", 'a "quoted" name', "-rf", ":(top)x"];
    for (const name of odd) writeFileSync(join(lab.worktree, name), "1");
    writeFileSync(Buffer.concat([Buffer.from(join(lab.worktree, "bad")), Buffer.from([0xff])]), "1");
    const { workspace } = await committed(lab);
    expect(workspace.changed_files).toEqual([...odd, "bad\uFFFD"].toSorted());
    expect(pathsOf(lab)).toHaveLength(odd.length + 1);
  });

  test("no identity in git's configuration: the author is skillmeat", async () => {
    const lab = await aWorktree(aRepository, {});
    writeFileSync(join(lab.worktree, "new"), "1");
    await committed(lab);
    expect(log(lab, "%an <%ae>, %cn")).toBe("skillmeat <skillmeat@localhost>, skillmeat");
  });

  test("an identity in git's configuration is the author", async () => {
    const lab = await aWorktree((folder) => {
      aRepository(folder);
      gitIn(folder, "config", "user.name", "Ada");
      gitIn(folder, "config", "user.email", "ada@example.com");
    }, {});
    writeFileSync(join(lab.worktree, "new"), "1");
    await committed(lab);
    expect(log(lab, "%an <%ae>, %cn")).toBe("Ada <ada@example.com>, Ada");
  });

  test("hooks and signing of its user are left alone", async () => {
    const lab = await aWorktree((folder) => {
      aRepository(folder);
      for (const name of ["pre-commit", "commit-msg", "post-commit", "reference-transaction"]) {
        const hook = join(folder, ".git", "hooks", name);
        writeFileSync(hook, `#!/bin/sh\ntouch "${folder}/hooked"\nexit 1\n`);
        chmodSync(hook, 0o755);
      }
      gitIn(folder, "config", "commit.gpgSign", "true");
      gitIn(folder, "config", "gpg.program", "/bin/false");
    });
    writeFileSync(join(lab.worktree, "new"), "1");
    await committed(lab);
    expect(existsSync(join(lab.folder, "hooked"))).toBe(false);
    expect(log(lab, "%s")).toBe("Build it");
  });

  test("a sparse checkout: what is not there stays, what is new outside of it is committed", async () => {
    const lab = await aWorktree((folder) => {
      for (const name of ["in", "out"]) {
        mkdirSync(join(folder, name));
        writeFileSync(join(folder, name, "file"), name);
      }
      aRepository(folder);
      gitIn(folder, "add", "in", "out");
      gitIn(folder, "commit", "--quiet", "--message", "More");
      gitIn(folder, "sparse-checkout", "set", "in");
    });
    expect(existsSync(join(lab.worktree, "out", "file"))).toBe(false);
    mkdirSync(join(lab.worktree, "out"), { recursive: true });
    writeFileSync(join(lab.worktree, "out", "new"), "1");
    writeFileSync(join(lab.worktree, "in", "file"), "2");
    expect((await committed(lab)).workspace.changed_files).toEqual(["in/file", "out/new"]);
    expect(pathsOf(lab)).toEqual(["in/file", "out/new"]);
  });

  test("a filter that stores files elsewhere, as LFS does, is applied", async () => {
    const lab = await aWorktree((folder) => {
      writeFileSync(join(folder, ".gitattributes"), "*.bin filter=far\n");
      aRepository(folder);
      gitIn(folder, "add", ".gitattributes");
      gitIn(folder, "commit", "--quiet", "--message", "Far");
      gitIn(folder, "config", "filter.far.clean", "cat >/dev/null; echo pointer");
      gitIn(folder, "config", "filter.far.smudge", "cat");
    });
    writeFileSync(join(lab.worktree, "big.bin"), "big");
    await committed(lab);
    expect(gitIn(lab.folder, "show", `${lab.branch}:big.bin`)).toBe("pointer");
  });

  test("a repository with submodules", async () => {
    const lab = await aWorktree((folder) => {
      const part = join(folder, "..", `${basename(folder)}-part`);
      mkdirSync(part);
      aRepository(part);
      aRepository(folder);
      gitIn(folder, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", part, "part");
      gitIn(folder, "commit", "--quiet", "--message", "Add a part");
    });
    writeFileSync(join(lab.worktree, "new"), "1");
    expect((await committed(lab)).workspace.changed_files).toEqual(["new"]);
  });

  test("a bare repository, and one whose HEAD is detached", async () => {
    const detached = await aWorktree((folder) => {
      aRepository(folder);
      gitIn(folder, "switch", "--quiet", "--detach");
    });
    writeFileSync(join(detached.worktree, "new"), "1");
    await committed(detached);
    expect(pathsOf(detached)).toEqual(["new"]);
    const { folder, request: made } = aStageRequest("true", { env: identity });
    aRepository(folder);
    const bare = join(folder, "bare.git");
    gitIn(folder, "clone", "--quiet", "--bare", folder, bare);
    const worktree = join(folder, "home", made.run_id, "build");
    const request = { ...made, workdir: bare, worktree_dir: worktree };
    await openWorktree(request, worktree, aControl().control);
    writeFileSync(join(worktree, "new"), "1");
    expect(await closeWorktree(request, message)).toMatchObject({ workspace: { changed_files: ["new"] } });
  });
});
