import { beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseAgentFile } from "../dispatch/agent-file.ts";
import type { AgentTools } from "./agent-tools.ts";
import { openArtifacts } from "./artifacts.ts";

let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "skillmeat-tools-"));
  put("repo/.git/HEAD");
  put("repo/flow/WORKFLOW.yaml");
  put("repo/src/x");
});

function put(path: string, text = ""): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function putServers(path: string, mcpServers: object): void {
  put(path, JSON.stringify({ mcpServers }));
}

/** What an agent with this line of front matter, and these tools of its stages, may use. */
function toolsOf(line: string, tools: string[] = []): AgentTools {
  const bytes = Buffer.from(`---\nname: x\ndescription: d\n${line}\n---\n`);
  const agent = parseAgentFile(bytes, { path: "/p/x.md", ref: "agent:x" });
  const [beside, workdir] = [join(root, "repo/flow"), join(root, "repo/src")];
  return openArtifacts({ beside, workdir, home: join(root, "home"), userHome: join(root, "user") }).tools(
    agent,
    tools,
  );
}

/** Each server as its name and the command or address that starts or reaches it. */
function found({ servers, troubles }: AgentTools): string[] {
  expect(troubles).toEqual([]);
  return servers.map(({ name, settings }) => `${name}: ${String(settings["command"] ?? settings["url"])}`);
}

describe("a server is looked up", () => {
  const places = ["repo/flow/.mcp.json", "repo/src/.mcp.json", "repo/.mcp.json"];
  test.each(places.map((path, at) => [path, at] as const))("in %s", (path, at) => {
    for (const each of places.slice(at)) putServers(each, { a: { command: each } });
    put("home/collections/default/collection.toml", '[[mcp_servers]]\nname = "a"\ncommand = "toml"\n');
    expect(found(toolsOf("", ["mcp:a"]))).toEqual([`a: ${path}`]);
  });

  test("and at last in the collection, with the variables that it names there", () => {
    put(
      "home/collections/default/collection.toml",
      '[[mcp_servers]]\nname = "a"\ncommand = "toml"\n[mcp_servers.env_vars]\nPORT = "80"\n',
    );
    const { servers } = toolsOf("", ["mcp:a"]);
    expect(servers).toMatchObject([
      { ref: "mcp:a", name: "a", settings: { command: "toml", env: { PORT: "80" } } },
    ]);
  });

  test("in any case of letters, with its version or without it", () => {
    putServers("repo/.mcp.json", { GitHub: { command: "g" } });
    expect(found(toolsOf("", ["mcp:github@2"]))).toEqual(["GitHub: g"]);
  });
});

describe("an agent's servers", () => {
  const lines: [line: string, names: string[]][] = [
    ["mcpServers: [a, b]", ["a: a", "b: b"]],
    ["mcpServers: a, b", ["a: a", "b: b"]],
    ["mcpServers: [a, {c: {command: c}}]", ["a: a", "c: c"]],
    ["mcpServers: {c: {url: 'http://c'}, d: {type: sse, url: d}}", ["c: http://c", "d: d"]],
  ];
  test.each(lines)("of %p come after those of the stage's tools", (line, names) => {
    putServers("repo/.mcp.json", { a: { command: "a" }, b: { command: "b" }, s: { command: "s" } });
    expect(found(toolsOf(line, ["Read", "mcp:s"]))).toEqual(["s: s", ...names]);
  });

  const wrong: [line: string, tools: string[], code: string, says: RegExp, wayOut: RegExp][] = [
    [
      "mcpServers: [githbu]",
      [],
      "mcp_server_missing",
      /"githbu", which "mcpServers" of \/p\/x\.md/,
      /mean "mcp:github"/,
    ],
    [
      "",
      ["mcp:nothing-like-it"],
      "mcp_server_missing",
      /"nothing-like-it" is nowhere/,
      /looked in \.mcp\.json/,
    ],
    [
      "mcpServers: 7",
      [],
      "mcp_server_broken",
      /neither a name nor a description \(\/p\/x\.md\)/,
      /write the names/,
    ],
    ["mcpServers: [{a: b}]", [], "mcp_server_broken", /describes "a" by/, /write the names/],
    [
      "mcpServers: {a: {}}",
      [],
      "mcp_server_broken",
      /"a" of \/p\/x\.md has neither/,
      /correct it in that file/,
    ],
    ["mcpServers: {a: {command: [x]}}", [], "mcp_server_broken", /needs "command"/, /correct/],
    ["mcpServers: {a: {command: x, args: y}}", [], "mcp_server_broken", /"args" that are no list/, /correct/],
    [
      "mcpServers: {a: {command: x, env: [y]}}",
      [],
      "mcp_server_broken",
      /"env" that is no mapping/,
      /correct/,
    ],
    ["mcpServers: {a: {url: ''}}", [], "mcp_server_broken", /needs "url"/, /correct/],
    ["mcpServers: {a: {type: pipe}}", [], "mcp_server_broken", /type "pipe".*one of stdio, http/, /correct/],
    ["", ["mcp:text"], "mcp_server_broken", /"text" of .*\.mcp\.json has neither/, /correct/],
  ];
  test.each(wrong)("that cannot be used are told: %s %p", (line, tools, code, says, wayOut) => {
    putServers("repo/.mcp.json", { github: { command: "g" }, text: "no mapping" });
    const { servers, troubles } = toolsOf(line, tools);
    expect(servers).toEqual([]);
    expect(troubles).toMatchObject([{ code, ref: tools[0] ?? null }]);
    expect(troubles[0]?.says).toMatch(says);
    expect(troubles[0]?.wayOut).toMatch(wayOut);
  });

  test.each(["{", "[]", '{"mcpServers": []}'])("are nowhere in a file %p, which is named", (text) => {
    put("repo/.mcp.json", text);
    expect(toolsOf("", ["mcp:a"]).troubles[0]?.wayOut).toMatch(
      /\.mcp\.json" cannot be read: it must be JSON/,
    );
  });
});
