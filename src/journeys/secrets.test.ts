import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { journeys, executable, type Journey } from "../testing/journey.ts";
import { openTerminal } from "../testing/journey-terminal.ts";
import { until } from "../testing/journey-until.ts";
import { scriptAgent } from "../testing/journey-workflows.ts";

/** A secret that is planted wherever it may stand is nowhere to be read, whoever looks. */

const begin = journeys();
const token = 'tok"en/of+mine-42';
const literal = "literal-s3cret-0042";
const named = "named-by-the-agent-77";
const field = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC";
const key = JSON.stringify({ kind: "account", private_key: `-----BEGIN\n${field}\n-----END` }, null, 2);

/** All forms that are looked for; a base64 is known by what is in it wherever it begins. */
const needles = [token, literal, named, field].flatMap((secret) => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  secret.slice(0, 8),
  ...[0, 1, 2].map((at) =>
    Buffer.from("x".repeat(at) + secret)
      .toString("base64")
      .slice(4, 16),
  ),
]);

function expectNone(where: string, content: string | Buffer): void {
  const found = needles.filter((needle) => content.includes(needle));
  expect([where, found]).toEqual([where, []]);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}

function plant(journey: Journey): void {
  scriptAgent(
    journey,
    "leaky",
    `
echo "as it is: $API_TOKEN and $LITERAL_TOKEN"
printf 'in two writes: tok"en/of'; sleep 0.05; echo '+mine-42'
printf %s "$API_TOKEN" | base64
printf 'u:%s' "$API_TOKEN" | base64
printf 'me:%s\\n' "$API_TOKEN" | base64
echo 'tok%22en%2Fof%2Bmine-42 {"a":"tok\\"en/of+mine-42"}'
echo "$ACCOUNT_KEY"; echo "$ACCOUNT_KEY" | tr -d ' \\n'; echo; echo "$ACCOUNT_KEY" | base64
echo "::add-mask::${named}"; echo "::warning::careful with $API_TOKEN"
echo "# It was $API_TOKEN" >"$SKILLMEAT_SUMMARY"
printf '{"said":"%s","list":["${named}"],"${literal}":1}' "${field}" >"$SKILLMEAT_OUTPUT"`,
  );
  scriptAgent(journey, "again", `echo "once more ${named}"`);
  scriptAgent(journey, "failing", `printf 'it was %s' "$API_TOKEN" >"$SKILLMEAT_ERROR"; exit 1`);
  scriptAgent(journey, "classy", `printf '{"class":"%s"}' "$LITERAL_TOKEN" >"$SKILLMEAT_ERROR"; exit 1`);
  scriptAgent(journey, "lengthy", `printf '%0990d%s' 0 "$LITERAL_TOKEN" >&2; exit 1`);
  scriptAgent(journey, "wrong", `printf 'n=%s' "$API_TOKEN" >"$SKILLMEAT_OUTPUT_KV"`);
  const goesOn = { error_policy: { on_failure: "continue", retry: { max_attempts: 1 } } };
  const by = (agent: string): object => ({ roles: { primary: `agent:${agent}` } });
  const definition = {
    workflow: { id: "planted", name: "Planted" },
    config: {
      parameters: {
        api_token: { type: "string", required: true },
        account: { type: "string", secret: true, required: true },
        page: { type: "string" },
      },
      env: {
        API_TOKEN: "${{ parameters.api_token }}",
        ACCOUNT_KEY: "${{ parameters.account }}",
        LITERAL_TOKEN: literal,
      },
    },
    stages: [
      { id: "leaky", ...by("leaky"), inputs: { t: { type: "string", source: "${{ env.API_TOKEN }}" } } },
      { id: "again", ...by("again"), depends_on: ["leaky"] },
      {
        id: "contract",
        ...by("again"),
        inputs: { t: { type: "integer", source: "${{ env.API_TOKEN }}" } },
        ...goesOn,
      },
      { id: "asks", ...by("again"), condition: "fromJSON(env.API_TOKEN) == 1", ...goesOn },
      { id: "fails", ...by("failing"), ...goesOn },
      { id: "names", ...by("classy"), ...goesOn },
      { id: "cuts", ...by("lengthy"), ...goesOn },
      {
        id: "cut",
        ...by("again"),
        inputs: { t: { type: "integer", source: `${"x".repeat(50)}\${{ env.LITERAL_TOKEN }}` } },
        ...goesOn,
      },
      { id: "hands", ...by("wrong"), outputs: { n: { type: "integer" } }, ...goesOn },
      {
        id: "gate",
        type: "gate",
        depends_on: ["again", "fails", "names", "cuts", "cut", "hands"],
        gate: { message: "use ${{ env.API_TOKEN }}?" },
      },
    ],
    hooks: {
      on_start: { notify: { channel: "ops", message: "with ${{ env.LITERAL_TOKEN }}" } },
      on_complete: { run: 'echo "$API_TOKEN" >&2; exit 3' },
    },
  };
  journey.write("WORKFLOW.json", JSON.stringify(definition));
}

test("a secret in a parameter, env, condition, gate, log, error, output and comment is nowhere to be read", async () => {
  const journey = begin("secrets");
  plant(journey);
  const server = journey.start(["serve", "--port", "0"]);
  const url = await until("the server listens", () => /^listening on (\S+)$/m.exec(server.stdout)?.[1]);
  const parameters = JSON.stringify({ api_token: token, account: key, page: `https://x/?t=${token}` });
  const given = ["--params-file", "-", "--detach"];
  const started = await journey.run(["workflow", "run", ".", ...given], { stdin: parameters });
  const runId = started.stdout.trim();
  const execution = await until("the gate waits", async () => {
    const view = await journey.execution(runId);
    return view.waiting_gates.length > 0 ? view : undefined;
  });
  expect(execution.steps.map(({ stage_id, status }) => `${stage_id}: ${status}`)).toEqual([
    "leaky: completed",
    "again: completed",
    "contract: failed",
    "asks: failed",
    "fails: failed",
    "names: failed",
    "cuts: failed",
    "cut: failed",
    "hands: failed",
    "gate: waiting_for_approval",
  ]);

  for (const path of [
    `/executions/${runId}`,
    "/executions",
    "/approvals",
    `/api/v1/workflow-executions/${runId}`,
    "/api/v1/workflow-executions",
    `/api/v1/workflow-executions/${runId}/logs`,
    `/api/v1/workflow-executions/${runId}/events`,
  ]) {
    expectNone(path, await (await fetch(`${url}${path}`)).text());
  }
  for (const args of [[runId], [runId, "--logs"], [runId, "--format", "json"]]) {
    const { stdout, stderr } = await journey.run(["workflow", "runs", ...args]);
    expectNone(args.join(" "), stdout + stderr);
  }
  const log = (await journey.run(["workflow", "runs", runId, "--logs"])).stdout;
  expect(log).toContain("as it is: *** and ***");
  expect(log).toContain("in two writes: ***");
  expect(log).toContain("once more ***");
  expectNone("the process list", commandLines());
  const secrets = join(journey.home, "secrets");
  expect(statSync(secrets).mode & 0o777).toBe(0o700);
  expect(readdirSync(secrets)).toEqual([runId]);
  expect(statSync(join(secrets, runId)).mode & 0o777).toBe(0o600);
  for (const file of filesBelow(journey.home)) {
    if (!file.startsWith(secrets)) expectNone(file, readFileSync(file));
  }

  // After a crash it goes on with what is kept; a comment comes from another process.
  server.kill("SIGKILL");
  await server.ended;
  const next = journey.start(["serve", "--port", "0"]);
  await until("it is taken over", () => next.stdout.includes("took over an execution") || undefined);
  const approve = ["workflow", "approve", runId, "gate", "-y", "--comment", `with ${token}`];
  expect((await journey.run(approve)).code).toBe(0);
  await until("it has ended", async () => (await journey.execution(runId)).completed_at ?? undefined);
  next.kill("SIGTERM");
  await next.ended;
  expect((await journey.execution(runId)).steps.at(-1)?.decision_comment).toBe("with ***");
  for (const file of filesBelow(journey.home)) expectNone(file, readFileSync(file));
});

function commandLines(): string {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(commandLine).join("\n");
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // It has ended meanwhile.
    return "";
  }
}

describe("on a terminal", () => {
  const typed = "typed-s3cret-0815";
  const question = "account (secret, does not show): ";

  function plantAsked(journey: Journey): void {
    scriptAgent(journey, "ask", `printf '{"n":%d}' "\${#ACCOUNT}" >"$SKILLMEAT_OUTPUT"`);
    const definition = {
      workflow: { id: "asked", name: "Asked" },
      config: {
        parameters: {
          account: { type: "string", secret: true, required: true },
          page: { type: "string", required: true },
        },
        env: { ACCOUNT: "${{ parameters.account }}" },
      },
      stages: [{ id: "ask", roles: { primary: "agent:ask" }, outputs: { n: { type: "integer" } } }],
    };
    journey.write("WORKFLOW.json", JSON.stringify(definition));
  }

  async function lengthSeen(journey: Journey, run: string): Promise<unknown> {
    return (await journey.execution(run)).steps[0]?.outputs;
  }

  test("a missing secret parameter is asked for, by a run and by a rerun, and does not show", async () => {
    const journey = begin("secrets-asked");
    plantAsked(journey);
    const dispatch = ["--dispatcher", "command"];
    const terminal = openTerminal(journey, [
      executable,
      "workflow",
      "run",
      ".",
      "--param",
      "page=x",
      ...dispatch,
    ]);
    await until("it asks", () => terminal.shown().includes(question) || undefined);
    terminal.type("\r");
    await until("it asks again", () => terminal.shown().split(question).length > 2 || undefined);
    terminal.type(`x\u007f${typed}\r`);
    const { code, output } = await terminal.ended;
    expect([code, output.includes(typed)]).toEqual([0, false]);
    const runId = /\(([0-9a-f-]{36})\)/.exec(terminal.shown())?.[1] ?? "";
    expect(await lengthSeen(journey, runId)).toEqual({ n: typed.length });

    const again = openTerminal(journey, [executable, "workflow", "rerun", runId]);
    await until("it asks", () => again.shown().includes(question) || undefined);
    again.type(`${typed}2\r`);
    const ended = await again.ended;
    expect([ended.code, ended.output.includes(typed)]).toEqual([0, false]);
    const secondId = /\(([0-9a-f-]{36})\)/.exec(again.shown())?.[1] ?? "";
    expect(await lengthSeen(journey, secondId)).toEqual({ n: typed.length + 1 });
  });

  test("Ctrl+C at the question starts nothing; a run that is refused anyway does not ask", async () => {
    const journey = begin("secrets-not-asked");
    plantAsked(journey);
    const left = openTerminal(journey, [executable, "workflow", "run", ".", "--param", "page=x"]);
    await until("it asks", () => left.shown().includes(question) || undefined);
    left.type("\u0003");
    expect((await left.ended).code).toBe(130);
    expect(left.shown()).toContain("interrupted; nothing was started");

    const refused = openTerminal(journey, [executable, "workflow", "run", "."]);
    expect((await refused.ended).code).toBe(2);
    expect(refused.shown()).toContain('parameter "page" of type string is missing');
    expect(refused.shown()).not.toContain(question);
    expect((await journey.run(["workflow", "runs", "--format", "json"])).stdout).toContain('"items": []');
  });

  test("where there is none, the message names the ways to give it", async () => {
    const journey = begin("secrets-piped");
    plantAsked(journey);
    const { code, stderr } = await journey.run(["workflow", "run", ".", "--param", "page=x"]);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'parameter "account" is secret and missing. give it with "--params-file", or "parameters" in the request',
    );
  });
});

describe("a run again", () => {
  test("takes a secret of the definition from its file, and asks for a secret parameter", async () => {
    const journey = begin("secrets-again");
    plant(journey);
    const parameters = JSON.stringify({ api_token: token, account: key });
    const run = await journey.run(
      ["workflow", "run", ".", "--params-file", "-", "--dispatcher", "simulated", "--detach"],
      { stdin: parameters },
    );
    const runId = run.stdout.trim();
    await until("the gate waits", async () => (await journey.execution(runId)).waiting_gates[0]);
    expect((await journey.run(["workflow", "cancel", runId, "-y"])).code).toBe(0);
    await until("it has ended", async () => (await journey.execution(runId)).completed_at ?? undefined);
    const bare = await journey.run(["workflow", "rerun", runId, "--detach"]);
    expect(bare.code).toBe(2);
    expect(bare.stderr).toContain('parameter "api_token" is secret and is not kept after a run');
    const again = await journey.run(["workflow", "rerun", runId, "--detach", "--params-file", "-"], {
      stdin: parameters,
    });
    expect(again.stderr).not.toContain("error");
    const second = again.stdout.trim();
    const gated = await until("the gate waits again", async () => {
      const view = await journey.execution(second);
      return view.waiting_gates.length > 0 ? view : undefined;
    });
    expect(gated.parameters).toMatchObject({ api_token: "***", account: "***" });
    const kept: unknown = JSON.parse(readFileSync(join(journey.home, "secrets", second), "utf8"));
    expect(kept).toMatchObject({
      parameters: { api_token: token, account: key },
      snapshot: { definition: { config: { env: { LITERAL_TOKEN: literal } } } },
    });
  });

  test("a secret parameter on the command line is refused", async () => {
    const journey = begin("secrets-line");
    plant(journey);
    const line = ["workflow", "run", ".", "--param", "account=abcdef", "--param", "api_token=x"];
    const { code, stderr } = await journey.run(line);
    expect(code).toBe(2);
    expect(stderr).toContain('parameter "account" is secret, and a command line can be read by others');
  });
});
