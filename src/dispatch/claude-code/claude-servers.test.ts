import { describe, expect, test } from "bun:test";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { McpServer } from "../../execution/snapshot.ts";
import type { ValueObject } from "../../expression/value.ts";
import { aControl, aStageRequest } from "../../testing/a-stage-request.ts";
import { bothLaunches } from "../../testing/both-launches.ts";
import { makeFakeClaude, playSample } from "../../testing/fake-claude.ts";
import type { FakeProgram } from "../../testing/fake-program.ts";
import type { StageRequest, StageResult } from "../dispatcher.ts";
import { createClaudeDispatcher } from "./claude-code.ts";

interface Lab {
  claude: FakeProgram;
  folder: string;
  request: StageRequest;
}

interface LabParts {
  /** By name, as a project's `.mcp.json` describes them. */
  servers?: Record<string, ValueObject>;
  tools?: string[];
  settings?: ValueObject;
  env?: Record<string, string>;
  provider?: Record<string, string>;
}

/** Keeps the file that `--mcp-config` names, and its rights, where the test finds them. */
const keepConfig = `for each in "$@"; do case "$each" in --mcp-config=*)
  cp -p "\${each#*=}" "$HOME/kept.json";; esac; done`;

/** A stage whose execution has stored these servers for its agent. */
function lab(script: string, { servers = {}, tools = [], settings, env = {}, provider = {} }: LabParts): Lab {
  const { folder, request } = aStageRequest("true", { tools });
  const claude = makeFakeClaude(folder, `${keepConfig}\n${script}`);
  const stored = Object.entries(servers).map(([name, described]): McpServer => {
    return { ref: `mcp:${name}`, name, path: "/p/.mcp.json", hash: "", settings: described };
  });
  const agent = request.agent && { ...request.agent, servers: stored, ...(settings && { settings }) };
  const variables = { PATH: `${claude.bin}:${process.env["PATH"]}`, HOME: folder, ...env };
  const options = { ...request.options, env: variables };
  return { claude, folder, request: { ...request, agent, options, provider_env: provider } };
}

/** A server of the kind that is a program: it writes down its environment and ends. */
function writesEnvironment(folder: string): ValueObject {
  writeFileSync(join(folder, "server.sh"), '#!/bin/sh\nenv >"$HOME/seen"\necho "$*" >>"$HOME/seen"\n', {
    mode: 0o755,
  });
  return { command: join(folder, "server.sh"), args: ["--for", "${TEAM:-nobody}"], env: { MINE: "${WHO}" } };
}

/** Starts the servers of the kept file as claude does: with its own environment and what the file adds. */
const startServers = `bun -e '
  const { mcpServers } = JSON.parse(require("fs").readFileSync(process.env.HOME + "/kept.json", "utf8"));
  for (const { command, args, env } of Object.values(mcpServers))
    Bun.spawnSync([command, ...args], { env: { ...process.env, ...env } });'`;

interface KeptFile {
  mcpServers: Record<string, Record<string, unknown>>;
}

function keptFile({ folder }: Lab): KeptFile {
  return JSON.parse(readFileSync(join(folder, "kept.json"), "utf8")) as KeptFile;
}

describe.each(bothLaunches)("the MCP servers of a stage under %s", (_, launch) => {
  const dispatcher = createClaudeDispatcher(launch);

  async function resultOf(request: StageRequest): Promise<StageResult> {
    const result = await dispatcher.dispatch(request, aControl().control);
    await dispatcher.sweep(request);
    return result;
  }

  test("are described in a file of the attempt's folder that nobody else may read", async () => {
    const servers = {
      github: {
        command: "github-mcp",
        args: ["stdio"],
        env: { GITHUB_TOKEN: "${GITHUB_TOKEN}" },
        timeout: 9,
      },
      docs: {
        type: "http",
        url: "https://docs.example/mcp",
        headers: { Authorization: "Bearer ${GITHUB_TOKEN}" },
      },
    };
    const made = lab(playSample("ok"), {
      servers,
      tools: ["mcp:github", "Read"],
      settings: { mcpServers: ["docs", { own: { command: "own-mcp" } }] },
      env: { GITHUB_TOKEN: "ghp_abcdef" },
    });
    made.request.agent?.servers?.push({
      ref: null,
      name: "own",
      path: "",
      hash: "",
      settings: { command: "own-mcp" },
    });
    expect(await resultOf(made.request)).toMatchObject({ ok: true, warnings: [] });
    expect(keptFile(made).mcpServers).toEqual({
      github: {
        type: "stdio",
        command: "github-mcp",
        args: ["stdio"],
        env: { GITHUB_TOKEN: "ghp_abcdef" },
        timeout: 9,
        alwaysLoad: true,
      },
      docs: {
        type: "http",
        url: "https://docs.example/mcp",
        headers: { Authorization: "Bearer ghp_abcdef" },
        alwaysLoad: true,
      },
      own: { type: "stdio", command: "own-mcp", args: [], env: {}, alwaysLoad: true },
    });
    expect(statSync(join(made.folder, "kept.json")).mode & 0o777).toBe(0o600);
    const [argv = []] = made.claude.calls();
    expect(argv).toContain(`--mcp-config=${made.request.attempt_dir}/mcp.json`);
    expect(argv).toContain("--strict-mcp-config");
    expect(argv.filter((each) => each.startsWith("--allowedTools"))).toEqual([
      "--allowedTools=mcp__github",
      "--allowedTools=Read",
    ]);
  });

  test("get the attempt's environment less what is for the provider", async () => {
    const made = lab("", {
      tools: ["mcp:spy"],
      env: { WHO: "me", ANTHROPIC_API_KEY: "sk-passed" },
      provider: { ANTHROPIC_AUTH_TOKEN: "sk-provider", ANTHROPIC_BASE_URL: "https://proxy" },
    });
    const stored: McpServer = {
      ref: "mcp:spy",
      name: "spy",
      path: "",
      hash: "",
      settings: writesEnvironment(made.folder),
    };
    made.request.agent?.servers?.push(stored);
    makeFakeClaude(made.folder, `${keepConfig}\n${startServers}\n${playSample("ok")}`);
    expect(await resultOf(made.request)).toMatchObject({ ok: true });
    const seen = readFileSync(join(made.folder, "seen"), "utf8");
    expect(seen).toContain("MINE=me\n");
    expect(seen).toContain("--for nobody\n");
    expect(seen).toContain(`SKILLMEAT_ATTEMPT_ID=${made.request.attempt_id}\n`);
    expect(seen).not.toContain("ANTHROPIC");
    expect(seen).not.toContain("sk-p");
  });

  test("are not there for a stage that names none", async () => {
    const made = lab(playSample("ok"), { servers: { github: { command: "github-mcp" } } });
    await resultOf(made.request);
    expect(made.claude.calls()[0]?.join(" ")).not.toContain("--mcp-config");
  });

  const failing: [says: string, parts: LabParts, error: object | null][] = [
    ["that nobody's tools name, in a warning", { settings: { mcpServers: ["tiny"] } }, null],
    ["that the stage names, in a failure", { tools: ["mcp:tiny"] }, notFound()],
    [
      "of which the agent's file names a tool, in a failure",
      { settings: { mcpServers: "tiny" }, tools: ["mcp__tiny__look(*)"] },
      notFound(),
    ],
    [
      "that only looks like one that is named, in a warning",
      { settings: { mcpServers: "tiny" }, tools: ["mcp__tiny2"] },
      null,
    ],
  ];
  test.each(failing)("one that does not start ends %s", async (__, parts, error) => {
    const script =
      error === null
        ? playSample("mcp-server-failed")
        : `${playSample("mcp-server-failed")} | head -1; sleep 600`;
    const made = lab(script, { servers: { tiny: { command: "tiny" } }, ...parts });
    const result = await resultOf(made.request);
    expect(result.ok).toBe(error === null);
    if (error !== null) expect(result).toMatchObject({ error });
    expect(result.warnings).toContain('the MCP server "tiny" did not start');
  });

  test("one that is needed and does not start fails also a claude that went on without it", async () => {
    const made = lab(playSample("mcp-server-failed"), {
      servers: { tiny: { command: "tiny" } },
      tools: ["mcp:tiny"],
    });
    expect(await resultOf(made.request)).toMatchObject({ ok: false, error: notFound() });
  });

  const refused: [says: string, parts: LabParts, errorClass: string, message: RegExp][] = [
    ["was not found at the start", { tools: ["mcp:gone"] }, "not_found", /"gone" was not found.*\.mcp\.json/],
    [
      "needs a variable that is not there",
      { servers: { a: { command: "${NOWHERE}" } }, tools: ["mcp:a"] },
      "invalid_request",
      /"a" of .* needs the variable NOWHERE.*pass_env/,
    ],
    [
      "asks for the provider's key",
      {
        servers: { a: { command: "a", env: { K: "${ANTHROPIC_API_KEY}" } } },
        tools: ["mcp:a"],
        provider: { ANTHROPIC_API_KEY: "sk-p" },
      },
      "invalid_request",
      /needs the variable ANTHROPIC_API_KEY/,
    ],
    [
      "would get the key through a variable that names it",
      {
        servers: { a: { command: "a", args: ["${X}"] } },
        tools: ["mcp:a"],
        env: { X: "${ANTHROPIC_API_KEY}" },
      },
      "invalid_request",
      /contains "\$\{ANTHROPIC_API_KEY\}"/,
    ],
    [
      "is neither a program nor an address",
      { servers: { a: { description: "x" } }, tools: ["mcp:a"] },
      "invalid_request",
      /neither "command" nor "url"/,
    ],
    [
      "is no name",
      { settings: { mcpServers: [7] } },
      "invalid_request",
      /neither a name nor a description.*write/,
    ],
  ];
  test.each(refused)(
    "one that %s fails the attempt before claude starts",
    async (__, parts, errorClass, message) => {
      const made = lab(playSample("ok"), parts);
      const { error } = await resultOf(made.request);
      expect(error).toMatchObject({ class: errorClass, retryable: false });
      expect(error?.message).toMatch(message);
      expect(made.claude.calls()).toEqual([]);
    },
  );
});

function notFound(): object {
  return { class: "not_found", retryable: false, message: expect.stringContaining('"tiny" did not start') };
}
