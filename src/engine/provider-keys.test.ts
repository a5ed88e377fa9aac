import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentFile } from "../execution/snapshot.ts";
import { anEngine, aStart, type TestEngine } from "../testing/an-engine.ts";
import type { Answer } from "../testing/fake-agents.ts";
import { getExecution } from "../store/executions.ts";

const home = mkdtempSync(join(tmpdir(), "skillmeat-provider-keys-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const providerEnv = {
  ANTHROPIC_API_KEY: "sk-ant-s3cret",
  ANTHROPIC_BASE_URL: "https://gateway.example.com",
  OPENAI_API_KEY: "sk-open-s3cret",
};

function agent(name: string, dispatcher: string): [string, AgentFile] {
  const file = { name, dispatcher, path: `/w/${name}.md`, description: name, hash: "" };
  const nothing = { command: null, exit_codes: {}, tools: [], model: null, prompt: "" };
  return [`agent:${name}`, { ref: `agent:${name}`, ...file, ...nothing }];
}

const refused = { class: "auth_failure", message: "no login", retryable: false };

const agents = Object.fromEntries([
  agent("claude", "claude-code"),
  agent("codex", "codex"),
  agent("script", "command"),
]);

/** Starts a workflow whose stages are done by these agents, one each. */
function start({ engine }: TestEngine, names: string[], dispatcher: string | null = null): Promise<string> {
  const stages = names.map((name) => `  - {id: ${name}, roles: {primary: 'agent:${name}'}}`);
  const request = aStart(`workflow: {id: w, name: W}\nstages:\n${stages.join("\n")}`);
  return engine.start({ ...request, agents, options: { ...request.options, dispatcher } });
}

/** An engine whose agents note the provider's variables that they got. */
async function aNotingEngine(
  env: Record<string, string> = providerEnv,
  answer: Answer = () => ({ ok: true, outputs: {} }),
) {
  const got: Record<string, Record<string, string>> = {};
  const noting: Answer = (request, how) => {
    got[request.stage_id] = request.provider_env;
    return answer(request, how);
  };
  return { got, ...(await anEngine(noting, { home, providerEnv: env })) };
}

describe("the variables of providers", () => {
  test("reach only the agents of their own dispatcher", async () => {
    const lab = await aNotingEngine();
    await lab.engine.ended(await start(lab, ["claude", "codex", "script"]));
    const { ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, OPENAI_API_KEY } = providerEnv;
    expect(lab.got).toEqual({
      claude: { ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL },
      codex: { OPENAI_API_KEY },
      script: {},
    });
  });

  test("are not held by an execution that needs none", async () => {
    const lab = await aNotingEngine();
    for (const runId of [await start(lab, ["script"]), await start(lab, ["claude"], "simulated")]) {
      await lab.engine.ended(runId);
      expect(getExecution(lab.store, runId).options).not.toHaveProperty("provider_env");
      expect(existsSync(join(home, "secrets", runId))).toBe(false);
    }
  });

  test("are stored without their keys, and masked in whatever an agent says", async () => {
    const says = { ok: true, outputs: {}, text: "my key is sk-ant-s3cret" };
    const lab = await aNotingEngine(providerEnv, () => says);
    const runId = await start(lab, ["claude"]);
    await lab.engine.ended(runId);
    expect(getExecution(lab.store, runId).options.provider_env).toEqual({
      ANTHROPIC_API_KEY: "***",
      ANTHROPIC_BASE_URL: "https://gateway.example.com",
    });
    expect(Buffer.from(lab.store.sqlite.serialize()).includes("s3cret")).toBe(false);
    expect(readdirSync(join(home, "secrets"))).not.toContain(runId);
  });

  test("are those of the process that runs it again", async () => {
    const lab = await aNotingEngine({}, () => ({ ok: false, error: refused }));
    const runId = await start(lab, ["claude"]);
    await lab.engine.ended(runId);
    expect(lab.got).toEqual({ claude: {} });
    await lab.engine.stop("leave");
    const got: Record<string, string>[] = [];
    const noting: Answer = ({ provider_env }) => {
      got.push(provider_env);
      return { ok: true, outputs: {} };
    };
    const env = { ANTHROPIC_API_KEY: "sk-ant-another" };
    const next = await anEngine(noting, { home, store: lab.store, providerEnv: env });
    await next.engine.ended(await next.engine.rerun(runId, { kind: "failed" }));
    expect(got).toEqual([env]);
  });
});
