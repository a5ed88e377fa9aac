import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { DispatchConfig } from "../dispatch/choose-dispatcher.ts";
import { makeFakeCodex } from "../testing/fake-codex.ts";
import { makeFakeClaude } from "../testing/fake-claude.ts";
import { aRepository } from "../testing/a-repository.ts";
import { printPlan } from "../workflow/print-plan.ts";
import type { Finding } from "../workflow/finding.ts";
import { checkDefinition } from "./check-definition.ts";
import { planRun } from "./plan-run.ts";
import type { StartOptions } from "./start-trouble.ts";

const folder = mkdtempSync(join(tmpdir(), "skillmeat-preflight-"));
const nobody: DispatchConfig = { default: "claude-code", agents: new Map() };
/** An agent that has no tools, and whose dispatcher knows no permissions. */
const none = { tools: [], allows: null };
const head = "name: x\ndescription: d\n";

beforeAll(() => {
  write("run.sh", "#!/bin/sh\n", 0o755);
  write("plain.sh", "#!/bin/sh\n");
  write("windows.sh", "#!/bin/sh\r\necho\r\n", 0o755);
  write("odd.sh", "#!/opt/none/python9\n", 0o755);
  write("env.sh", "#!/usr/bin/env python9\n", 0o755);
  mkdirSync(join(folder, "agents/afolder"), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("an agent that cannot start", () => {
  const cases: [what: string, file: string | null, code: string, says: RegExp, wayOut: RegExp][] = [
    ["is nowhere", null, "agent_missing", /agent "agent:x" is nowhere/, /simulated needs no agent/],
    ["is a README", "# Read me\n", "agent_broken", /no front matter/, /fix the file/],
    ["is empty", "", "agent_broken", /the file is empty/, /fix the file/],
    ["is fenced", "```\n---\nname: x\n---\n```\n", "agent_broken", /code fence/, /fix the file/],
    ["has no end", `---\n${head}`, "agent_broken", /has no end/, /fix the file/],
    [
      "has a text for a command",
      agent('"./run.sh -v"'),
      "agent_broken",
      /write \["\.\/run\.sh", "-v"\]/,
      /fix/,
    ],
    ["has an empty command", agent("[]"), "agent_broken", /must be a list such as/, /fix/],
    ["has a command of other things", agent('["./run.sh", {a: b}]'), "agent_broken", /only texts/, /fix/],
    [
      "has no command",
      `---\n${head}dispatcher: command\n---\n`,
      "command_missing",
      /has no command/,
      /add command/,
    ],
    [
      "names no dispatcher of ours",
      `---\n${head}dispatcher: robot\n---\n`,
      "dispatcher_missing",
      /"robot", only/,
      /--dispatcher/,
    ],
    [
      "misspells one",
      `---\n${head}dispatcher: comand\n---\n`,
      "dispatcher_missing",
      /"comand"/,
      /mean "command"\?/,
    ],
    [
      "has no script",
      agent('["./nope.sh"]'),
      "program_missing",
      /no .*\/agents\/nope\.sh/,
      /correct its path/,
    ],
    [
      "has no script for its shell",
      agent('["sh", "./nope.sh"]'),
      "program_missing",
      /nope\.sh/,
      /correct its path/,
    ],
    ["has no program", agent('["not-a-program-x"]'), "program_missing", /not in PATH/, /install it/],
    ["names a folder", agent('["./afolder"]'), "program_not_executable", /is a folder/, /a program in it/],
    ["may not be run", agent('["./plain.sh"]'), "program_not_executable", /not executable/, /chmod \+x/],
    [
      "comes from Windows",
      agent('["./windows.sh"]'),
      "carriage_return",
      /ends in a carriage return/,
      /sed -i/,
    ],
    [
      "has no interpreter",
      agent('["./odd.sh"]'),
      "interpreter_missing",
      /"\/opt\/none\/python9"/,
      /install it/,
    ],
    ["has none in PATH", agent('["./env.sh"]'), "interpreter_missing", /"python9"/, /install it/],
  ];

  test.each(cases)(
    "because it %s is told with its stage, its place and a way out",
    async (_, file, code, says, wayOut) => {
      rmSync(join(folder, "agents/x.md"), { force: true });
      if (file !== null) write("x.md", file);
      const [found, ...others] = await findingsOf(workflow("{id: a, roles: {primary: agent:x}}"));
      expect(others).toEqual([]);
      expect(found).toMatchObject({ severity: "error", category: "preflight", code, stage_id: "a", line: 3 });
      expect(found?.path).toBe("stages[0].roles.primary.artifact");
      expect(found?.message).toStartWith('stage "a" cannot start: ');
      expect(found?.message).toMatch(says);
      expect(found?.hint).toMatch(wayOut);
    },
  );
});

describe("before a start", () => {
  test("all that is missing is told in one answer, in the order of the file", async () => {
    write("good.md", agent('["./run.sh"]'));
    write("bad.md", agent('["./nope.sh"]'));
    const text = workflow(
      "{id: a, roles: {primary: agent:bad}}",
      "{id: b, roles: {primary: agent:good}}",
      "{id: c, type: gate, gate: {}}",
      "{id: d, roles: {primary: agent:gone}}",
      "{id: e, roles: {primary: agent:bad}}",
    );
    expect((await findingsOf(text)).map(({ stage_id, code }) => `${stage_id} ${code}`)).toEqual([
      "a program_missing",
      "d agent_missing",
      "e program_missing",
    ]);
  });

  test("the working directory is asked for once", async () => {
    write("good.md", agent('["./run.sh"]'));
    const text = workflow("{id: a, roles: {primary: agent:good}}", "{id: b, roles: {primary: agent:good}}");
    const [found, ...others] = await findingsOf(text, { workdir: join(folder, "nowhere") });
    expect(others).toEqual([]);
    expect(found).toMatchObject({ code: "workdir_missing", stage_id: "a" });
    expect(found?.hint).toContain("--workdir");
  });

  test("a worktree wants a git repository with a commit", async () => {
    write("good.md", agent('["./run.sh"]'));
    const text = workflow(
      "{id: a, roles: {primary: agent:good}}",
      "{id: b, workspace: worktree, roles: {primary: agent:good}}",
    );
    expect(await findingsOf(text)).toMatchObject([
      { code: "repository_missing", stage_id: "b", hint: expect.stringContaining('"workspace: shared"') },
    ]);
    const repository = join(folder, "repository");
    mkdirSync(repository);
    aRepository(repository);
    expect(await findingsOf(text, { workdir: repository })).toEqual([]);
  });

  test("nothing is asked of what is simulated: by the run, by the configuration, by the agent itself", async () => {
    write("broken.md", "");
    write("fake.md", `---\n${head}dispatcher: simulated\n---\n`);
    const text = workflow(
      "{id: a, workspace: worktree, roles: {primary: agent:gone}}",
      "{id: b, roles: {primary: agent:broken}}",
      "{id: c, roles: {primary: agent:fake}}",
    );
    const nowhere = { workdir: join(folder, "nowhere") };
    expect(await findingsOf(text, { ...nowhere, dispatcher: "simulated" })).toEqual([]);
    expect(await findingsOf(text, nowhere, { default: "simulated", agents: new Map() })).toEqual([]);
    const some = new Map([["agent:gone", "simulated"]]);
    const left = await findingsOf(text, {}, { default: "command", agents: some });
    expect(left.map(({ stage_id }) => stage_id)).toEqual(["b"]);
  });

  test("an agent that names no dispatcher wants claude in PATH", async () => {
    write("unnamed.md", `---\nname: unnamed\ndescription: d\n---\n`);
    const text = workflow("{id: a, roles: {primary: agent:unnamed}}");
    const options = { env: { PATH: join(folder, "nowhere") } };
    expect(await findingsOf(text, options)).toMatchObject([
      {
        code: "program_missing",
        message: expect.stringContaining('"claude"'),
        hint: expect.stringContaining("npm"),
      },
    ]);
    const { bin } = makeFakeClaude(folder, "exit 0");
    expect(await findingsOf(text, { env: { PATH: bin } })).toEqual([]);
  });

  const unfit: [what: string, version: string, code: string, says: RegExp, hint: RegExp][] = [
    ["is too old", "2.0.14", "program_old", /Claude Code 2\.0\.14, and at least 2\.1\.197/, /claude update/],
    ["has no version", "what?", "program_unknown", /does not answer "--version"/, /reinstall it/],
  ];
  test.each(unfit)("a claude that %s is told before it is paid for", async (_, version, code, says, hint) => {
    write("unnamed.md", `---\nname: unnamed\ndescription: d\n---\n`);
    const { bin } = makeFakeClaude(join(folder, code), "exit 0", version);
    const found = await findingsOf(workflow("{id: a, roles: {primary: agent:unnamed}}"), {
      env: { PATH: bin },
    });
    expect(found).toMatchObject([{ code, stage_id: "a" }]);
    expect(found[0]?.message).toMatch(says);
    expect(found[0]?.hint).toMatch(hint);
  });

  test("an agent of codex wants codex in PATH, at least 0.169", async () => {
    write("writer.md", `---\nname: writer\ndescription: d\ndispatcher: codex\n---\n`);
    const text = workflow("{id: a, roles: {primary: agent:writer}}");
    const options = { env: { PATH: join(folder, "nowhere") } };
    expect(await findingsOf(text, options)).toMatchObject([
      {
        code: "program_missing",
        message: expect.stringContaining('"codex"'),
        hint: expect.stringContaining("npm install -g @openai/codex"),
      },
    ]);
    const old = makeFakeCodex(join(folder, "old"), "exit 0", "0.168.0");
    expect(await findingsOf(text, { env: { PATH: old.bin } })).toMatchObject([{ code: "program_old" }]);
    const { bin } = makeFakeCodex(folder, "exit 0");
    expect(await findingsOf(text, { env: { PATH: bin } })).toEqual([]);
  });

  test("a PATH that an expression makes is not guessed at", async () => {
    write("x.md", agent('["not-a-program-x"]'));
    const text = `config: {env: {PATH: "/opt:\${{ run.id }}"}}\n${workflow("{id: a, roles: {primary: agent:x}}")}`;
    expect(await findingsOf(text)).toEqual([]);
  });
});

describe("a plan", () => {
  test("says what is started for each stage: dispatcher, program, version and tools", async () => {
    write("good.md", agent('["./run.sh", "-v"]'));
    write("model.md", `---\n${head}tools: Read, Grep\n---\n`);
    write("fake.md", `---\n${head}dispatcher: simulated\n---\n`);
    const { bin } = makeFakeClaude(join(folder, "plan"), "exit 0");
    const text = workflow(
      "{id: a, roles: {primary: agent:good}}",
      "{id: b, roles: {primary: agent:model, tools: [skill:web]}}",
      "{id: c, type: gate, gate: {}}",
      "{id: d, roles: {primary: agent:gone}}",
      "{id: e, roles: {primary: agent:fake}}",
    );
    const { plan } = await planned(text, { env: { PATH: bin } });
    const program = join(bin, "claude");
    const rules = { tools: ["Read", "Grep", "skill:web"], allows: "rules" as const };
    expect(plan.batches.flatMap(({ stages }) => stages.map(({ id, start }) => [id, start]))).toEqual([
      ["a", { dispatcher: "command", program: join(folder, "agents/run.sh"), version: null, ...none }],
      ["b", { dispatcher: "claude-code", program, version: "2.1.332", ...rules }],
      ["c", null],
      ["d", null],
      ["e", { dispatcher: "simulated", program: null, version: null, ...none }],
    ]);
    const printed = printPlan(plan);
    expect(printed).toContain(
      `      Starts: claude-code (${program} 2.1.332)\n      Allows: Read, Grep, skill:web\n`,
    );
    expect(printed).toContain("      Starts: simulated\n");
  });

  test("names no program that cannot be started", async () => {
    write("unnamed.md", `---\nname: unnamed\ndescription: d\n---\n`);
    const text = workflow("{id: a, roles: {primary: agent:unnamed}}");
    const { plan } = await planned(text, { env: { PATH: join(folder, "nowhere") } });
    expect(printPlan(plan)).toContain("Starts: claude-code\n      Allows: only what needs no permission\n");
    expect(plan.preflight).toHaveLength(1);
  });
});

describe("what an agent's file says and its dispatcher does not do", () => {
  const text = workflow(
    "{id: a, roles: {primary: agent:keys}}",
    "{id: b, roles: {primary: agent:keys}}",
    "{id: c, roles: {primary: {artifact: agent:keys, model: haiku}}}",
  );

  test.each<[dispatcher: string, model: string | null, warnings: RegExp[]]>([
    ["claude-code", "opus", [/^"hooks" of \S+keys\.md:7 has no effect/]],
    [
      "codex",
      null,
      [
        /^"model" of \S+keys\.md:4 names "opus"/,
        /^"tools" of \S+keys\.md:5 has no effect/,
        /^"maxTurns" of \S+keys\.md:6 has no effect/,
        /^"hooks" of \S+keys\.md:7 has no effect/,
        /^"model" of the stage names "haiku"/,
      ],
    ],
    ["simulated", "opus", []],
  ])(
    "is a warning of the plan under %s, told once, and the plan shows the real model",
    async (dispatcher, model, warnings) => {
      write("keys.md", `---\n${head}model: opus\ntools: Read\nmaxTurns: 3\nhooks: {Stop: []}\n---\n`);
      const [claude, codex] = [
        makeFakeClaude(join(folder, "keys"), "exit 0"),
        makeFakeCodex(join(folder, "keys"), "exit 0"),
      ];
      const { plan } = await planned(text, { dispatcher, env: { PATH: `${claude.bin}:${codex.bin}` } });
      expect(plan.preflight).toEqual([]);
      expect(plan.batches[0]?.stages[0]?.model).toBe(model);
      const told = plan.validation.warnings.filter(({ code }) => code === "key_ignored");
      expect(told).toHaveLength(warnings.length);
      for (const [at, says] of warnings.entries()) expect(told[at]?.message).toMatch(says);
      for (const each of told)
        expect(each).toMatchObject({ severity: "warning", line: each.stage_id === "c" ? 5 : 3 });
    },
  );

  test("is a model only where a program is told one: not the default where a command runs", async () => {
    write("good.md", agent('["./run.sh"]'));
    const named = workflow(
      "{id: a, roles: {primary: agent:good}}",
      "{id: b, roles: {primary: {artifact: agent:good, model: haiku}}}",
    );
    const { plan } = await planned(named);
    expect(plan.batches.flatMap(({ stages }) => stages.map(({ model }) => model))).toEqual([null, "haiku"]);
    expect(printPlan(plan)).toContain("      Agent: agent:good\n");
  });

  test.each([
    ["claude-code", "bypassPermissions"],
    ["claude-code", "auto"],
    ["acp", "bypassPermissions"],
  ])("refuses the start where %s refuses its permission mode %s", async (dispatcher, mode) => {
    write("wild.md", `---\n${head}permissionMode: ${mode}\ncommand: ["./run.sh"]\n---\n`);
    const { bin } = makeFakeClaude(join(folder, "wild"), "exit 0");
    const wild = workflow("{id: a, roles: {primary: agent:wild}}");
    const found = await findingsOf(wild, { dispatcher, env: { PATH: bin } });
    expect(found).toMatchObject([{ code: "mode_refused", stage_id: "a", line: 3 }]);
    expect(found[0]?.message).toMatch(
      /"permissionMode" of \S+wild\.md:4 is ".*", which would let the agent do anything/,
    );
    expect(found[0]?.hint).toContain('allow what the agent needs with "tools"');
  });
});

describe("a strict check", () => {
  test("tells what the rules find and what is missing for a start, each once", async () => {
    write("bad.md", agent('["./nope.sh"]'));
    write("empty.md", "");
    const text = workflow(
      "{id: a, roles: {primary: agent:gone}}",
      "{id: b, roles: {primary: agent:empty}}",
      "{id: c, roles: {primary: agent:bad}}",
    );
    const strict = await checked(text, true);
    expect(strict.valid).toBe(false);
    expect(strict.errors.map(({ code }) => code)).toEqual([
      "unknown_artifact",
      "broken_agent",
      "program_missing",
    ]);
    const lenient = await checked(text, false);
    expect(lenient.valid).toBe(true);
    expect(lenient.warnings.map(({ code }) => code)).toEqual(["unknown_artifact", "broken_agent"]);
  });
});

function workflow(...stages: string[]): string {
  return `workflow: {id: w, name: W}\nstages:\n${stages.map((stage) => `  - ${stage}\n`).join("")}`;
}

function agent(command: string): string {
  return `---\n${head}dispatcher: command\ncommand: ${command}\n---\nDo it.\n`;
}

function write(name: string, text: string, mode = 0o644): void {
  const file = join(folder, "agents", name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode });
}

function place(dispatch: DispatchConfig) {
  return { home: join(folder, "home"), userHome: join(folder, "user"), dispatch, log: () => {} };
}

function optionsOf(given: Partial<StartOptions>): StartOptions {
  return { workdir: folder, dispatcher: null, env: { PATH: process.env["PATH"] ?? "" }, ...given };
}

function sourceOf(text: string) {
  return { text, file: "w.yaml", beside: folder, workflow_id: null };
}

async function findingsOf(...given: Parameters<typeof planned>): Promise<Finding[]> {
  return (await planned(...given)).plan.preflight;
}

function planned(
  text: string,
  options: Partial<StartOptions> = {},
  dispatch = nobody,
): ReturnType<typeof planRun> {
  const wish = {
    source: sourceOf(text),
    parameters: {},
    coerce: true,
    swaps: { agents: [], modules: [] },
    swapNames: { agents: "--agent", modules: "--context" },
    options: optionsOf(options),
  };
  return planRun(wish, place(dispatch));
}

function checked(text: string, isStrict: boolean) {
  return checkDefinition(sourceOf(text), { isStrict, options: optionsOf({}) }, place(nobody));
}
