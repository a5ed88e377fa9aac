import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { shortId } from "../execution/short-id.ts";
import { aRepository, gitIn, worktreesOf } from "../testing/a-repository.ts";
import { journeys, runIdOf } from "../testing/journey.ts";
import { scriptAgent, writeWorkflow } from "../testing/journey-workflows.ts";

/** The worktrees that stages have left: seen, merged, and removed. */

const begin = journeys();

test("worktrees are listed with what they hold, and pruned when their changes are merged", async () => {
  const journey = begin("worktree-list");
  aRepository(journey.folder);
  const none = await journey.run(["worktree", "list"]);
  expect([none.code, none.stdout, none.stderr]).toEqual([0, "", "no stage has a git worktree\n"]);
  scriptAgent(journey, "writer", 'echo "$SKILLMEAT_STAGE_ID" >"$SKILLMEAT_STAGE_ID"');
  const config = { workspace: "worktree", commit: "success" };
  writeWorkflow(journey, { left: { agent: "writer" }, right: { agent: "writer", commit: "never" } }, config);
  const running = journey.start(["workflow", "run", "."]);
  const runId = await runIdOf(running);
  expect((await running.ended).code).toBe(0);
  const place = (stage: string): string => join(journey.home, "worktrees", runId, stage);

  const table = await journey.run(["worktree", "list"]);
  const lines = table.stdout.split("\n").map((line) => line.split(/ {2,}/));
  expect(lines.slice(0, 3)).toEqual([
    ["run", "status", "stage", "holds", "branch", "path"],
    [shortId(runId), "completed", "left", "1 unmerged commit", `skillmeat/${runId}/left`, place("left")],
    [shortId(runId), "completed", "right", "1 uncommitted file", `skillmeat/${runId}/right`, place("right")],
  ]);
  const listed = await journey.run(["worktree", "list", "--format", "json"]);
  expect(JSON.parse(listed.stdout)).toMatchObject({
    items: [
      { run_id: runId, stage_id: "left", uncommitted: 0, unmerged: 1 },
      { run_id: runId, stage_id: "right", uncommitted: 1, unmerged: 0 },
    ],
    total_count: 2,
  });

  const early = await journey.run(["worktree", "prune", "-y"]);
  expect(early.stdout).toBe(
    "removed 0 worktrees and freed 0 bytes\n" +
      `left ${place("left")}: its branch skillmeat/${runId}/left has commits that are not merged\n` +
      `left ${place("right")}: it has uncommitted changes\n`,
  );
  gitIn(journey.folder, "merge", "--quiet", `skillmeat/${runId}/left`);
  const unasked = await journey.run(["worktree", "prune"]);
  expect([unasked.code, unasked.stdout]).toEqual([2, ""]);
  expect(unasked.stderr).toContain("remove 1 worktree (about ");
  const dry = await journey.run(["worktree", "prune", "--dry-run"]);
  expect(dry.stdout).toContain(`would remove ${place("left")}\n`);
  expect(existsSync(place("left"))).toBe(true);
  const pruned = await journey.run(["worktree", "prune", "-y", "--format", "json"]);
  expect(JSON.parse(pruned.stdout)).toMatchObject({
    dry_run: false,
    removed: [{ run_id: runId, stage_id: "left", path: place("left") }],
    left: [{ path: place("right"), reason: "it has uncommitted changes" }],
  });
  expect(worktreesOf(journey.folder)).toEqual([journey.folder, place("right")]);
  expect(gitIn(journey.folder, "branch", "--list", "--format=%(refname:short)", "skillmeat/*")).toBe(
    `skillmeat/${runId}/right`,
  );
});
