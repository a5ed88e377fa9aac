import { describe, expect, test } from "bun:test";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { McpServer, Skill } from "../../execution/snapshot.ts";
import type { ValueObject } from "../../expression/value.ts";
import { aControl, aStageRequest } from "../../testing/a-stage-request.ts";
import { bothLaunches } from "../../testing/both-launches.ts";
import { makeFakeCodex, playCodexSample } from "../../testing/fake-codex.ts";
import type { FakeProgram } from "../../testing/fake-program.ts";
import type { StageRequest, StageResult } from "../dispatcher.ts";
import { createCodexDispatcher } from "./codex.ts";

interface Lab {
  codex: FakeProgram;
  folder: string;
  request: StageRequest;
}

interface LabParts {
  /** By name, as a project's `.mcp.json` describes them. */
  servers?: Record<string, ValueObject>;
  skills?: Skill[];
  tools?: string[];
  settings?: ValueObject;
  env?: Record<string, string>;
  provider?: Record<string, string>;
}

/** A stage whose execution has stored these servers and skills for its agent. */
function lab(
  script: string,
  { servers = {}, skills = [], tools = [], settings = {}, env = {}, provider = {} }: LabParts,
): Lab {
  const { folder, request } = aStageRequest("true", { tools });
  const codex = makeFakeCodex(folder, script);
  const stored = Object.entries(servers).map(([name, described]): McpServer => {
    return { ref: `mcp:${name}`, name, path: "/p/.mcp.json", hash: "", settings: described };
  });
  const agent = request.agent && { ...request.agent, servers: stored, skills, settings };
  const variables = { PATH: `${codex.bin}:${process.env["PATH"]}`, HOME: folder, ...env };
  const options = { ...request.options, env: variables };
  return { codex, folder, request: { ...request, agent, options, provider_env: provider } };
}

/** What codex reads of its options, which are TOML. */
function toldServers({ codex }: Lab): Record<string, Record<string, unknown>> {
  const [argv = []] = codex.calls();
  const settings = argv.filter((_, at) => argv[at - 1] === "-c").filter((each) => each.startsWith("mcp_"));
  return (Bun.TOML.parse(settings.join("\n")) as { mcp_servers: Record<string, Record<string, unknown>> })
    .mcp_servers;
}

/** Starts the servers as codex does: with the few variables that it passes on, and those that are named. */
const startServers = `bun -e '
  const list = process.argv.filter((each) => each.startsWith("mcp_servers."));
  const { mcp_servers } = Bun.TOML.parse(list.join("\\n"));
  for (const { command, args, env_vars } of Object.values(mcp_servers)) {
    const names = ["HOME", "PATH", ...env_vars];
    const env = Object.fromEntries(names.map((name) => [name, process.env[name]]));
    Bun.spawnSync([command, ...args], { env });
  }' -- "$@"`;

const ok = playCodexSample("ok");
/** As codex 0.171 writes it. */
const notStarted = `echo '2026-12-01T05:02:01.346414Z  WARN codex_mcp::rmcp_client: MCP server startup failed server_name="tiny" error=No such file or directory (os error 2)' >&2`;
const notCreated = `echo 'Error: thread/start: thread/start failed: error creating thread: Fatal error: Failed to initialize session: required MCP servers failed to initialize: big: connection closed; tiny: No such file or directory (os error 2) (code -32603)' >&2; exit 1`;
const denied = `echo '${JSON.stringify({
  type: "item.completed",
  item: {
    id: "item_1",
    type: "mcp_tool_call",
    server: "docs",
    tool: "look",
    arguments: { query: "rust" },
    error: { message: "MCP tool call requires approval, but approval policy is never" },
    status: "failed",
  },
})}'`;

describe.each(bothLaunches)("the MCP servers of a stage for codex under %s", (_, launch) => {
  const dispatcher = createCodexDispatcher(launch);

  async function resultOf(request: StageRequest): Promise<StageResult> {
    const result = await dispatcher.dispatch(request, aControl().control);
    await dispatcher.sweep(request);
    return result;
  }

  test("are options; those that tools name are needed and may be used without being asked", async () => {
    const made = lab(ok, {
      servers: {
        github: { command: "github-mcp" },
        notes: { command: "notes-mcp" },
        docs: { url: "https://docs.example/mcp" },
        "a b": { command: "b" },
      },
      tools: ["mcp:github", "mcp__docs__search", "mcp__docs__read(*)", "mcp__docs__write(/p)"],
      settings: { mcpServers: ["notes", "docs", "a b"] },
    });
    expect(await resultOf(made.request)).toMatchObject({ ok: true, warnings: [] });
    const told = toldServers(made);
    expect(told).toMatchObject({
      github: { required: true, default_tools_approval_mode: "approve" },
      notes: { required: false, default_tools_approval_mode: "prompt" },
      docs: {
        url: "https://docs.example/mcp",
        required: true,
        default_tools_approval_mode: "prompt",
        tools: { search: { approval_mode: "approve" }, read: { approval_mode: "approve" } },
      },
      a_b: { required: false },
    });
  });

  test("get the attempt's environment less what is for the provider", async () => {
    const made = lab(`${startServers}\n${ok}`, {
      servers: {
        spy: {
          command: "./spy's.sh",
          args: ["--for", "${TEAM:-no body}"],
          env: { MINE: "${WHO}" },
        },
      },
      tools: ["mcp:spy"],
      env: { WHO: "m'e", CODEX_API_KEY: "sk-passed" },
      provider: { OPENAI_API_KEY: "sk-provider", OPENAI_BASE_URL: "https://proxy" },
    });
    writeFileSync(
      join(made.request.workdir, "spy's.sh"),
      '#!/bin/sh\nenv >"$HOME/seen"\necho "$2|$#" >>"$HOME/seen"\n',
      { mode: 0o755 },
    );
    expect(await resultOf(made.request)).toMatchObject({ ok: true });
    const seen = readFileSync(join(made.folder, "seen"), "utf8");
    expect(seen).toContain("MINE=m'e\n");
    expect(seen).toContain("no body|2\n");
    expect(seen).toContain(`SKILLMEAT_ATTEMPT_ID=${made.request.attempt_id}\n`);
    expect(seen).not.toMatch(/OPENAI|CODEX|sk-p/);
  });

  test("bring no value into the arguments that everybody can read: values are in files and variables", async () => {
    const keeps = `cp -p ${'$(dirname "$SKILLMEAT_INPUT")'}/mcp/server-1.sh "$HOME/kept"; env >"$HOME/seen"`;
    const made = lab(`${keeps}\n${ok}`, {
      servers: {
        a: { command: "a", args: ["--key=${K}"], env: { TOKEN: "${K}", "odd.name": "1" } },
        docs: { url: "https://docs.example/mcp", headers: { Authorization: "Bearer ${K}" } },
      },
      tools: ["mcp:a", "mcp:docs"],
      env: { K: "ghp_abcdef" },
    });
    expect(await resultOf(made.request)).toMatchObject({ ok: true });
    expect(made.codex.calls()[0]?.join(" ")).not.toContain("ghp_abcdef");
    expect(readFileSync(join(made.folder, "kept"), "utf8")).toBe(
      "export TOKEN='ghp_abcdef'\nexec env 'odd.name=1' 'a' '--key=ghp_abcdef'\n",
    );
    expect(statSync(join(made.folder, "kept")).mode & 0o777).toBe(0o600);
    const headers = toldServers(made)["docs"]?.["env_http_headers"] as Record<string, string>;
    expect(readFileSync(join(made.folder, "seen"), "utf8")).toContain(
      `${headers["Authorization"]}=Bearer ghp_abcdef\n`,
    );
  });

  test("are not there for a stage that names none", async () => {
    const made = lab(ok, { servers: { github: { command: "github-mcp" } } });
    await resultOf(made.request);
    expect(made.codex.calls()[0]?.join(" ")).not.toContain("mcp_servers");
  });

  test("one that does not start ends in a warning, which codex is asked to write", async () => {
    const asks = 'case "$RUST_LOG" in *codex_mcp=warn*) ;; *) exit 1;; esac';
    const servers = { tiny: { command: "tiny" } };
    const made = lab(`${asks}; ${notStarted}; ${ok}`, { servers, settings: { mcpServers: ["tiny"] } });
    const { ok: isOk, warnings } = await resultOf(made.request);
    expect({ isOk, warnings }).toEqual({ isOk: true, warnings: ['the MCP server "tiny" did not start'] });
  });

  test("one that tools name and that does not start fails the attempt", async () => {
    const servers = { tiny: { command: "tiny" } };
    const made = lab(notCreated, { servers, tools: ["mcp:tiny"] });
    expect(await resultOf(made.request)).toMatchObject({
      ok: false,
      error: {
        class: "not_found",
        retryable: false,
        message: expect.stringContaining('"tiny" did not start, and "tools" names it'),
      },
      warnings: ['the MCP server "tiny" did not start'],
    });
  });

  test("a call that no rule allows is denied, and the result names it", async () => {
    const made = lab(`${denied}; ${ok}`, {
      servers: { docs: { command: "docs" } },
      settings: { mcpServers: "docs" },
    });
    expect(await resultOf(made.request)).toMatchObject({
      ok: true,
      denials: { count: 1, calls: [{ tool: "mcp__docs__look", title: "rust" }] },
    });
  });

  test("of a kind that codex cannot reach are left out, or refused where tools name them", async () => {
    const servers = { far: { type: "sse", url: "https://far.example" } };
    const left = await resultOf(lab(ok, { servers, settings: { mcpServers: ["far"] } }).request);
    expect(left.ok).toBe(true);
    const named = lab(ok, { servers, tools: ["mcp:far"] });
    expect(await resultOf(named.request)).toMatchObject({
      error: { class: "invalid_request", message: expect.stringMatching(/"far" is of the type sse.*http/) },
    });
    expect(named.codex.calls()).toEqual([]);
  });

  test("one that nobody has described fails the attempt before codex starts", async () => {
    const made = lab(ok, { tools: ["mcp:gone"] });
    expect(await resultOf(made.request)).toMatchObject({ error: { class: "not_found" } });
    expect(made.codex.calls()).toEqual([]);
  });

  test("skills are files of the attempt, whose paths are in the prompt", async () => {
    const files: Skill["files"] = [{ path: "SKILL.md", text: "how to make a PDF" }];
    const skills = [{ ref: "skill:pdf", name: "pdf", path: "/p/pdf", hash: "", files }];
    const made = lab(`cp "$(dirname "$SKILLMEAT_INPUT")/skills/pdf/SKILL.md" "$HOME/kept"\n${ok}`, {
      skills,
      settings: { skills: "pdf" },
    });
    expect(await resultOf(made.request)).toMatchObject({ ok: true, warnings: [] });
    expect(made.codex.stdin()).toContain(`- pdf: ${made.request.attempt_dir}/skills/pdf/SKILL.md\n`);
    expect(readFileSync(join(made.folder, "kept"), "utf8")).toBe("how to make a PDF");
  });
});
