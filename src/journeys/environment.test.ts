import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeFakeClaude, playSample } from "../testing/fake-claude.ts";
import { journeys } from "../testing/journey.ts";
import { scriptAgent, writeWorkflow } from "../testing/journey-workflows.ts";

const begin = journeys();

test("agents and hooks get proxies, certificates, the SSH agent and what the settings pass; nothing else", async () => {
  const journey = begin("environment");
  scriptAgent(journey, "worker", 'env >"$SKILLMEAT_WORKDIR/seen"');
  writeWorkflow(journey, { one: {} });
  journey.write("home/config.toml", '[agents]\npass_env = ["GITHUB_TOKEN", "NPM_*"]\n');
  const passed = {
    https_proxy: "http://me:pass-of-mine@proxy:3128",
    NO_PROXY: "localhost",
    NODE_EXTRA_CA_CERTS: "/etc/ca.pem",
    SSH_AUTH_SOCK: "/run/agent.sock",
    GITHUB_TOKEN: "ghp-of-mine-4242",
    NPM_CONFIG_CACHE: "/tmp/npm",
  };
  const { code, stderr } = await journey.run(["workflow", "run", "."], {
    env: { ...passed, AWS_PROFILE: "prod", SKILLMEAT_TOKEN: "of-the-server" },
  });
  expect([code, stderr]).toEqual([0, ""]);
  const seen = new Map(
    journey
      .lines("seen")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  for (const [name, value] of Object.entries(passed)) expect([name, seen.get(name)]).toEqual([name, value]);
  expect(seen.has("AWS_PROFILE") || seen.has("SKILLMEAT_TOKEN")).toBe(false);
  // What is secret of them is not stored.
  for (const name of readdirSync(journey.home).filter((each) => each.startsWith("workflows.db"))) {
    const bytes = readFileSync(join(journey.home, name));
    expect([name, bytes.includes("pass-of-mine") || bytes.includes("ghp-of-mine")]).toEqual([name, false]);
  }
  expect(existsSync(join(journey.home, "secrets")) && readdirSync(join(journey.home, "secrets"))).toEqual([]);
});

test("claude gets the keys of its provider without a setting; a program gets none, and nothing shows them", async () => {
  const journey = begin("provider-keys");
  scriptAgent(journey, "worker", 'env >"$SKILLMEAT_WORKDIR/seen-by-worker"');
  journey.write(".claude/agents/model.md", "---\nname: model\ndescription: d\n---\nDo it.\n");
  const fake = makeFakeClaude(
    journey.folder,
    `env >"$SKILLMEAT_WORKDIR/seen-by-claude"; echo "the key is $ANTHROPIC_API_KEY" >&2; ${playSample("ok")}`,
  );
  writeWorkflow(journey, { ask: { roles: { primary: "agent:model" } }, work: { after: ["ask"] } });
  const keys = { ANTHROPIC_API_KEY: "sk-ant-of-mine-4242", ANTHROPIC_BASE_URL: "http://127.0.0.1:9" };
  const ended = await journey.run(["workflow", "run", "."], {
    env: { ...keys, OPENAI_API_KEY: "sk-open-of-mine", PATH: `${fake.bin}:${process.env["PATH"]}` },
  });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(journey.lines("seen-by-claude")).toEqual(
    expect.arrayContaining(Object.entries(keys).map(([name, value]) => `${name}=${value}`)),
  );
  expect(journey.read("seen-by-claude")).not.toContain("sk-open-of-mine");
  expect(journey.read("seen-by-worker")).not.toMatch(/of-mine|ANTHROPIC/);
  const runId = /^run \S+ \((\S+)\)$/m.exec(ended.stdout)?.[1] ?? "";
  const { stdout } = await journey.run(["workflow", "runs", runId, "--logs"]);
  expect(stdout).toContain("the key is ***");
  for (const name of readdirSync(journey.home).filter((each) => each.startsWith("workflows.db"))) {
    const isHeld = readFileSync(join(journey.home, name)).includes("of-mine-4242");
    expect([name, isHeld]).toEqual([name, false]);
  }
});
