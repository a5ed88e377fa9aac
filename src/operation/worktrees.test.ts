import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionStatus } from "../execution/status.ts";
import { openStore } from "../store/database.ts";
import { registerHolder } from "../store/leases.ts";
import { commitTransitions } from "../store/transitions.ts";
import { aNewExecution } from "../testing/an-execution.ts";
import { aRepository, gitIn, worktreesOf } from "../testing/a-repository.ts";
import { listWorktrees, pruneWorktrees, type WorktreeHome } from "./worktrees.ts";

const root = mkdtempSync(join(tmpdir(), "worktrees-operation-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const at = "2026-01-01T00:00:00.000Z";

interface Lab extends WorktreeHome {
  repository: string;
  /** Stores an execution. */
  execution(runId: string, status: ExecutionStatus): void;
  /** A worktree as a stage leaves it, made from a commit of the repository. */
  worktree(runId: string, stage: string, from?: string): string;
}

function aLab(): Lab {
  const home = mkdtempSync(join(root, "h-"));
  const repository = mkdtempSync(join(root, "r-"));
  aRepository(repository);
  const store = openStore(join(home, "workflows.db"));
  registerHolder(store, { id: "h", pid: 1, process_start: "1", boot_id: "b", kind: "run", heartbeat_at: at });
  return {
    home,
    store,
    repository,
    env: { PATH: process.env["PATH"] ?? "" },
    execution: (run_id, status) => {
      const execution = { run_id, status, workflow_slug: "nightly" };
      commitTransitions(store, { holder_id: "h", created: [aNewExecution({ execution })], updated: [] });
    },
    worktree: (runId, stage, from = "HEAD") => {
      const dir = join(home, "worktrees", runId, stage);
      const branch = `skillmeat/${runId}/${stage}`;
      const base = gitIn(repository, "rev-parse", from);
      gitIn(repository, "worktree", "add", "--quiet", "-b", branch, dir, base);
      writeFileSync(`${dir}.json`, JSON.stringify({ base, branch, prefix: "", workdir: repository }));
      return dir;
    },
  };
}

function commitIn(dir: string, text: string): void {
  writeFileSync(join(dir, "tracked"), text);
  gitIn(dir, "commit", "--quiet", "--all", "--message", "Work");
}

describe("the worktrees of stages", () => {
  test("are none in a home that has none", async () => {
    const lab = aLab();
    expect(await listWorktrees(lab)).toEqual([]);
    expect(await pruneWorktrees(lab, false)).toEqual({
      dry_run: false,
      removed: [],
      freed_bytes: 0,
      left: [],
    });
  });

  test("are listed with what they hold that is nowhere else, also after their execution was pruned", async () => {
    const lab = aLab();
    lab.execution("a-live", "running");
    lab.execution("b-ended", "failed");
    const live = lab.worktree("a-live", "build");
    const changed = lab.worktree("b-ended", "changed");
    writeFileSync(join(changed, "new"), "");
    writeFileSync(join(changed, "ignored.log"), "");
    const committed = lab.worktree("c-pruned", "committed");
    commitIn(committed, "one");
    commitIn(committed, "two");
    expect(await listWorktrees(lab)).toEqual([
      {
        run_id: "a-live",
        workflow_slug: "nightly",
        status: "running",
        stage_id: "build",
        path: live,
        branch: "skillmeat/a-live/build",
        uncommitted: 0,
        unmerged: 0,
        stays: "its execution has not ended",
      },
      {
        run_id: "b-ended",
        workflow_slug: "nightly",
        status: "failed",
        stage_id: "changed",
        path: changed,
        branch: "skillmeat/b-ended/changed",
        uncommitted: 2,
        unmerged: 0,
        stays: "it has uncommitted changes",
      },
      {
        run_id: "c-pruned",
        workflow_slug: null,
        status: null,
        stage_id: "committed",
        path: committed,
        branch: "skillmeat/c-pruned/committed",
        uncommitted: 0,
        unmerged: 2,
        stays: "its branch skillmeat/c-pruned/committed has commits that are not merged",
      },
    ]);
  });

  test("go with their branches when their execution has ended and all is merged; a dry run only says so", async () => {
    const lab = aLab();
    lab.execution("live", "paused");
    lab.execution("ended", "completed");
    const live = lab.worktree("live", "untouched");
    const merged = lab.worktree("ended", "merged");
    const unmerged = lab.worktree("ended", "unmerged");
    commitIn(merged, "merged");
    commitIn(unmerged, "unmerged");
    gitIn(lab.repository, "merge", "--quiet", "skillmeat/ended/merged");
    const expected = {
      removed: [{ run_id: "ended", stage_id: "merged", path: merged }],
      left: [
        { path: unmerged, reason: "its branch skillmeat/ended/unmerged has commits that are not merged" },
      ],
    };
    const all = [live, merged, unmerged].toSorted();
    expect(await pruneWorktrees(lab, true)).toMatchObject({ dry_run: true, ...expected });
    expect(worktreesOf(lab.repository).slice(1).toSorted()).toEqual(all);
    const report = await pruneWorktrees(lab, false);
    expect(report).toMatchObject({ dry_run: false, ...expected });
    expect(report.freed_bytes).toBeGreaterThan(0);
    expect(worktreesOf(lab.repository).slice(1).toSorted()).toEqual([live, unmerged].toSorted());
    const branches = gitIn(lab.repository, "branch", "--list", "--format=%(refname:short)", "skillmeat/*");
    expect(branches).toBe("skillmeat/ended/unmerged\nskillmeat/live/untouched");
  });

  test("of a chain of stages all keep a commit that only branches of stages have", async () => {
    const lab = aLab();
    lab.execution("ended", "completed");
    const one = lab.worktree("ended", "one");
    commitIn(one, "the only copy");
    lab.worktree("ended", "two", "skillmeat/ended/one");
    const { removed, left } = await pruneWorktrees(lab, false);
    expect(removed.map(({ stage_id }) => stage_id)).toEqual(["two"]);
    expect(left).toEqual([
      { path: one, reason: "its branch skillmeat/ended/one has commits that are not merged" },
    ]);
    expect(gitIn(lab.repository, "show", "skillmeat/ended/one:tracked")).toBe("the only copy");
  });

  test("leave no folder behind when all of a run are gone", async () => {
    const lab = aLab();
    lab.execution("ended", "completed");
    lab.worktree("ended", "only");
    await pruneWorktrees(lab, false);
    expect(readdirSync(join(lab.home, "worktrees"))).toEqual([]);
  });

  test("whose folder somebody has removed are known by their branch", async () => {
    const lab = aLab();
    lab.execution("ended", "completed");
    const dir = lab.worktree("ended", "only");
    commitIn(dir, "work");
    rmSync(dir, { recursive: true });
    expect(await listWorktrees(lab)).toMatchObject([{ stage_id: "only", uncommitted: 0, unmerged: 1 }]);
  });

  test("are told apart from a folder that is not skillmeat's, which stays", async () => {
    const lab = aLab();
    const mine = join(lab.home, "worktrees", "mine", "photos");
    mkdirSync(mine, { recursive: true });
    writeFileSync(join(mine, "photo"), "");
    const reason = "it is not known which execution it is of, and there is no note beside it";
    expect(await listWorktrees(lab)).toMatchObject([{ branch: null, stays: reason }]);
    expect((await pruneWorktrees(lab, false)).left).toEqual([{ path: mine, reason }]);
    expect(existsSync(join(mine, "photo"))).toBe(true);
  });

  test("of which one cannot be read do not hide the others", async () => {
    const lab = aLab();
    lab.execution("ended", "completed");
    const broken = lab.worktree("ended", "broken");
    lab.worktree("ended", "sound");
    writeFileSync(`${broken}.json`, "{");
    const [first, second] = await listWorktrees(lab);
    expect(first).toMatchObject({ stage_id: "broken", uncommitted: null, unmerged: null });
    expect(first?.stays).toStartWith("it cannot be read (");
    expect(second).toMatchObject({ stage_id: "sound", uncommitted: 0, unmerged: 0, stays: null });
    const { removed, left } = await pruneWorktrees(lab, false);
    expect(removed.map(({ stage_id }) => stage_id)).toEqual(["sound"]);
    expect(left.map(({ path }) => path)).toEqual([broken]);
  });
});
