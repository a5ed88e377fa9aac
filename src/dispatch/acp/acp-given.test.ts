import { describe, expect, test } from "bun:test";
import type { McpServer, Skill } from "../../execution/snapshot.ts";
import { shownText } from "../../execution/shown-text.ts";
import type { ValueObject } from "../../expression/value.ts";
import { aControl, aStageRequest } from "../../testing/a-stage-request.ts";
import { makeFakeAcpAgent } from "../../testing/fake-acp-agent.ts";
import type { DispatchControl, MeteredUsage, StageRequest } from "../dispatcher.ts";
import { createAcpDispatcher } from "./acp.ts";

/** What an agent is given by its file and its stage, and what it tells while it works. */

const dispatcher = createAcpDispatcher();

interface Given {
  settings?: ValueObject;
  servers?: McpServer[];
  skills?: Skill[];
  changes?: Partial<StageRequest>;
  play?: string;
  control?: Partial<DispatchControl>;
  more?: string;
}

async function attempt({ settings = {}, servers = [], skills = [], changes = {}, ...given }: Given) {
  const { play = 'return "end_turn";', more = "", control = {} } = given;
  const { folder, request } = aStageRequest("true", changes);
  const scenario = `export async function play(agent) { ${play} }\n${more}`;
  const agent = makeFakeAcpAgent(folder, scenario);
  const file = request.agent && { ...request.agent, command: [agent.path], settings, servers, skills };
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder, WHO: "me" };
  const asked = { ...request, agent: file, options: { ...request.options, env } };
  const taken = aControl();
  const result = await dispatcher.dispatch(asked, { ...taken.control, ...control });
  await dispatcher.sweep(asked);
  return { result, told: agent.told(), request: asked, shown: taken.lines.map(shownText) };
}

const server = (name: string, settings: ValueObject): McpServer => ({
  ref: `mcp:${name}`,
  name,
  path: "/p/.mcp.json",
  hash: "",
  settings,
});

describe("an agent", () => {
  test("gets the MCP servers of its stage, without the provider's keys, and may use those that are named", async () => {
    const { result, told } = await attempt({
      servers: [server("tickets", { command: "tickets-mcp", args: ["${WHO}"], env: { A: "${WHO}" } })],
      changes: { tools: ["mcp:tickets"], provider_env: { GEMINI_API_KEY: "g-1" } },
      play:
        'agent.say(await agent.ask({ toolCallId: "t", kind: "other", name: "mcp__tickets__search", title: "x" })); ' +
        'agent.say(process.env.GEMINI_API_KEY); return "end_turn";',
    });
    expect(result).toMatchObject({ ok: true, text: "yesg-1" });
    const command = ["-c", 'unset GEMINI_API_KEY; exec "$@"', "sh", "tickets-mcp", "me"];
    const tickets = { name: "tickets", command: "/bin/sh", args: command, env: [{ name: "A", value: "me" }] };
    expect(told[1]).toMatchObject({ params: { mcpServers: [tickets] } });
  });

  test("gets its skills as files, whose paths are in its prompt", async () => {
    const files: Skill["files"] = [{ path: "SKILL.md", text: "how to make a PDF" }];
    const skill = { ref: "skill:pdf", name: "pdf", path: "/p/pdf", hash: "", files };
    const { result, request } = await attempt({
      skills: [skill],
      changes: { tools: ["skill:pdf"] },
      play: `const [path] = /\\/\\S+SKILL\\.md/.exec(agent.prompt); agent.say(path + "=" + await Bun.file(path).text()); return "end_turn";`,
    });
    expect(result.text).toBe(`${request.attempt_dir}/skills/pdf/SKILL.md=how to make a PDF`);
  });

  test("is told what of its file has no effect, and what a rule with brackets means", async () => {
    const { shown, request } = await attempt({
      settings: { maxTurns: 3, hooks: {}, permissionMode: "acceptEdits", disallowedTools: "Bash(rm:*)" },
      changes: { tools: ["Bash(ls:*)"] },
    });
    const file = request.agent?.path;
    const inVain = "has no effect with the dispatcher acp";
    expect(shown.filter((text) => text.startsWith("warning: "))).toEqual([
      `warning: "maxTurns" of ${file} ${inVain}`,
      `warning: "hooks" of ${file} ${inVain}`,
      `warning: "permissionMode" of ${file} is "acceptEdits", which ${inVain}`,
      expect.stringContaining('the rule "Bash(ls:*)", which allows nothing with the dispatcher acp'),
      expect.stringContaining('the rule "Bash(rm:*)", which denies the whole tool with the dispatcher acp'),
    ]);
  });

  const models: [says: string, changes: Partial<StageRequest>, set: object[]][] = [
    ["that is named", { model: "large", is_model_named: true }, [{ configId: "m", value: "large" }]],
    ["that is only the default", { model: "opus", is_model_named: false }, []],
  ];
  test.each(models)("works with the model %s", async (_, changes, set) => {
    const options = ["small", "large"].map((value) => ({ value, name: value }));
    const option = { id: "m", category: "model", type: "select", currentValue: "small", options };
    const { told } = await attempt({
      changes,
      more: `export const facts = { configOptions: [${JSON.stringify(option)}] };`,
    });
    expect(told.slice(2, -1).map(({ params }) => params)).toMatchObject(set);
  });

  test("tells what it has used while it works, and can be stopped for it", async () => {
    const spent: MeteredUsage[] = [];
    const abort = new AbortController();
    const spend = (metered: MeteredUsage): void => {
      spent.push(metered);
      abort.abort();
    };
    const update = { sessionUpdate: "usage_update", cost: { amount: 0.5, currency: "USD" } };
    const { result, told } = await attempt({
      play: `agent.update(${JSON.stringify(update)}); await agent.file("never");`,
      control: { spend, signal: abort.signal },
    });
    expect(spent).toMatchObject([{ usage: { cost_micro_usd: 500_000, basis: "reported" } }]);
    expect(result).toMatchObject({ error: { class: "cancelled" }, usage: { cost_micro_usd: 500_000 } });
    expect(told.at(-1)).toMatchObject({ method: "session/cancel" });
  });
});
