import { expect, test } from "bun:test";
import { journeys, runIdOf, type Journey } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";
import { makeFakeCodex, playCodexSample } from "../testing/fake-codex.ts";
import { signalIfThere } from "../testing/process-table.ts";

/** A stage that Codex carries out, from the agent file to the log, with a program that plays recorded streams. */

const begin = journeys();

const workflow = `
workflow: { id: fix, name: Fix }
stages:
  - id: fix
    roles: { primary: agent:fixer }
    outputs: { a: { type: integer } }
`;
const agent = "---\nname: fixer\ndescription: Fixes\ntools: Read\nmodel: opus\n---\nYou fix.\n";
const thread = "01a22921-a961-76a1-bb51-b78a65dafb77";

function prepare(journey: Journey, script: string) {
  journey.write("WORKFLOW.yaml", workflow);
  journey.write("agents/fixer.md", agent);
  const codex = makeFakeCodex(journey.folder, script);
  return { codex, env: { PATH: `${codex.bin}:${process.env["PATH"]}`, HOME: journey.folder } };
}

test("an agent file of Claude Code is carried out by codex where the run says so", async () => {
  const journey = begin("codex");
  const { env } = prepare(journey, playCodexSample("rate-limited-once"));
  const { code, stdout } = await journey.run(["workflow", "run", ".", "--dispatcher", "codex"], { env });
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("  a: 5") });
  expect(stdout).toContain("cost: unknown (1200 tokens in, 50 out)");
  expect(stdout).toMatch(/warning: "model" of \S+\.md:\d+ names "opus"/);
  expect(stdout).toMatch(/warning: "tools" of \S+\.md:\d+ has no effect/);
  expect(stdout).toContain("warning: Reconnecting... 1/1");
});

test("after kill -9 of the engine and of codex, the same attempt goes on in the same thread", async () => {
  const journey = begin("codex-crash");
  const { codex, env } = prepare(
    journey,
    [
      `echo '{"type":"thread.started","thread_id":"${thread}"}'`,
      'mkdir -p "$HOME/.codex/sessions/2026/11/29"',
      `touch "$HOME/.codex/sessions/2026/11/29/rollout-2026-11-29T20-58-25-${thread}.jsonl"`,
      'if [ ! -e "$HOME/died" ]; then echo once >"$HOME/died"; exec sleep 600; fi',
      playCodexSample("resumed"),
    ].join("\n"),
  );
  const first = journey.start(["workflow", "run", ".", "--dispatcher", "codex"], { env });
  const runId = await runIdOf(first);
  await until("codex works", () => first.stdout.includes(`codex works in the thread ${thread}`));
  await until("the next codex will not sleep", () => journey.lines("died").length === 1);
  first.kill("SIGKILL");
  await first.ended;
  for (const { group } of journey.agents()) signalIfThere(-group, "SIGKILL");

  const { code, stdout } = await journey.run(["workflow", "resume", runId], { env });
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("  a: 6") });
  expect(codex.calls().at(-1)?.slice(-3)).toEqual(["resume", thread, "-"]);
  const { steps } = await journey.execution(runId);
  expect(steps).toMatchObject([{ status: "completed", attempt_number: 1, recovered: true }]);
  expect(stdout).toContain("cost: unknown (3600 tokens in, 150 out)");
  expect(journey.attempts()).toEqual([]);
});
