import { describe, expect, test } from "bun:test";
import { readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { ExecutionView } from "../execution/view.ts";
import { makeFakeClaude } from "../testing/fake-claude.ts";
import { makeFakeProgram } from "../testing/fake-program.ts";
import { executable, journeys, type Journey } from "../testing/journey.ts";
import { openTerminal } from "../testing/journey-terminal.ts";
import { until } from "../testing/journey-until.ts";

/** The first minute: a workflow that is written and runs at once, with nothing installed. */

const begin = journeys();

test.each([[[]], [["my/first one"]]])(
  "what `init` writes runs by the command it prints: %p",
  async (folder: string[]) => {
    const journey = begin("init");
    const written = await journey.run(["init", ...folder]);
    expect(written.code).toBe(0);
    const command = /^run it: skillmeat (.*)$/m.exec(written.stdout)?.[1] ?? "";
    const run = command.replaceAll("'", "").replace(/^workflow run /, "");
    expect(await journey.run(["workflow", "validate", run, "--strict"])).toMatchObject({ code: 0 });
    const ended = await journey.run(["workflow", "run", run, "--param", "name=Ada Lovelace"]);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toContain("words: 3\n");
  },
);

test("what `init` writes can be stored, and runs from the collection in the same project", async () => {
  const journey = begin("init-stored");
  await journey.run(["init"]);
  expect(await journey.run(["workflow", "create", "."])).toMatchObject({ code: 0, stderr: "" });
  expect(await journey.run(["workflow", "run", "greeting"])).toMatchObject({ code: 0, stderr: "" });
});

test("`init` touches nothing where a workflow is already", async () => {
  const journey = begin("init-again");
  journey.write("WORKFLOW.yaml", "mine\n");
  const again = await journey.run(["init"]);
  expect(again).toMatchObject({ code: 4, stdout: "" });
  expect(again.stderr).toContain("WORKFLOW.yaml already");
  expect(journey.read("WORKFLOW.yaml")).toBe("mine\n");
  expect(journey.read(".claude/agents/greeter.sh")).toBe("");
  expect(await journey.run(["init", "other", "--from", "greetin"])).toMatchObject({ code: 3 });
  expect((await journey.run(["init", "--list"])).stdout).toContain("greeting");
});

test("`init` says why it cannot write", async () => {
  const journey = begin("init-file");
  journey.write("notes.txt", "mine\n");
  for (const folder of ["notes.txt", "notes.txt/below"]) {
    const { code, stderr } = await journey.run(["init", folder]);
    expect([code, stderr]).toEqual([5, expect.stringContaining("cannot be written")]);
  }
});

test("`init` takes back what it has written when the rest cannot be written", async () => {
  const journey = begin("init-half");
  symlinkSync(join(journey.folder, "nowhere"), join(journey.folder, ".claude"));
  expect((await journey.run(["init"])).code).toBe(5);
  expect(readdirSync(journey.folder).filter((name) => name !== "home")).toEqual([".claude"]);
});

test("`workflow schema` prints the JSON Schema", async () => {
  const { code, stdout } = await begin("schema").run(["workflow", "schema"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ type: "object", required: ["workflow", "stages"] });
});

describe("`init` on a terminal", () => {
  const question = "which workflow should be written?";

  /** `init` with a PATH that holds only what the test puts there. */
  function open(journey: Journey, folder: string, script: string | null) {
    const bin =
      script === null ? join(journey.folder, "nothing") : makeFakeClaude(journey.folder, script).bin;
    return openTerminal(journey, ["/usr/bin/env", `PATH=${bin}`, executable, "init", folder]);
  }

  test("asks which one where claude is installed, again after a mistype, and what it writes runs", async () => {
    const journey = begin("init-asks");
    const answers = [
      { answer: "Looked around.", files_read: ["README.md"] },
      { step: "Write a test.", reason: "There is none." },
    ];
    const results = answers.map((outputs) =>
      JSON.stringify({ type: "result", subtype: "success", is_error: false, structured_output: outputs }),
    );
    const play = `case "$(cat "${journey.folder}/claude-bin/stdin")" in
      *"next step"*) echo '${results[1]}';; *) echo '${results[0]}';; esac`;
    const terminal = open(journey, "mine", play);
    await until("it asks", () => terminal.shown().includes("number or name [1]:"));
    expect(terminal.shown()).toMatch(
      /1 {2}first-look +Claude reads [^\n]*\n +2 {2}reviewed-change [^\n]*\n +3 {2}greeting/,
    );
    terminal.type("frist-look\r");
    await until("it asks again", () => terminal.shown().includes('did you mean "first-look"?'));
    terminal.type("7\r");
    await until("it asks once more", () => terminal.shown().includes("type a number from 1 to 3"));
    expect(readdirSync(journey.folder)).not.toContain("mine");
    terminal.type("\r");
    const { code, output } = await terminal.ended;
    expect([code, output]).toEqual([0, expect.stringContaining("run it: skillmeat workflow run mine")]);
    const env = { PATH: `${journey.folder}/claude-bin:${process.env["PATH"]}` };
    expect(await journey.run(["workflow", "validate", "mine", "--strict"], { env })).toMatchObject({
      code: 0,
    });
    expect(await journey.run(["workflow", "plan", "mine", "--strict"], { env })).toMatchObject({ code: 0 });
    const ended = await journey.run(["workflow", "run", "mine", "--format", "json"], { env });
    expect(ended.code).toBe(0);
    const { steps } = JSON.parse(ended.stdout) as ExecutionView;
    expect(steps.map(({ outputs }) => outputs)).toEqual(answers);
  });

  test("takes another by its name, and Ctrl+C leaves nothing", async () => {
    const journey = begin("init-chooses");
    const first = open(journey, "one", "exit 1");
    await until("it asks", () => first.shown().includes("number or name [1]:"));
    first.type("\u0003");
    const { code, output } = await first.ended;
    expect([code, output]).toEqual([130, expect.stringContaining("nothing was written")]);
    expect(readdirSync(journey.folder)).not.toContain("one");
    const second = open(journey, "one", "exit 1");
    await until("it asks", () => second.shown().includes("number or name [1]:"));
    second.type("greeting\r");
    expect((await second.ended).code).toBe(0);
    expect(journey.read("one/WORKFLOW.yaml")).toContain("id: greeting");
  });

  test("offers one for each agent's program, and that for codex is planned and checked as it is written", async () => {
    const journey = begin("init-codex");
    const fakes = [
      makeFakeClaude(journey.folder, "exit 1"),
      makeFakeProgram(journey.folder, { name: "codex", version: "codex-cli 0.170.0", script: "exit 1" }),
    ];
    const env = { PATH: fakes.map(({ bin }) => bin).join(":") };
    const terminal = openTerminal(journey, ["/usr/bin/env", `PATH=${env.PATH}`, executable, "init", "mine"]);
    await until("it asks", () => terminal.shown().includes("number or name [1]:"));
    expect(terminal.shown()).toMatch(
      /1 {2}first-look +Claude[^]*2 {2}first-look-codex +Codex[^]*3 {2}reviewed-change[^]*4 {2}greeting/,
    );
    terminal.type("2\r");
    expect((await terminal.ended).code).toBe(0);
    expect(await journey.run(["workflow", "validate", "mine", "--strict"], { env })).toMatchObject({
      code: 0,
    });
    const plan = await journey.run(["workflow", "plan", "mine", "--strict"], { env });
    expect([plan.code, plan.stderr]).toEqual([0, ""]);
    expect(plan.stdout).toContain(`Starts: codex (${journey.folder}/codex-bin/codex 0.170.0)`);
  });

  test("asks nothing where no agent is installed, and nothing where a workflow is already", async () => {
    const journey = begin("init-asks-nothing");
    const none = await open(journey, "one", null).ended;
    expect([none.code, none.output.includes(question)]).toEqual([0, false]);
    expect(journey.read("one/WORKFLOW.yaml")).toContain("id: greeting");
    const again = await open(journey, "one", "exit 1").ended;
    expect([again.code, again.output.includes(question)]).toEqual([4, false]);
  });
});

test("`init` for a model says what is missing before it costs anything", async () => {
  const journey = begin("init-from");
  const env = { PATH: join(journey.folder, "nothing") };
  expect(await journey.run(["init", "--from", "first-look"], { env })).toMatchObject({ code: 0 });
  const { code, stderr } = await journey.run(["workflow", "run", "."], { env });
  expect([code, stderr]).toEqual([1, expect.stringContaining("npm install -g @anthropic-ai/claude-code")]);
});
