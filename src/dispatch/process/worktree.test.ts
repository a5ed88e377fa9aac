import { beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { aRepository, gitIn, identity, worktreesOf } from "../../testing/a-repository.ts";
import { aControl, aStageRequest, type AgentLab } from "../../testing/a-stage-request.ts";
import { until } from "../../testing/journey-until.ts";
import { processesWith } from "../../testing/process-table.ts";
import { createCommandDispatcher } from "../command.ts";
import { bothLaunches } from "../../testing/both-launches.ts";
import type { StageRequest, StageResult } from "../dispatcher.ts";

let dispatcher = createCommandDispatcher();

interface WorktreeLab extends AgentLab {
  worktree: string;
}

/** A request whose working directory is a folder of a repository, and whose stage has a worktree of its own. */
function aLab(script: string, prepare: (folder: string) => void = aRepository): WorktreeLab {
  const { folder, request } = aStageRequest(script, { env: identity });
  prepare(folder);
  const worktree = join(folder, "home", "worktrees", "run", "build");
  return { folder, worktree, request: { ...request, worktree_dir: worktree } };
}

function branchOf({ request: { run_id, stage_id } }: WorktreeLab): string {
  return `skillmeat/${run_id}/${stage_id}`;
}

/** One attempt, and the sweep that follows when its outcome is stored. */
async function run(
  request: StageRequest,
  isLast = true,
): Promise<{ result: StageResult; texts: string[]; told: string[] }> {
  const { control, lines, texts } = aControl();
  const result = await dispatcher.dispatch(request, control);
  await dispatcher.sweep(request, isLast ? "stage" : "attempt");
  expect(existsSync(request.attempt_dir)).toBe(false);
  const told = lines.filter(({ stream }) => stream === "system").map(({ text }) => text);
  return { result, texts: texts(), told };
}

describe.each(bothLaunches)("agents under %s", (_, launch) => {
  beforeAll(() => {
    dispatcher = createCommandDispatcher(launch);
  });

  describe("an agent with a worktree of its own", () => {
    test("works there, on what is committed and on a branch of its own: the run's working directory stays as it is", async () => {
      const lab = aLab('pwd; echo "$SKILLMEAT_WORKDIR"; cat tracked; git rev-parse HEAD --abbrev-ref HEAD');
      writeFileSync(join(lab.folder, "tracked"), "being changed");
      const { result, texts } = await run(lab.request);
      expect(result.ok).toBe(true);
      const head = gitIn(lab.folder, "rev-parse", "HEAD");
      expect(texts).toEqual([lab.worktree, lab.worktree, "as committed", head, branchOf(lab)]);
      expect(readFileSync(join(lab.folder, "tracked"), "utf8")).toBe("being changed");
    });

    test.each([true, false])(
      "works in the same sub-folder of it, committed or not: %p",
      async (isCommitted) => {
        const lab = aLab("pwd", (folder) => {
          mkdirSync(join(folder, "a b", "deep"), { recursive: true });
          aRepository(folder);
          if (!isCommitted) return;
          writeFileSync(join(folder, "a b", "deep", "file"), "");
          gitIn(folder, "add", "a b");
          gitIn(folder, "commit", "--quiet", "--message", "More");
        });
        const { texts } = await run({ ...lab.request, workdir: join(lab.folder, "a b", "deep") });
        expect(texts).toEqual([join(lab.worktree, "a b", "deep")]);
        expect(existsSync(lab.worktree)).toBe(false);
      },
    );

    test("finds there what an earlier attempt of its stage has left, though the repository went on", async () => {
      const lab = aLab("cat tracked notes; echo done >> notes");
      await run(lab.request, false);
      writeFileSync(join(lab.folder, "tracked"), "newer");
      gitIn(lab.folder, "commit", "--quiet", "--all", "--message", "Go on");
      const second = { ...lab.request, attempt: 2, attempt_id: lab.request.attempt_id.replace(/1$/, "2") };
      const { texts } = await run(second);
      expect(texts).toEqual(["as committed", "done", `its changes are in the git worktree ${lab.worktree}`]);
    });

    test("runs none of the user's hooks when the worktree is made", async () => {
      const lab = aLab("true", (folder) => {
        aRepository(folder);
        const hook = join(folder, ".git", "hooks", "post-checkout");
        writeFileSync(hook, `#!/bin/sh\ntouch "${folder}/hooked"\n`);
        chmodSync(hook, 0o755);
      });
      expect((await run(lab.request)).result.ok).toBe(true);
      expect(existsSync(join(lab.folder, "hooked"))).toBe(false);
    });
  });

  test("an agent without one has git left alone", async () => {
    const lab = aLab("true");
    writeFileSync(join(lab.folder, "git"), `#!/bin/sh\ntouch "${lab.folder}/asked"\n`, { mode: 0o755 });
    const options = { ...lab.request.options, env: { PATH: `${lab.folder}:${process.env["PATH"]}` } };
    expect((await run({ ...lab.request, worktree_dir: null, options })).result.ok).toBe(true);
    expect(existsSync(join(lab.folder, "asked"))).toBe(false);
  });

  describe("when its stage has ended,", () => {
    test("a worktree in which nothing was changed goes, and nobody talks of it", async () => {
      const lab = aLab("git status --short");
      const { told } = await run(lab.request);
      expect(told).toEqual([]);
      expect(readdirSync(join(lab.worktree, ".."))).toEqual([]);
      expect(worktreesOf(lab.folder)).toEqual([lab.folder]);
      expect(gitIn(lab.folder, "for-each-ref", "refs/heads/skillmeat")).toBe("");
    });

    test("it also goes after a failure, but not before the last attempt", async () => {
      const lab = aLab("exit 1");
      await run(lab.request, false);
      expect(worktreesOf(lab.folder)).toEqual([lab.folder, lab.worktree]);
      await run(lab.request);
      expect(worktreesOf(lab.folder)).toEqual([lab.folder]);
    });

    test("it also goes where the repository has submodules", async () => {
      const lab = aLab("true", (folder) => {
        const part = join(folder, "..", `${basename(folder)}-part`);
        mkdirSync(part);
        aRepository(part);
        aRepository(folder);
        gitIn(folder, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", part, "part");
        gitIn(folder, "commit", "--quiet", "--message", "Add a part");
      });
      await run(lab.request);
      expect(worktreesOf(lab.folder)).toEqual([lab.folder]);
    });

    test("one that its user has locked stays", async () => {
      const lab = aLab('git worktree lock "$PWD"');
      await run(lab.request);
      expect(worktreesOf(lab.folder)).toEqual([lab.folder, lab.worktree]);
    });

    test.each([
      ["a new file", "touch new"],
      ["a new file that git ignores", "touch report.log"],
      [
        "a new file, though git was told not to show any",
        "git config status.showUntrackedFiles no; touch new",
      ],
      ["a changed file", "echo more >> tracked"],
      ["a removed file", "rm tracked"],
      ["a commit", "git commit --quiet --allow-empty --message mine"],
      ["a commit on a branch", "git switch --quiet -c mine; git commit --quiet --allow-empty --message mine"],
      ["changes of an agent that failed", "touch new; exit 1"],
    ])("one with %s stays, and the log says where", async (_, script) => {
      const lab = aLab(script);
      const { told } = await run(lab.request);
      expect(told).toEqual([`its changes are in the git worktree ${lab.worktree}`]);
      expect(worktreesOf(lab.folder)).toEqual([lab.folder, lab.worktree]);
    });

    test("one of which git cannot tell stays, too", async () => {
      const lab = aLab("rm .git; touch new");
      const { told } = await run(lab.request);
      expect(told).toEqual([
        `its git worktree ${lab.worktree} is kept: whether it has changes cannot be told (it is no worktree any more)`,
      ]);
      expect(existsSync(join(lab.worktree, "new"))).toBe(true);
    });
  });

  describe("an attempt whose worktree cannot be made fails for good, with the way out:", () => {
    const refusal = (why: string) => ({
      class: "invalid_request",
      message: `stage "build" has "workspace: worktree", but ${why}, or write "workspace: shared"`,
      retryable: false,
    });

    test("no repository", async () => {
      const { request, folder } = aLab("touch ran", () => {});
      expect((await run(request)).result.error).toEqual(
        refusal(
          `the working directory ${folder} lies in no git repository (git: not a git repository (or any of the ` +
            "parent directories): .git). run it in one, with --workdir",
        ),
      );
      expect(existsSync(join(folder, "ran"))).toBe(false);
    });

    test("no commit", async () => {
      const { request, folder } = aLab("true", (empty) => void gitIn(empty, "init", "--quiet"));
      expect((await run(request)).result.error).toEqual(
        refusal(`the git repository of ${folder} has no commit yet. commit something`),
      );
    });

    test("no git", async () => {
      const { request } = aLab("true");
      const options = { ...request.options, env: { PATH: "/nowhere" } };
      expect((await run({ ...request, options })).result.error).toEqual(
        refusal("git is not in PATH. install it"),
      );
    });

    test("a branch that leaves no room for those of stages", async () => {
      const { request, folder } = aLab("true", (repository) => {
        aRepository(repository);
        gitIn(repository, "branch", "skillmeat");
      });
      expect((await run(request)).result.error).toEqual(
        refusal(
          `the git repository of ${folder} has a branch "skillmeat", and git allows none below it. rename it: ` +
            "git branch -m skillmeat skillmeat-old",
        ),
      );
    });

    test("what the disk does not allow is told, and may be tried again", async () => {
      const { request, worktree } = aLab("true");
      mkdirSync(join(worktree, "..", ".."), { recursive: true });
      writeFileSync(join(worktree, ".."), "a file");
      const { error } = (await run(request)).result;
      expect(error?.class).toBe("internal");
      expect(error?.message).toStartWith(`the git worktree ${worktree} of stage "build" cannot be made: `);
      expect(error?.retryable).toBeUndefined();
    });
  });

  describe("a worktree that an engine has left half made", () => {
    test("is made again, be it locked or not", async () => {
      const lab = aLab("cat tracked");
      gitIn(lab.folder, "worktree", "add", "--quiet", "--detach", "--lock", lab.worktree);
      writeFileSync(join(lab.worktree, "tracked"), "half");
      const { texts } = await run(lab.request);
      expect(texts).toEqual(["as committed"]);
      expect(worktreesOf(lab.folder)).toEqual([lab.folder]);
    });

    test("because its attempt was stopped leaves no git running, and is made by the next one", async () => {
      const lab = aLab("true", (folder) => {
        aRepository(folder);
        gitIn(folder, "config", "filter.slow.smudge", `touch ${folder}/filtering; sleep 100`);
        writeFileSync(join(folder, ".git", "info", "attributes"), "tracked filter=slow\n");
      });
      const { control, stop } = aControl();
      const done = dispatcher.dispatch(lab.request, control);
      await until("git works", () => existsSync(join(lab.folder, "filtering")));
      stop();
      expect((await done).error?.class).toBe("cancelled");
      await dispatcher.sweep(lab.request, "stage");
      expect(processesWith(`SKILLMEAT_ATTEMPT_ID=${lab.request.attempt_id}`)).toEqual([]);
      gitIn(lab.folder, "config", "filter.slow.smudge", "cat");
      expect((await run(lab.request)).result.ok).toBe(true);
      expect(worktreesOf(lab.folder)).toEqual([lab.folder]);
    });
  });
});
