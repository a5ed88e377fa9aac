import { expect, test } from "bun:test";
import { journeys } from "../testing/journey.ts";

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

test("`workflow schema` prints the JSON Schema", async () => {
  const { code, stdout } = await begin("schema").run(["workflow", "schema"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ type: "object", required: ["workflow", "stages"] });
});
