import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openArtifacts } from "../collection/artifacts.ts";
import { parseAgentFile } from "../dispatch/agent-file.ts";
import type { AgentFile } from "../execution/snapshot.ts";
import { getExecution, getSnapshot } from "../store/executions.ts";
import { anEngine, aStart, type TestEngine } from "../testing/an-engine.ts";

const home = mkdtempSync(join(tmpdir(), "skillmeat-server-secrets-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const text = "workflow: {id: w, name: W}\nstages: [{id: a, roles: {primary: 'agent:x'}}]";

const described = {
  github: {
    command: "mcp",
    args: ["--api-key", "s3cret-argument"],
    env: { TOKEN: "s3cret-env", LEVEL: "debug" },
  },
  docs: {
    url: "https://u:s3cret-password@docs/mcp?key=s3cret-query",
    headers: { Authorization: "Bearer s3cret-head" },
  },
};
const inline = '{own: {command: own, env: {API_KEY: "${KEY:-s3cret-inline}"}}}';

/** A project with a `.mcp.json`, and the agent that uses all that it describes. */
function aProject() {
  const folder = mkdtempSync(join(home, "project-"));
  const writeServers = (mcpServers: object): void =>
    writeFileSync(join(folder, ".mcp.json"), JSON.stringify({ mcpServers }));
  writeServers(described);
  const path = join(folder, "x.md");
  writeFileSync(path, `---\nname: x\ndescription: d\nmcpServers: [docs, ${inline}]\n---\nDo.`);
  const bytes = Buffer.from(`---\nname: x\ndescription: d\nmcpServers: [docs, ${inline}]\n---\nDo.`);
  const agent = parseAgentFile(bytes, { path, ref: "agent:x" });
  const artifacts = openArtifacts({
    beside: folder,
    workdir: folder,
    home: join(folder, "home"),
    userHome: folder,
  });
  const { servers } = artifacts.tools(agent, ["mcp:github"]);
  return { path, writeServers, agent: { ...agent, servers } };
}

/** An engine whose agents note their own file as they got it. */
async function aNotingEngine() {
  const got: (AgentFile | null)[] = [];
  const says = { ok: true, outputs: {}, text: "s3cret-env, s3cret-head and s3cret-inline" };
  const lab = await anEngine((request) => (got.push(request.agent), says), { home });
  return { got, ...lab };
}

function start({ engine }: TestEngine, agent: AgentFile): Promise<string> {
  return engine.start({ ...aStart(text), agents: { "agent:x": agent } });
}

describe("the secrets in the settings of MCP servers", () => {
  test("are told by their names, stored nowhere in the database, and masked in what an agent says", async () => {
    const { agent } = aProject();
    const lab = await aNotingEngine();
    const runId = await start(lab, agent);
    await lab.engine.ended(runId);
    const stored = JSON.stringify(getSnapshot(lab.store, getExecution(lab.store, runId)));
    expect(stored).not.toContain("s3cret");
    expect(stored).toContain("debug");
    expect(JSON.stringify([lab.view(runId), lab.feed(runId)])).not.toContain("s3cret");
    expect(lab.got).toEqual([agent]);
    expect(existsSync(join(home, "secrets", runId))).toBe(false);
  });

  test("are read again for a rerun, as long as the files that hold them are the same", async () => {
    const { agent, path, writeServers } = aProject();
    const lab = await aNotingEngine();
    const runId = await start(lab, agent);
    await lab.engine.ended(runId);
    writeServers({ other: { command: "other" }, ...described });
    const again = await lab.engine.rerun(runId, { kind: "start" });
    await lab.engine.ended(again);
    expect(lab.got).toEqual([agent, agent]);
    writeServers({ ...described, github: { command: "mcp" } });
    await expect(lab.engine.rerun(runId, { kind: "start" })).rejects.toThrow(
      /secret.*\.mcp\.json.*start the workflow again/,
    );
    writeServers(described);
    writeFileSync(path, "---\nname: x\n---\n");
    await expect(lab.engine.rerun(runId, { kind: "start" })).rejects.toThrow(/x\.md.*has changed or is gone/);
  });
});

test("an execution whose servers have no secrets keeps nothing apart", async () => {
  const { agent } = aProject();
  const lab = await aNotingEngine();
  const servers = [
    { ref: "mcp:a", name: "a", path: "/p", hash: "", settings: { command: "a", env: { TOKEN: "${TOKEN}" } } },
  ];
  const { settings: _, ...plain } = agent;
  const runId = await start(lab, { ...plain, servers });
  await lab.engine.ended(runId);
  const record = getExecution(lab.store, runId);
  expect(record.options.kept_apart).toBeUndefined();
  expect(getSnapshot(lab.store, record).agents["agent:x"]?.servers).toEqual(servers);
});
