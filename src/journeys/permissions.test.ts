import { expect, test } from "bun:test";
import { makeAskingClaude } from "../testing/asking-claude.ts";
import { journeys, runIdOf, type Journey } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";
import { writeWorkflow } from "../testing/journey-workflows.ts";

const begin = journeys();

/** A workflow of one stage whose claude asks before it does something. */
function anAskingWorkflow(name: string, script: string, config: Record<string, unknown> = {}) {
  const journey = begin(name);
  journey.write(".claude/agents/maker.md", "---\nname: maker\ndescription: d\n---\nDo it.\n");
  const claude = makeAskingClaude(journey.folder, script);
  writeWorkflow(journey, { make: { agent: "maker" } }, { permissions: "ask", ...config });
  const env = { PATH: `${claude.bin}:${process.env["PATH"]}` };
  return { journey, claude, env };
}

const asking = (journey: Journey, runId: string, id: string) =>
  until(`it asks ${id}`, async () => {
    const [step] = (await journey.execution(runId)).steps;
    return step?.permission_requests.some((each) => each.id === id && each.status === "waiting");
  });

test("claude asks, a person on another terminal allows and rejects, and claude obeys", async () => {
  const { journey, claude, env } = anAskingWorkflow(
    "permissions",
    'ask one "touch made"; allowed && touch made; ask two "rm -r all"; allowed && rm -r all; finish done',
  );
  const running = journey.start(["workflow", "run", "."], { env });
  const runId = await runIdOf(running);
  await asking(journey, runId, "one");
  const waiting = await journey.run(["workflow", "runs", "--waiting"]);
  expect(waiting.stdout).toContain('stage "make" asks for permission');
  expect(waiting.stdout).toContain("asks for Bash: touch made");
  expect(waiting.stdout).toContain("--request one");
  expect((await journey.run(["workflow", "runs"])).stdout).toContain("waiting: permission");
  expect(await journey.run(["workflow", "approve", runId, "-y"])).toMatchObject({
    code: 0,
    stdout: 'approved "make": Bash\n',
  });
  await asking(journey, runId, "two");
  const no = ["workflow", "reject", runId, "--request", "two", "--comment", "keep it", "-y"];
  expect(await journey.run(no)).toMatchObject({ code: 0 });
  const { code, stdout } = await running.ended;
  expect(code).toBe(0);
  expect(stdout).toContain("waits for permission: Bash: touch made");
  expect(stdout).toContain("approved by tester");
  expect(stdout).toContain("rejected by tester: keep it");
  expect(journey.lines("made")).toEqual([]);
  expect(claude.stdin()).toContain("This was rejected: keep it");
  expect(await journey.run(["workflow", "approve", runId, "make", "-y"])).toMatchObject({ code: 4 });
});

test("an engine that is killed while claude waits loses nothing: the next one goes on with the same claude", async () => {
  const { journey, claude, env } = anAskingWorkflow(
    "permissions-crash",
    'ask one "a"; allowed && said=yes; ask two "b"; allowed && said=$said-yes; finish $said',
  );
  const first = journey.start(["workflow", "run", "."], { env });
  const runId = await runIdOf(first);
  await asking(journey, runId, "one");
  first.kill("SIGKILL");
  await first.ended;
  // Nobody drives it: the decision is stored, and claude gets it from the next engine.
  expect(await journey.run(["workflow", "approve", runId, "-y"])).toMatchObject({ code: 0 });
  expect(claude.stdin()).not.toContain("control_response");
  const second = journey.start(["workflow", "resume", runId], { env });
  await asking(journey, runId, "two");
  second.kill("SIGKILL");
  await second.ended;
  const third = journey.start(["workflow", "resume", runId], { env });
  await until("it is driven", async () => (await journey.execution(runId)).driver?.alive);
  expect(await journey.run(["workflow", "approve", runId, "-y"])).toMatchObject({ code: 0 });
  expect(await third.ended).toMatchObject({ code: 0 });
  const [step] = (await journey.execution(runId)).steps;
  expect(step).toMatchObject({ status: "completed", text: "yes-yes", recovered: false, attempt_number: 1 });
  expect(claude.calls()).toHaveLength(1);
  const answers = claude
    .stdin()
    .split("\n")
    .filter((line) => line.includes("control_response"));
  expect(answers).toHaveLength(2);
});

/** It asks before it makes a file; started again, it asks for the same, in a session that knows its task. */
const dying =
  'echo $$ >pid; resumed && id=two || id=one; ask $id "touch made"; allowed && touch made; finish "$id done"';

/** Waits until the log says that the agent waits no longer. */
const untilGone = (journey: Journey, runId: string, why: string) =>
  until(why, async () => (await journey.run(["workflow", "runs", runId, "--logs"])).stdout.includes(why));

async function goneOn({ journey, claude }: ReturnType<typeof anAskingWorkflow>, runId: string) {
  const [step] = (await journey.execution(runId)).steps;
  expect(step).toMatchObject({
    status: "completed",
    text: "two done",
    attempt_number: 1,
    recovered: true,
    permission_requests: [
      { id: "one", status: "approved" },
      { id: "two", status: "approved" },
    ],
  });
  const [first, second, ...more] = claude.calls();
  expect(more).toEqual([]);
  expect(second?.[second.indexOf("--resume") + 1]).toBe(first?.[first.indexOf("--session-id") + 1]);
  expect(claude.stdin()).toContain("- Bash: touch made (approved)");
  expect(journey.lines("made")).toEqual([]);
}

test("claude that has waited for park_after is stopped; the decision starts it again in its session", async () => {
  const asked = anAskingWorkflow("permissions-parked", dying, { park_after: "1s" });
  const { journey, env } = asked;
  const running = journey.start(["workflow", "run", "."], { env });
  const runId = await runIdOf(running);
  await untilGone(journey, runId, "was stopped, because nobody has decided yet");
  expect(await journey.run(["workflow", "approve", runId, "-y"])).toMatchObject({ code: 0 });
  expect(await running.ended).toMatchObject({ code: 0 });
  await goneOn(asked, runId);
});

test("claude that is killed while it waits goes on in its session with the decision", async () => {
  const asked = anAskingWorkflow("permissions-killed", dying);
  const { journey, env } = asked;
  const running = journey.start(["workflow", "run", "."], { env });
  const runId = await runIdOf(running);
  await asking(journey, runId, "one");
  process.kill(Number(journey.lines("pid")[0]), "SIGKILL");
  await untilGone(journey, runId, "is gone while it waits for a decision");
  expect(await journey.run(["workflow", "approve", runId, "-y"])).toMatchObject({ code: 0 });
  expect(await running.ended).toMatchObject({ code: 0 });
  await goneOn(asked, runId);
});

test("a decision after everything was killed starts claude again in its session", async () => {
  const asked = anAskingWorkflow("permissions-reboot", dying);
  const { journey, env } = asked;
  const running = journey.start(["workflow", "run", "."], { env });
  const runId = await runIdOf(running);
  await asking(journey, runId, "one");
  running.kill("SIGKILL");
  process.kill(Number(journey.lines("pid")[0]), "SIGKILL");
  await running.ended;
  expect(await journey.run(["workflow", "approve", runId, "-y"])).toMatchObject({ code: 0 });
  expect(await journey.run(["workflow", "resume", runId], { env })).toMatchObject({ code: 0 });
  await goneOn(asked, runId);
});

test("only those whom the workflow names may decide", async () => {
  const { journey, env } = anAskingWorkflow("permissions-who", 'ask one "a"; finish done', {
    permissions_approvers: ["ada"],
  });
  const running = journey.start(["workflow", "run", "."], { env });
  const runId = await runIdOf(running);
  await asking(journey, runId, "one");
  const refused = await journey.run(["workflow", "approve", runId, "-y"]);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("permissions_approvers: ada") });
  expect(await journey.run(["workflow", "approve", runId, "--as", "ada", "--always", "-y"])).toMatchObject({
    code: 0,
    stdout: 'approved "make": Bash, and every call of Bash in this step\n',
  });
  expect((await running.ended).code).toBe(0);
});
