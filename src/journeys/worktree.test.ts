import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { aRepository, gitIn, worktreesOf } from "../testing/a-repository.ts";
import { journeys, runIdOf, type Journey } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";
import { scriptAgent, writeWorkflow } from "../testing/journey-workflows.ts";
import { processesWith } from "../testing/process-table.ts";

/** Stages that work in git worktrees of their own, beside each other and beside their user. */

const begin = journeys();

describe.concurrent("stages with worktrees of their own", () => {
  test("change the same file side by side, each in its own; what is untouched goes", async () => {
    const journey = inRepository("worktree");
    scriptAgent(journey, "writer", 'echo "$SKILLMEAT_STAGE_ID" >tracked; [ "$SKILLMEAT_ATTEMPT" = 2 ]');
    scriptAgent(journey, "reader", "cat tracked");
    scriptAgent(journey, "plain", 'cat tracked; echo "in $SKILLMEAT_WORKDIR"');
    const error_policy = { retry: { max_attempts: 2, initial_interval: "1ms" } };
    writeWorkflow(
      journey,
      {
        left: { agent: "writer", error_policy },
        right: { agent: "writer", error_policy },
        read: { agent: "reader", after: ["left", "right"] },
        plain: { agent: "plain", after: ["read"], workspace: "shared" },
      },
      { workspace: "worktree" },
    );
    const running = journey.start(["workflow", "run", "."]);
    const runId = await runIdOf(running);
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    const place = (stage: string): string => join(journey.home, "worktrees", runId, stage);
    for (const stage of ["left", "right"]) {
      expect(readFileSync(join(place(stage), "tracked"), "utf8")).toBe(`${stage}\n`);
      expect(stdout).toContain(`[${stage}] its changes are in the git worktree ${place(stage)}`);
    }
    expect(stdout).toContain("[read] as committed");
    expect(stdout).toContain(`[plain] in ${journey.folder}`);
    expect(worktreesOf(journey.folder).toSorted()).toEqual(
      [journey.folder, place("left"), place("right")].toSorted(),
    );
    expect(gitIn(journey.folder, "status", "--short", "tracked")).toBe("");
    const doctor = await journey.run(["doctor", "--format", "json"]);
    expect(doctor.stdout).toContain(`2 with a stage's changes in ${join(journey.home, "worktrees")}`);
  });

  test("keep them over a crash of the engine", async () => {
    const journey = inRepository("worktree-crash");
    scriptAgent(
      journey,
      "worker",
      'echo before >>notes; echo ready; until [ -e "$HOME/go" ]; do sleep 0.02; done; echo after >>notes',
    );
    const runId = await crashedWhenReady(journey);
    const resumed = journey.start(["workflow", "resume", runId]);
    journey.write("go", "");
    const { code, stdout } = await resumed.ended;
    expect(code).toBe(0);
    const worktree = join(journey.home, "worktrees", runId, "only");
    expect(stdout).toContain(`its changes are in the git worktree ${worktree}`);
    expect(readFileSync(join(worktree, "notes"), "utf8")).toBe("before\nafter\n");
    nothingIsLeft(journey, runId);
  });

  test("are begun again in the same one when the agent is gone too, and leave nothing when it is untouched", async () => {
    const journey = inRepository("worktree-gone");
    scriptAgent(
      journey,
      "worker",
      "if [ -e notes ]; then rm notes; exit 0; fi; echo x >notes; echo ready; exec sleep 100",
    );
    const runId = await crashedWhenReady(journey);
    // Its group is its supervisor's: nobody is left who could write down how the agent ended.
    const groups = new Set(processesWith(`SKILLMEAT_RUN_ID=${runId}`).map(({ group }) => group));
    for (const group of groups) process.kill(-group, "SIGKILL");
    expect(await journey.run(["workflow", "resume", runId])).toMatchObject({ code: 0 });
    expect((await journey.execution(runId)).steps[0]).toMatchObject({ attempt_number: 1, recovered: true });
    expect(worktreesOf(journey.folder)).toEqual([journey.folder]);
    expect(readdirSync(join(journey.home, "worktrees"))).toEqual([]);
    nothingIsLeft(journey, runId);
  });

  test("fail where there is no repository; a rehearsal needs none", async () => {
    const journey = begin("worktree-none");
    scriptAgent(journey, "worker", "true");
    writeWorkflow(journey, { only: { workspace: "worktree" } });
    const { code, stdout, stderr } = await journey.run(["workflow", "run", "."]);
    expect(code).toBe(1);
    expect(stdout + stderr).toContain(
      `has "workspace: worktree", but the working directory ${journey.folder}`,
    );
    expect(existsSync(join(journey.home, "worktrees"))).toBe(false);
    const rehearsal = await journey.run(["workflow", "run", ".", "--dispatcher", "simulated"]);
    expect(rehearsal.code).toBe(0);
  });
});

/** Runs one stage in a worktree of its own, and kills the engine with -9 when its agent says that it is ready. */
async function crashedWhenReady(journey: Journey): Promise<string> {
  writeWorkflow(journey, { only: { workspace: "worktree" } });
  const engine = journey.start(["workflow", "run", "."]);
  const runId = await runIdOf(engine);
  await until("the agent works", () => engine.stdout.includes("[only] ready"));
  engine.kill("SIGKILL");
  await engine.ended;
  return runId;
}

function inRepository(name: string): Journey {
  const journey = begin(name);
  aRepository(journey.folder);
  return journey;
}

function nothingIsLeft(journey: Journey, runId: string): void {
  expect(processesWith(`SKILLMEAT_RUN_ID=${runId}`)).toEqual([]);
  expect(journey.attempts()).toEqual([]);
}
