import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepSecrets } from "../engine/kept-secrets.ts";
import { aNewExecution } from "../testing/an-execution.ts";
import { aRepository, gitIn } from "../testing/a-repository.ts";
import { mayHaveChanges, readStageChanges } from "./stage-changes.ts";

const root = mkdtempSync(join(tmpdir(), "stage-changes-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const env = { PATH: process.env["PATH"] ?? "" };

function aStage(home: string) {
  const { execution, steps } = aNewExecution();
  const step = steps[0]?.record;
  if (!step) throw new Error("an execution without a step");
  return { home, env, execution: execution.record, step, mostBytes: 10_000 };
}

describe("the changes of a stage", () => {
  test("are none where it has neither a worktree nor a commit", async () => {
    const stage = aStage(root);
    expect(mayHaveChanges(stage.home, stage.execution, stage.step)).toBe(false);
    expect(await readStageChanges(stage)).toBeNull();
  });

  test("have the secrets of a live execution masked", async () => {
    const home = mkdtempSync(join(root, "h-"));
    const stage = aStage(home);
    const repository = join(home, "repository");
    mkdirSync(repository);
    aRepository(repository);
    const dir = join(home, "worktrees", stage.execution.run_id, stage.step.stage_id);
    gitIn(repository, "worktree", "add", "--quiet", "--detach", dir);
    const base = gitIn(repository, "rev-parse", "HEAD");
    writeFileSync(`${dir}.json`, JSON.stringify({ base, prefix: "", workdir: repository }));
    writeFileSync(join(dir, "tracked"), "token: s3cret-value\n");
    keepSecrets(join(home, "secrets"), stage.execution.run_id, {
      parameters: {},
      options: null,
      snapshot: null,
      masks: ["s3cret-value"],
    });
    expect(mayHaveChanges(stage.home, stage.execution, stage.step)).toBe(true);
    const diff = await readStageChanges(stage);
    expect(diff).toMatchObject({ text: expect.stringContaining("+token: ***\n") });
  });
});
