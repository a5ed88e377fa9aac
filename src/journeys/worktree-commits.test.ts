import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { aRepository, gitIn, worktreesOf } from "../testing/a-repository.ts";
import { journeys, runIdOf, type Journey } from "../testing/journey.ts";
import { scriptAgent, writeWorkflow } from "../testing/journey-workflows.ts";

/** Stages whose changes are committed, and the stages after them. */

const begin = journeys();
const config = { workspace: "worktree", commit: "success" };

describe.concurrent("stages that commit their changes", () => {
  test("hand the commit to the next ones, past a stage that has changed nothing", async () => {
    const journey = inRepository("commits");
    scriptAgent(journey, "writer", 'echo "$SKILLMEAT_STAGE_ID" >>notes; echo x >ignored.log');
    scriptAgent(journey, "reader", "cat notes");
    scriptAgent(journey, "teller", 'grep -o "skillmeat/[^\\"]*" "$SKILLMEAT_INPUT" | head -n1');
    const inputs = { from: { type: "string", source: "${{ stages.two.workspace.branch }}" } };
    writeWorkflow(
      journey,
      {
        one: { agent: "writer" },
        look: { agent: "reader", after: ["one"] },
        two: { agent: "writer", after: ["look"] },
        tell: { agent: "teller", after: ["two"], workspace: "shared", inputs },
      },
      config,
    );
    const running = journey.start(["workflow", "run", "."]);
    const runId = await runIdOf(running);
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    expect(stdout).toContain("[look] one");
    expect(stdout).toContain(`[tell] skillmeat/${runId}/two`);
    const { steps } = await journey.execution(runId);
    const branch = (stage: string): string => `skillmeat/${runId}/${stage}`;
    const commit = (stage: string): string => gitIn(journey.folder, "rev-parse", branch(stage));
    expect(steps.map(({ workspace }) => workspace)).toEqual([
      { branch: branch("one"), commit: commit("one"), changed_files: ["notes"] },
      { branch: branch("look"), commit: null, changed_files: [] },
      { branch: branch("two"), commit: commit("two"), changed_files: ["notes"] },
      null,
    ]);
    expect(gitIn(journey.folder, "show", `${branch("two")}:notes`)).toBe("one\ntwo");
    expect(gitIn(journey.folder, "log", "-1", "--format=%(trailers:only)%an", branch("two"))).toBe(
      `Skillmeat-Run: ${runId}\nSkillmeat-Stage: two\nSkillmeat-Agent: agent:writer\nskillmeat`,
    );
    expect(gitIn(journey.folder, "branch", "--list", branch("look"))).toBe("");
    expect(stdout).toContain(
      `[two] its changes are committed on the branch ${branch("two")} as ${commit("two").slice(0, 12)} (1 file)`,
    );
    const shown = await journey.run(["workflow", "runs", runId], { env: { COLUMNS: "200" } });
    expect(shown.stdout).toContain(`commit ${commit("two").slice(0, 12)}`);
  });

  test("begin at the run's start where several before them have commits of their own", async () => {
    const journey = inRepository("commits-several");
    scriptAgent(journey, "writer", 'echo "$SKILLMEAT_STAGE_ID" >"$SKILLMEAT_STAGE_ID"');
    scriptAgent(journey, "lister", 'echo "files:" $(ls | grep -E "left|right|next")');
    writeWorkflow(
      journey,
      {
        left: { agent: "writer" },
        right: { agent: "writer" },
        next: { agent: "writer", after: ["left"] },
        both: { agent: "lister", after: ["left", "right"] },
        line: { agent: "lister", after: ["left", "next"] },
      },
      config,
    );
    const { code, stdout } = await journey.run(["workflow", "run", "."]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\[both\] notice: several stages before it have commits \("left", "right"\)/);
    expect(stdout).toContain("[both] files:\n");
    expect(stdout).toContain("[line] files: left next");
  });

  test("fail where git cannot commit, and keep what they have done", async () => {
    const journey = inRepository("commits-trouble");
    gitIn(journey.folder, "config", "filter.far.clean", "false");
    gitIn(journey.folder, "config", "filter.far.required", "true");
    scriptAgent(
      journey,
      "writer",
      'echo "*.bin filter=far" >.gitattributes; echo x >a.bin; echo done >>runs',
    );
    writeWorkflow(journey, { only: { agent: "writer" } }, config);
    const running = journey.start(["workflow", "run", "."]);
    const runId = await runIdOf(running);
    const { code } = await running.ended;
    expect(code).toBe(1);
    const [step] = (await journey.execution(runId)).steps;
    expect(step).toMatchObject({
      status: "failed",
      error_class: "internal",
      attempt_number: 1,
      workspace: null,
    });
    const worktree = join(journey.home, "worktrees", runId, "only");
    expect(step?.error_message).toStartWith(
      `the changes of stage "only" in the git worktree ${worktree} cannot be committed: `,
    );
    expect(readFileSync(join(worktree, "runs"), "utf8")).toBe("done\n");
  });

  test("leave neither worktree nor branch behind when their execution is pruned after a merge", async () => {
    const journey = inRepository("commits-prune");
    scriptAgent(journey, "writer", 'echo "$SKILLMEAT_STAGE_ID" >"$SKILLMEAT_STAGE_ID"');
    writeWorkflow(journey, { left: { agent: "writer" }, right: { agent: "writer" } }, config);
    const first = journey.start(["workflow", "run", "."]);
    const runId = await runIdOf(first);
    expect((await first.ended).code).toBe(0);
    expect((await journey.run(["workflow", "run", "."])).code).toBe(0);
    gitIn(journey.folder, "merge", "--quiet", `skillmeat/${runId}/left`);
    const pruned = await journey.run(["prune", "--keep", "1", "-y", "--format", "json"]);
    const right = join(journey.home, "worktrees", runId, "right");
    expect(JSON.parse(pruned.stdout)).toMatchObject({
      executions: [runId],
      left: [{ path: right, reason: `its branch skillmeat/${runId}/right has commits that are not merged` }],
    });
    expect(existsSync(join(journey.home, "worktrees", runId, "left"))).toBe(false);
    expect(gitIn(journey.folder, "branch", "--list", `skillmeat/${runId}/*`)).toContain("right");
    expect(gitIn(journey.folder, "branch", "--list", `skillmeat/${runId}/*`)).not.toContain("left");
    expect(worktreesOf(journey.folder)).toContain(right);
  });
});

function inRepository(name: string): Journey {
  const journey = begin(name);
  aRepository(journey.folder);
  return journey;
}
