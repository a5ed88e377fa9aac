import { beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { DispatchConfig } from "../dispatch/choose-dispatcher.ts";
import { makeFakeClaude } from "../testing/fake-claude.ts";
import { agentsOf } from "./compose.ts";
import { checkDefinition } from "./check-definition.ts";
import { planRun, type PlannedRun } from "./plan-run.ts";

const nobody: DispatchConfig = { default: "claude-code", agents: new Map() };
const text = `workflow: {id: w, name: W}
stages:
  - id: a
    name: A
    roles:
      primary: agent:x
      tools:
        - mcp:one
        - mcp:two
`;
let folder = "";

/** A project in which an agent `x` for claude, and claude itself, are there. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "skillmeat-preflight-tools-"));
  putAgent("");
});

function put(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function putAgent(lines: string): void {
  put("agents/x.md", `---\nname: x\ndescription: d\n${lines}\n---\nDo.\n`);
}

function putServers(mcpServers: object): void {
  put(".mcp.json", JSON.stringify({ mcpServers }));
}

function home() {
  return { home: join(folder, "home"), userHome: join(folder, "user"), dispatch: nobody, log: () => {} };
}

function options(dispatcher: string | null, more: Record<string, string> = {}) {
  const { bin } = makeFakeClaude(folder, "exit 0");
  return { workdir: folder, dispatcher, env: { PATH: `${bin}:${process.env["PATH"]}`, ...more } };
}

function source(definition: string) {
  return { text: definition, file: "w.yaml", beside: folder, workflow_id: null };
}

function plan(
  dispatcher: string | null = null,
  env: Record<string, string> = {},
  definition = text,
): Promise<PlannedRun> {
  const swaps = { agents: [], modules: [] };
  const swapNames = { agents: "--agent", modules: "--context" };
  const given = { parameters: {}, coerce: true, swaps, swapNames, options: options(dispatcher, env) };
  return planRun({ source: source(definition), ...given }, home());
}

describe("a stage's MCP server that is nowhere", () => {
  test("keeps the stage from starting, and is told at its place with the way out", async () => {
    putServers({ one: { command: "one" }, twoo: { command: "two" } });
    const [finding, ...others] = (await plan()).plan.preflight;
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      code: "mcp_server_missing",
      category: "preflight",
      stage_id: "a",
      line: 9,
      message: 'stage "a" cannot start: the MCP server "two" is nowhere',
      hint: 'did you mean "mcp:twoo"?',
    });
  });

  test.each(["simulated", "command"])("does not concern the dispatcher %s", async (dispatcher) => {
    putAgent("command: [echo]");
    expect((await plan(dispatcher)).plan.preflight).toEqual([]);
  });

  test("that the agent's file names is told where the stage names its agent", async () => {
    putServers({ one: { command: "one" }, two: { command: "two" } });
    putAgent("mcpServers: [three]");
    expect((await plan()).plan.preflight).toMatchObject([
      {
        code: "mcp_server_missing",
        line: 6,
        message: expect.stringMatching(/"three", which "mcpServers" of .*x\.md/),
      },
    ]);
  });

  test("is told once by a strict check, and as a warning by any other", async () => {
    putServers({ one: {} });
    putAgent("mcpServers: [three]");
    const check = (isStrict: boolean) =>
      checkDefinition(source(text), { isStrict, options: options(null) }, home());
    const expected = [
      [6, "mcp_server_missing"],
      [8, "mcp_server_broken"],
      [9, "unknown_artifact"],
    ];
    const strict = await check(true);
    expect(strict.errors.map(({ line, code }) => [line, code])).toEqual(expected);
    const lenient = await check(false);
    expect(lenient.valid).toBe(true);
    expect(lenient.warnings.map(({ line, code }) => [line, code])).toEqual(expected);
  });
});

describe("a variable that an MCP server needs", () => {
  beforeEach(() =>
    putServers({ one: { command: "one", env: { A: "${ONE_KEY}" } }, two: { url: "${TWO:-http://two}" } }),
  );

  test("and that agents do not get is told with the ways to give it", async () => {
    expect((await plan()).plan.preflight).toMatchObject([
      {
        code: "mcp_variable_missing",
        line: 8,
        message: expect.stringContaining("ONE_KEY"),
        hint: expect.stringContaining("pass_env"),
      },
    ]);
  });

  test("may come from the run's environment or from the workflow's own", async () => {
    expect((await plan(null, { ONE_KEY: "1" })).plan.preflight).toEqual([]);
    expect((await plan(null, {}, `config: {env: {ONE_KEY: "1"}}\n${text}`)).plan.preflight).toEqual([]);
  });
});

test("what was found is stored with the agent, and a later change of the file is seen by the next run only", async () => {
  putServers({ one: { command: "one" }, two: { command: "two" } });
  const commands = async (): Promise<unknown[]> => {
    const { composed } = await plan();
    return agentsOf(composed)["agent:x"]?.servers?.map(({ settings }) => settings["command"]) ?? [];
  };
  expect(await commands()).toEqual(["one", "two"]);
  putServers({ one: { command: "other" }, two: { command: "two" } });
  expect(await commands()).toEqual(["other", "two"]);
});
