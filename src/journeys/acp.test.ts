import { expect, test } from "bun:test";
import { join } from "node:path";
import { aRepository } from "../testing/a-repository.ts";
import { makeFakeAcpAgent } from "../testing/fake-acp-agent.ts";
import { journeys, runIdOf, type Journey } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";
import { writeWorkflow } from "../testing/journey-workflows.ts";
import { signalIfThere } from "../testing/process-table.ts";

/** Stages that are done by a program which speaks the Agent Client Protocol, from the agent file to the log. */

const begin = journeys();

/** A workflow of one stage, whose agent plays this turn. */
function prepare(journey: Journey, play: string, config: Record<string, unknown> = {}, head: string[] = []) {
  const scenario = `export async function play(agent) { ${play} }`;
  const agent = makeFakeAcpAgent(journey.folder, scenario, "robot");
  const command = `command: ["${agent.path}", "--acp"]`;
  const lines = [
    "---",
    "name: maker",
    "description: Makes",
    "dispatcher: acp",
    command,
    ...head,
    "---",
    "You make.",
    "",
  ];
  journey.write("agents/maker.md", lines.join("\n"));
  writeWorkflow(journey, { make: { agent: "maker", outputs: { count: { type: "integer" } } } }, config);
  return agent;
}

const call = (id: string, title: string): string =>
  JSON.stringify({ toolCallId: id, kind: "execute", title, rawInput: { command: title } });
const done = 'await agent.submit({ count: 4 }); agent.say("All done."); return "end_turn";';

const asking = (journey: Journey, runId: string, id: string) =>
  until(`it asks ${id}`, async () => {
    const [step] = (await journey.execution(runId)).steps;
    return step?.permission_requests.some((each) => each.id === id && each.status === "waiting");
  });

test("an agent hands in wrong outputs, is told so in the same turn, and corrects them", async () => {
  const journey = begin("acp");
  const agent = prepare(
    journey,
    `agent.update({ sessionUpdate: "tool_call", toolCallId: "t", title: "ls", kind: "execute", status: "in_progress" });
     agent.update({ sessionUpdate: "tool_call_update", toolCallId: "t", status: "completed", rawOutput: "a.txt" });
     agent.update({ sessionUpdate: "a_new_kind" });
     const { text } = await agent.submit({ count: "four" });
     agent.say("corrects: " + text);
     ${done}`,
  );
  const { code, stdout } = await journey.run(["workflow", "run", "."]);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("  count: 4") });
  expect(stdout).toContain("execute: ls");
  expect(stdout).toContain("result: a.txt");
  expect(stdout).toContain(
    'corrects: the outputs are not taken. correct this and call the tool again: - output "count"',
  );
  expect(stdout).toContain("robot wrote messages of kinds that this version does not know: a_new_kind (1)");
  expect(agent.told().map(({ method }) => method)).toEqual(["initialize", "session/new", "session/prompt"]);
  expect(journey.agents()).toEqual([]);
});

test("the program of config.toml does what an agent file without a command asks for", async () => {
  const journey = begin("acp-config");
  const agent = prepare(journey, done);
  journey.write("agents/maker.md", "---\nname: maker\ndescription: d\n---\nYou make.\n");
  const missing = await journey.run(["workflow", "run", ".", "--dispatcher", "acp"]);
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('command: ["gemini", "--acp"]') });
  journey.write(
    "home/config.toml",
    `[dispatch]\ndefault = "acp"\n[dispatch.acp]\ncommand = ["${agent.path}"]\n`,
  );
  const plan = await journey.run(["workflow", "plan", "."]);
  expect(plan.stdout).toContain(`Starts: acp (${agent.path})`);
  expect(await journey.run(["workflow", "run", "."])).toMatchObject({ code: 0 });
});

test("what no rule allows is denied, or fails the stage", async () => {
  const turn = `agent.say(await agent.ask(${call("t", "rm a")})); ${done}`;
  const denied = begin("acp-deny");
  prepare(denied, turn);
  const { code, stdout } = await denied.run(["workflow", "run", "."]);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("  count: 4") });
  expect(stdout).toContain('execute was denied, because no entry of "tools" allows it: rm a');

  const failing = begin("acp-fail");
  prepare(failing, turn, { permissions: "fail" });
  const failed = await failing.run(["workflow", "run", "."]);
  expect(failed).toMatchObject({ code: 1, stdout: expect.stringContaining("permission_denied") });

  const allowed = begin("acp-allow");
  prepare(allowed, turn, { permissions: "fail" }, ["tools: [Bash]"]);
  expect(await allowed.run(["workflow", "run", "."])).toMatchObject({ code: 0 });
});

test("an agent asks, people allow and reject, and each engine that follows it says the rest", async () => {
  const journey = begin("acp-ask");
  const agent = prepare(
    journey,
    `const one = await agent.ask(${call("t1", "touch made")});
     const two = await agent.ask(${call("t2", "rm made")});
     agent.say(one + "-" + two); await agent.submit({ count: 1 }); return "end_turn";`,
    { permissions: "ask" },
  );
  const first = journey.start(["workflow", "run", "."]);
  const runId = await runIdOf(first);
  await asking(journey, runId, "0");
  first.kill("SIGKILL");
  await first.ended;
  expect(await journey.run(["workflow", "approve", runId, "-y"])).toMatchObject({
    code: 0,
    stdout: 'approved "make": execute\n',
  });
  const second = journey.start(["workflow", "resume", runId]);
  await asking(journey, runId, "1");
  expect(await journey.run(["workflow", "reject", runId, "-y"])).toMatchObject({ code: 0 });
  expect(await second.ended).toMatchObject({ code: 0 });
  const [step] = (await journey.execution(runId)).steps;
  expect(step).toMatchObject({ status: "completed", text: "yes-no", recovered: false, attempt_number: 1 });
  expect(agent.told()).toHaveLength(5);
});

test("after kill -9 of the engine and of the agent, the same attempt goes on in its session", async () => {
  const journey = begin("acp-crash");
  const agent = prepare(
    journey,
    `if (agent.session.how === "new") { agent.say("begun"); agent.update({ sessionUpdate: "plan", entries: [] }); await agent.file("never"); }
     ${done}`,
  );
  const first = journey.start(["workflow", "run", "."]);
  const runId = await runIdOf(first);
  await until("the agent works", () => first.stdout.includes("begun"));
  first.kill("SIGKILL");
  await first.ended;
  for (const { group } of journey.agents()) signalIfThere(-group, "SIGKILL");
  await until("the agent is gone", () => journey.agents().length === 0);
  const { code, stdout } = await journey.run(["workflow", "resume", runId]);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("  count: 4") });
  const methods = agent.told().map(({ method }) => method);
  expect(methods.slice(-3)).toEqual(["initialize", "session/load", "session/prompt"]);
  const log = await journey.run(["workflow", "runs", runId, "--logs"]);
  expect(log.stdout.match(/begun/g)).toHaveLength(1);
  expect((await journey.execution(runId)).steps[0]).toMatchObject({ recovered: true, attempt_number: 1 });
});

test("a cancelled execution leaves no process of the agent", async () => {
  const journey = begin("acp-cancel");
  const agent = prepare(
    journey,
    `Bun.spawn(["sleep", "600"], { detached: true }); agent.say("begun"); agent.update({ sessionUpdate: "plan", entries: [] });
     await agent.file("never");`,
  );
  const running = journey.start(["workflow", "run", "."]);
  const runId = await runIdOf(running);
  await until("the agent works", () => running.stdout.includes("begun"));
  expect(await journey.run(["workflow", "cancel", runId, "-y"])).toMatchObject({ code: 0 });
  expect((await running.ended).code).not.toBe(0);
  expect(agent.told().at(-1)).toMatchObject({ method: "session/cancel" });
  expect(journey.agents()).toEqual([]);
});

test("an agent of a stage with a worktree opens its session there", async () => {
  const journey = begin("acp-worktree");
  aRepository(journey.folder);
  const agent = prepare(journey, done, { workspace: "worktree" });
  const running = journey.start(["workflow", "run", "."]);
  const runId = await runIdOf(running);
  expect(await running.ended).toMatchObject({ code: 0 });
  const cwd = join(journey.home, "worktrees", runId, "make");
  expect(agent.told()[1]).toMatchObject({ method: "session/new", params: { cwd } });
});

test("an agent that uses a budget up is told to end its turn, and goes on in its session when there is more", async () => {
  const journey = begin("acp-budget");
  const cost = { sessionUpdate: "usage_update", cost: { amount: 0.5, currency: "USD" } };
  const agent = prepare(
    journey,
    `if (agent.session.how === "new") { agent.update(${JSON.stringify(cost)}); await agent.file("never"); }
     agent.update(${JSON.stringify({ ...cost, cost: { amount: 0.75, currency: "USD" } })}); ${done}`,
    { budget: { usd: 0.4 } },
  );
  const running = journey.start(["workflow", "run", "."]);
  const runId = await runIdOf(running);
  expect((await running.ended).code).toBe(1);
  expect(await journey.execution(runId)).toMatchObject({ status: "paused", pause_reason: "budget" });
  expect(agent.told().at(-1)).toMatchObject({ method: "session/cancel" });
  const { code } = await journey.run(["workflow", "resume", runId, "--budget", "usd=2"]);
  expect(code).toBe(0);
  expect(agent.told().map(({ method }) => method)).toContain("session/load");
  const [step] = (await journey.execution(runId)).steps;
  expect(step).toMatchObject({ status: "completed", cost: { usd: 0.75 } });
});
