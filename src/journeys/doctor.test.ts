import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ProgramFacts } from "../dispatch/look-at-program.ts";
import { makeFakeProgram } from "../testing/fake-program.ts";
import { makeFakeAcpAgent } from "../testing/fake-acp-agent.ts";
import { journeys, type Journey } from "../testing/journey.ts";
import { processesWith } from "../testing/process-table.ts";

/** What doctor says of the programs of agents. PATH has only what the test puts there. */

const begin = journeys();

interface Played {
  name: string;
  version: string;
  script?: string;
}

async function look(journey: Journey, played: readonly Played[], env: Record<string, string> = {}) {
  const bins = played.map((each) => makeFakeProgram(journey.folder, { script: "exit 1", ...each }).bin);
  const how = { env: { PATH: [...bins, join(journey.folder, "nothing")].join(":"), ...env } };
  const table = await journey.run(["doctor"], how);
  const json = await journey.run(["doctor", "--format", "json"], how);
  const { programs } = JSON.parse(json.stdout) as { programs: ProgramFacts[] };
  const of = (name: string) => programs.find((each) => each.name === name);
  const row = (name: string): string =>
    table.stdout.split("\n").find((line) => line.startsWith(`${name} `)) ?? "";
  return { table, json, of, row };
}

const loggedIn = `case "$1" in auth) echo '{"loggedIn": true, "email": "ada@example.com"}';; esac`;
const loggedOut = `case "$1" in auth) echo '{"loggedIn": false}'; exit 1;; esac`;

test("a machine without an agent is no failure, and doctor says how to get each", async () => {
  const journey = begin("doctor-none");
  const { table, json, of, row } = await look(journey, []);
  expect([table.code, json.code]).toEqual([0, 0]);
  for (const name of ["claude", "codex", "gemini", "opencode"]) {
    expect(row(name)).toMatch(/missing +not in PATH$/);
    expect(of(name)).toMatchObject({ path: null, version: null, logged_in: null });
    expect(table.stdout).toContain(`  ${name}: ${of(name)?.way_out}\n`);
  }
  expect(table.stdout).toContain("claude: npm install -g @anthropic-ai/claude-code\n");
  expect(existsSync(journey.home)).toBe(false);
});

test("an agent's row names its version, its login, what its dispatcher makes of it and where it is", async () => {
  const journey = begin("doctor-claude");
  const { of, row, table } = await look(journey, [
    { name: "claude", version: "2.1.332 (Claude Code)", script: loggedIn },
    { name: "gemini", version: "0.9.1" },
  ]);
  const path = join(journey.folder, "claude-bin", "claude");
  expect(row("claude")).toContain(
    "2.1.332 (at least 2.1.197); logged in; claude-code: native schema, resumes",
  );
  expect(row("claude")).toEndWith(path);
  expect(of("claude")).toMatchObject({
    dispatcher: "claude-code",
    path,
    version: "2.1.332",
    least_version: "2.1.197",
    is_old: false,
    logged_in: true,
    abilities: { schema: "native", resume: true, permissions: "rules", cost: "reported" },
    way_out: null,
  });
  expect(table.stdout).not.toContain("ada@example.com");
  expect(of("gemini")).toMatchObject({
    dispatcher: "acp",
    version: "0.9.1",
    logged_in: false,
    abilities: { schema: "mcp", resume: true, permissions: "rules", cost: "price_table" },
  });
});

test("an agent that is too old or not logged in is shown with the command that helps, and is no failure", async () => {
  const journey = begin("doctor-unfit");
  const old = await look(journey, [{ name: "claude", version: "2.0.1", script: loggedIn }]);
  expect(old.row("claude")).toMatch(/ old +2\.0\.1, at least 2\.1\.197 is needed; logged in/);
  expect(old.table.stdout).toContain("  claude: claude update\n");
  const out = await look(journey, [
    { name: "claude", version: "2.1.332", script: loggedOut },
    { name: "codex", version: "codex-cli 0.170.0" },
  ]);
  expect(out.row("claude")).toMatch(/ missing +2\.1\.332 \(at least 2\.1\.197\); not logged in/);
  expect(out.table.stdout).toContain("  claude: claude auth login\n  codex: codex login\n");
  expect([old.table.code, out.table.code]).toEqual([0, 0]);
});

test("a key counts as a login, and is never shown", async () => {
  const journey = begin("doctor-keys");
  const keys = { ANTHROPIC_API_KEY: "sk-ant-of-mine", GEMINI_API_KEY: "g-of-mine" };
  const { row, table, json } = await look(
    journey,
    [
      { name: "claude", version: "2.1.332", script: loggedOut },
      { name: "gemini", version: "0.9.1" },
    ],
    keys,
  );
  expect(row("claude")).toContain("; logged in by ANTHROPIC_API_KEY; ");
  expect(row("gemini")).toContain("; logged in by GEMINI_API_KEY; ");
  expect(table.stdout + json.stdout).not.toContain("of-mine");
});

test("what a login has left counts where the program does not answer", async () => {
  const journey = begin("doctor-files");
  journey.write(".claude/.credentials.json", "{}");
  const played = [
    { name: "claude", version: "2.1.332", script: "echo what?" },
    { name: "opencode", version: "1.0.0" },
  ];
  const { row, of } = await look(journey, played, { HOME: journey.folder });
  expect(row("claude")).toContain(`; logged in by ${journey.folder}/.claude/.credentials.json; `);
  expect(of("opencode")).toMatchObject({ logged_in: false, way_out: "opencode auth login" });
});

test("a file of that name that is no such program is told", async () => {
  const journey = begin("doctor-broken");
  const { row, of, table } = await look(journey, [{ name: "claude", version: "hello" }]);
  expect(row("claude")).toContain('claude: it does not answer "--version" with a version');
  expect(of("claude")).toMatchObject({ version: null, way_out: "npm install -g @anthropic-ai/claude-code" });
  expect(table.code).toBe(0);
});

test("with --deep each program of the Agent Client Protocol says what it is, and none is left behind", async () => {
  const journey = begin("doctor-deep");
  const facts = {
    agentInfo: { name: "robot", title: "Robot", version: "4.2.0" },
    authMethods: [{ id: "a", name: "Log in" }],
  };
  const play = "export const play = async () => 'end_turn';";
  const robot = makeFakeAcpAgent(
    journey.folder,
    `${play}\nexport const hello = ${JSON.stringify(facts)};`,
    "robot",
  );
  const other = makeFakeAcpAgent(
    journey.folder,
    `${play}\nexport const hello = { protocolVersion: 3 };`,
    "other",
  );
  const deaf = journey.write("deaf.sh", "#!/bin/sh\nsleep 600 &\nwait\n");
  for (const [name, path] of Object.entries({ robot: robot.path, other: other.path, deaf }))
    journey.write(
      `.claude/agents/${name}.md`,
      `---\nname: ${name}\ndescription: d\ndispatcher: acp\ncommand: ["${path}"]\n---\n`,
    );
  const plain = await look(journey, []);
  expect(plain.table.stdout).not.toContain("acp robot");
  const env = { PATH: `${join(journey.folder, "nothing")}:/usr/bin:/bin` };
  const { code, stdout } = await journey.run(["doctor", "--deep"], { env });
  expect(code).toBe(0);
  const row = (name: string) => stdout.split("\n").find((line) => line.startsWith(`acp ${name} `));
  expect(row("robot")).toMatch(/ ok +Robot 4\.2\.0, version 1 of ACP; loads sessions; MCP by stdio; /);
  expect(row("other")).toMatch(/ missing .*it speaks version 3 of the protocol, and 1 is needed/);
  expect(row("deaf.sh")).toMatch(/ missing .*it has not answered "initialize" within 5 s/);
  expect(processesWith(`HOME=${journey.folder}`)).toEqual([]);
  const json = await journey.run(["doctor", "--deep", "--format", "json"], { env });
  expect(JSON.parse(json.stdout)).toMatchObject({
    acp: expect.arrayContaining([
      {
        command: [robot.path],
        hello: {
          name: "Robot",
          version: "4.2.0",
          protocol: 1,
          capabilities: ["loads sessions", "MCP by stdio"],
          logins: ["Log in"],
        },
        trouble: null,
      },
    ]),
  });
});
