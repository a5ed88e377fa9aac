import { expect, test } from "bun:test";
import { anEngine, aStart } from "../testing/an-engine.ts";
import type { StageRequest } from "../dispatch/dispatcher.ts";

const head = "workflow: {id: w, name: W}\nconfig: {workspace: worktree}\n";
const agent = "roles: {primary: 'agent:x'}";
const twice = "error_policy: {on_failure: continue, retry: {max_attempts: 2, initial_interval: 1s}}";

test("all attempts of a stage get the same worktree, other stages another or none", async () => {
  const asked: Pick<StageRequest, "stage_id" | "worktree_dir" | "workdir">[] = [];
  const engine = await anEngine(({ stage_id, worktree_dir, workdir, attempt }) => {
    asked.push({ stage_id, worktree_dir, workdir });
    return { ok: stage_id !== "a" || attempt === 2 };
  });
  const runId = await engine.start(
    `${head}stages: [{id: a, ${agent}, ${twice}}, {id: b, ${agent}}, {id: c, ${agent}, workspace: shared}]`,
  );
  await engine.until(() => engine.statuses(runId)["a"] === "retry_wait");
  engine.clock.advance(2_000);
  await engine.engine.ended(runId);
  const own = (stage_id: string) => ({
    stage_id,
    worktree_dir: expect.stringMatching(new RegExp(`/worktrees/${runId}/${stage_id}$`)),
    workdir: "/tmp",
  });
  expect(asked).toEqual([own("a"), own("b"), { ...own("c"), worktree_dir: null }, own("a")]);
});

test("what is swept after an attempt is told whether another one comes", async () => {
  const engine = await anEngine(({ stage_id, attempt }) => ({ ok: stage_id === "a" && attempt === 2 }));
  const runId = await engine.start(
    `${head}stages: [{id: a, ${agent}, ${twice}}, {id: b, ${agent}, ${twice}}]`,
  );
  await engine.until(() => Object.values(engine.statuses(runId)).every((status) => status === "retry_wait"));
  engine.clock.advance(2_000);
  await engine.engine.ended(runId);
  expect([...new Set(engine.agents.swept)].toSorted()).toEqual(
    ["a/1", "a/2", "b/1", "b/2"].map((each) => `${runId}/${each}`),
  );
  expect([...new Set(engine.agents.sweptLast)].toSorted()).toEqual([`${runId}/a/2`, `${runId}/b/2`]);
});

test("that goes, too, for a stage that is cancelled while it waits for its next try", async () => {
  const engine = await anEngine(() => ({ ok: false }));
  const runId = await engine.start(`${head}stages: [{id: a, ${agent}, ${twice}}]`);
  await engine.until(() => engine.statuses(runId)["a"] === "retry_wait");
  await engine.engine.signal(runId, { type: "cancel", reason: "enough" });
  await engine.engine.ended(runId);
  expect(engine.agents.sweptLast).toEqual([`${runId}/a/1`]);
});

test("a snapshot that was stored before there were worktrees has none", async () => {
  const asked: (string | null)[] = [];
  const engine = await anEngine(({ worktree_dir }) => {
    asked.push(worktree_dir);
    return { ok: true };
  });
  const { definition, ...start } = aStart(`workflow: {id: w, name: W}\nstages: [{id: a, ${agent}}]`);
  const older = JSON.stringify(definition).replaceAll(/,"(workspace":"shared"|idle_timeout":null)/g, "");
  const runId = await engine.engine.start({ ...start, definition: JSON.parse(older) as typeof definition });
  await engine.engine.ended(runId);
  expect(older).not.toMatch(/workspace|idle_timeout/);
  expect([asked, engine.view(runId).status]).toEqual([[null], "completed"]);
});
