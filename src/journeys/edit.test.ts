import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { journeys, executable, type ProcessEnd, type Journey } from "../testing/journey.ts";
import { openTerminal } from "../testing/journey-terminal.ts";
import { until } from "../testing/journey-until.ts";
import { scriptAgent, writeWorkflow } from "../testing/journey-workflows.ts";

/** `workflow edit` with editors of every kind, and what a person says no to. */

const begin = journeys();

describe.concurrent("an editor", () => {
  const cases: [what: string, editor: string, code: number, said: RegExp][] = [
    ["that changes nothing", "true", 0, /^nothing was changed$/m],
    ["that fails", "false", 1, /^error: the editor "false" ended with exit 1; nothing was saved$/m],
    [
      "that is not there",
      "nope -w",
      5,
      /^error: the editor "nope -w" cannot be started\. set VISUAL or EDITOR/m,
    ],
    ["that removes the file", "rm", 1, /^error: the editor "rm" has removed the file; nothing was saved$/m],
  ];
  test.each(cases)("%s", async (_what, editor, code, said) => {
    const ended = await editWith(await aStored(), { EDITOR: editor });
    expect(ended.stdout + ended.stderr).toMatch(said);
    expect(ended.stderr).not.toMatch(/this is a bug|your text is in/);
    expect(ended.code).toBe(code);
  });

  test.each([
    ["a text that does not hold", 'echo "{" >"$1"'],
    ["a text, and then fails", 'echo "#" >>"$1"; exit 3'],
    ["bytes that are no text", 'printf "\\377\\376" >"$1"'],
  ])("that leaves %s: nothing is saved, and the text is kept", async (_what, script) => {
    const journey = await aStored();
    const ended = await editWith(journey, { EDITOR: journey.write("edit.sh", `#!/bin/sh\n${script}\n`) });
    expect(ended.stderr).toMatch(/^nothing was saved; your text is in \S+$/m);
    expect(existsSync(/your text is in (\S+)$/m.exec(ended.stderr)?.[1] ?? "nowhere")).toBe(true);
    expect(ended.code).toBe(1);
  });

  test("that nobody has set, without a terminal: says what to set", async () => {
    const ended = await editWith(await aStored(), {});
    expect(ended.stderr).toMatch(/^error: there is no terminal to edit in\. set VISUAL or EDITOR/);
    expect(ended.code).toBe(2);
  });
});

describe.concurrent("a question that is answered", () => {
  test.each([
    ["no", "n\r", 1, "you did not say yes; nothing was changed"],
    ["with nothing", "\r", 1, "you did not say yes; nothing was changed"],
    ["with Ctrl+C", "\u0003", 130, "interrupted; nothing was changed"],
  ])("%s", async (_what, keys, code, said) => {
    const journey = await aStored();
    const terminal = openTerminal(journey, [executable, "workflow", "delete", "journey"]);
    await until("it asks", () => terminal.shown().includes("[y/N]"));
    terminal.type(keys);
    expect((await terminal.ended).code).toBe(code);
    expect(terminal.shown()).toContain(said);
    expect((await journey.run(["workflow", "show", "journey"])).code).toBe(0);
  });
});

async function aStored(): Promise<Journey> {
  const journey = begin("edit");
  scriptAgent(journey, "worker", "true");
  writeWorkflow(journey, { one: {} });
  expect((await journey.run(["workflow", "create", "."])).code).toBe(0);
  return journey;
}

/** What the command leaves behind lies in the journey's folder, and goes with it. */
function editWith(journey: Journey, env: Record<string, string>): Promise<ProcessEnd> {
  const TMPDIR = join(journey.folder, "tmp");
  mkdirSync(TMPDIR);
  return journey.run(["workflow", "edit", "journey"], { env: { ...env, TMPDIR } });
}
