import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shownText } from "../../execution/shown-text.ts";
import { aControl, aStageRequest } from "../../testing/a-stage-request.ts";
import { bothLaunches } from "../../testing/both-launches.ts";
import { makeFakeClaude, playSample } from "../../testing/fake-claude.ts";
import type { FakeProgram } from "../../testing/fake-program.ts";
import { until } from "../../testing/journey-until.ts";
import { processesWith } from "../../testing/process-table.ts";
import type { MeteredUsage, StageRequest, StageResult } from "../dispatcher.ts";
import { createClaudeDispatcher } from "./claude-code.ts";
import { sessionIdOf } from "./claude-session.ts";

interface Lab {
  claude: FakeProgram;
  request: StageRequest;
}

/** A request for which `claude` in PATH runs this script. */
function lab(script: string, changes: Partial<StageRequest> = {}, version?: string): Lab {
  const { folder, request } = aStageRequest("true", changes);
  const claude = makeFakeClaude(folder, script, version);
  const env = { PATH: `${claude.bin}:${process.env["PATH"]}`, HOME: folder };
  return { claude, request: { ...request, options: { ...request.options, env } } };
}

/** The log as people see it. */
function shown({ lines }: ReturnType<typeof aControl>): string[] {
  return lines.map(shownText);
}

const wanted = { output_schema: { type: "object", properties: { a: { type: "integer" } } } };

describe.each(bothLaunches)("claude under %s", (_, launch) => {
  const dispatcher = createClaudeDispatcher(launch);

  async function resultOf(request: StageRequest, taken = aControl()): Promise<StageResult> {
    const result = await dispatcher.dispatch(request, taken.control);
    await dispatcher.sweep(request);
    return result;
  }

  test("does a stage: prompt on stdin, outputs, cost, and a log for people", async () => {
    const { claude, request } = lab(playSample("tools-and-sub-agent"), wanted);
    const taken = aControl();
    const result = await resultOf(request, taken);
    expect(result).toMatchObject({ ok: true, outputs: { a: 4 }, text: "All done.", warnings: [] });
    expect(result.usage).toMatchObject({
      input: 1800,
      output: 450,
      cost_micro_usd: 10_350,
      basis: "reported",
    });
    expect(claude.stdin()).toBe("build it");
    expect(shown(taken)).toContain("Bash: cat a.txt");
    expect(shown(taken).filter((text) => text.includes('{"'))).toEqual([]);
    const [argv = []] = claude.calls();
    expect(argv.slice(0, 3)).toEqual(["-p", "--output-format", "stream-json"]);
    expect(argv).toContain(sessionIdOf(request.attempt_id));
  });

  test("tells what it has used while it works", async () => {
    const usage = { input_tokens: 70, cache_read_input_tokens: 3, output_tokens: 5 };
    const said = { type: "assistant", message: { id: "m", model: "claude-x", usage, content: [] } };
    const { request } = lab(`echo '${JSON.stringify(said)}'; sleep 600`);
    const { control, stop } = aControl();
    const told: MeteredUsage[] = [];
    const spend = (metered: MeteredUsage): void => {
      told.push(metered);
      stop();
    };
    const { error, ...result } = await dispatcher.dispatch(request, { ...control, spend });
    await dispatcher.sweep(request);
    const tokens = { input: 70, cache_read: 3, cache_write: 0, output: 5 };
    expect(told).toEqual([
      {
        usage: { ...tokens, cost_micro_usd: 0, basis: "unknown" },
        unpriced: [{ model: "claude-x", ...tokens }],
      },
    ]);
    expect([error?.class, result.usage?.input]).toEqual(["cancelled", 70]);
  });

  test("that has given its result tells nothing more, so that nothing stops it for that", async () => {
    const { request } = lab(playSample("tools-and-sub-agent"), wanted);
    const { control, stop } = aControl();
    expect((await dispatcher.dispatch(request, { ...control, spend: stop })).ok).toBe(true);
    await dispatcher.sweep(request);
  });

  const failures: [says: string, script: string, error: object, changes?: Partial<StageRequest>][] = [
    [
      "prints nothing and exits 0",
      "exit 0",
      { class: "agent_error", message: expect.stringContaining("without a result") },
    ],
    [
      "says why on stderr",
      "echo no disk >&2; exit 3",
      { class: "agent_error", message: expect.stringContaining("no disk") },
    ],
    ["prints garbage", "echo '{\"type\":'; head -c 1000 /dev/zero", { class: "agent_error" }],
    ["hands in nothing", playSample("ok"), { class: "output_contract" }, wanted],
    ["is refused", playSample("refused"), { class: "refused", retryable: false }],
    ["has used its turns up", playSample("max-turns"), { class: "budget", retryable: false }],
    ["has used its money up", playSample("budget"), { class: "budget", retryable: false }],
    ["meets a broken API", playSample("server-error"), { class: "agent_error" }],
    [
      "does not know an option",
      "printf \"error: unknown option '--effort'\\n(Did you mean --agent?)\\n\" >&2; exit 1",
      {
        class: "invalid_request",
        message: expect.stringMatching(
          /^\/\S+\/claude is Claude Code 2\.1\.332, and it does not know an option that skillmeat gave it: error: unknown option '--effort'\. at least 2\.1\.197 is needed\. run "claude update"/,
        ),
        retryable: false,
      },
    ],
  ];
  test.each(failures)("that %s fails", async (__, script, error, changes = {}) => {
    const { request } = lab(script, changes);
    expect(await resultOf(request)).toMatchObject({ ok: false, error });
  });

  test("whose last line has no end is read to its end", async () => {
    const { request } = lab(`${playSample("wrong-outputs-first")} | head -c -1`, wanted);
    expect((await resultOf(request)).outputs).toMatchObject({ score: 1.5, ok: true });
  });

  test("whose login is refused is stopped at once, and all that it started", async () => {
    const { request } = lab(`${playSample("login-refused")}; sleep 600 & wait`);
    expect(await resultOf(request)).toMatchObject({
      ok: false,
      error: { class: "auth_failure", retryable: false, message: expect.stringContaining("log in") },
    });
    expect(processesWith(`SKILLMEAT_ATTEMPT_ID=${request.attempt_id}`)).toEqual([]);
  });

  test("that is denied something goes on and says what that was", async () => {
    const { request } = lab(playSample("denied"));
    const { ok, denials, warnings } = await resultOf(request);
    expect({ ok, denials, warnings }).toEqual({
      ok: true,
      denials: { calls: [{ tool: "Bash", title: "touch /lab" }], count: 1 },
      warnings: [],
    });
  });

  test("that is stopped has used what it told until then", async () => {
    const { request } = lab(`${playSample("ok")} | head -2; sleep 600`);
    const taken = aControl();
    const running = dispatcher.dispatch(request, taken.control);
    await until("it has said something", () => shown(taken).some((text) => text.startsWith("Hello")));
    taken.stop();
    expect(await running).toMatchObject({
      error: { class: "cancelled" },
      usage: { input: 100, cache_read: 30, output: 1, basis: "unknown" },
    });
    await dispatcher.sweep(request);
  });

  test("that was killed goes on with its session, where claude has kept it", async () => {
    const { claude, request } = lab(playSample("ok"));
    keepSession(request, sessionIdOf(request.attempt_id));
    const taken = aControl();
    expect((await resultOf(request, taken)).ok).toBe(true);
    const [argv = []] = claude.calls();
    expect(argv.join(" ")).toContain(`--resume ${sessionIdOf(request.attempt_id)}`);
    expect(claude.stdin()).toContain("You were interrupted");
    expect(shown(taken)[0]).toBe("warning: claude was interrupted and goes on with its session");
  });

  test("that has to correct its outputs goes on with the session of the attempt before", async () => {
    const { claude, request } = lab(playSample("ok"), correcting(sessionIdOf("run/a/1")));
    keepSession(request, sessionIdOf("run/a/1"));
    expect(await dispatcher.sessionLeft?.(request)).toBe(sessionIdOf("run/a/1"));
    const taken = aControl();
    await resultOf(request, taken);
    const [argv = []] = claude.calls();
    expect(argv.join(" ")).toContain(`--resume ${sessionIdOf("run/a/1")}`);
    // The limit is held against the whole session.
    expect(argv[argv.indexOf("--max-budget-usd") + 1]).toBe("3");
    expect(claude.stdin()).toMatch(/not accepted[^]*"n" is missing[^]*hand in all outputs once more/);
    expect(claude.stdin()).not.toContain("build it");
    expect(shown(taken)[0]).toContain("of an earlier attempt");
  });

  test("that was killed while it corrected its outputs is told that, too", async () => {
    const { claude, request } = lab(playSample("ok"), correcting(sessionIdOf("run/a/1")));
    keepSession(request, sessionIdOf("run/a/1"));
    mkdirSync(request.attempt_dir, { recursive: true });
    await resultOf(request);
    expect(claude.stdin()).toMatch(/not accepted[^]*"n" is missing[^]*You were interrupted/);
  });

  test("that has not kept the session of the attempt before begins anew, with a warning", async () => {
    const { claude, request } = lab(playSample("ok"), correcting(sessionIdOf("run/a/1")));
    expect(await dispatcher.sessionLeft?.(request)).toBeNull();
    const taken = aControl();
    await resultOf(request, taken);
    expect(claude.calls()[0]?.join(" ")).toContain(`--session-id ${sessionIdOf(request.attempt_id)}`);
    expect(claude.stdin()).toBe("build it");
    expect(shown(taken)[0]).toContain("has not kept the session");
  });
});

/** An attempt after one that had handed in too little, for $1. */
function correcting(id: string): Partial<StageRequest> {
  const tokens = { input: 1, cache_read: 0, cache_write: 0, output: 1 };
  const charged = { ...tokens, cost_micro_usd: 1_000_000, basis: "reported" as const };
  return {
    dollars_left: 2,
    session: { dispatcher: "claude-code", id, charged, end: "output_contract" },
    previous_error: { class: "output_contract", message: 'output "n" is missing', findings: [] },
  };
}

function keepSession({ options }: StageRequest, id: string): void {
  const kept = join(options.env["HOME"] ?? "", ".claude", "projects", "-w");
  mkdirSync(kept, { recursive: true });
  writeFileSync(join(kept, `${id}.jsonl`), "");
}

describe("without a claude that can be used", () => {
  const dispatcher = createClaudeDispatcher();

  test("an attempt fails for good and names the ways out", async () => {
    const { request } = aStageRequest("true");
    const options = { ...request.options, env: { PATH: "/nonexistent" } };
    const { error } = await dispatcher.dispatch({ ...request, options }, aControl().control);
    expect(error).toMatchObject({ class: "not_found", retryable: false });
    expect(error?.message).toMatch(/not in PATH.*npm install.*--dispatcher simulated/);
  });

  const versions: [says: string, version: string, message: RegExp][] = [
    ["too old", "2.1.9", /2\.1\.9, and at least 2\.1\.197.*claude update/],
    ["none", "what?", /does not answer "--version"/],
  ];
  test.each(versions)("its version being %s, an attempt fails for good", async (_, version, message) => {
    const { claude, request } = lab("exit 1", {}, version);
    const { error } = await dispatcher.dispatch(request, aControl().control);
    expect(error).toMatchObject({ class: "invalid_request", retryable: false });
    expect(error?.message).toMatch(message);
    expect(claude.calls()).toEqual([]);
  });

  test("an agent without a file, and a working directory that is gone, are said", async () => {
    const { request } = lab("exit 1");
    const noFile = await dispatcher.dispatch({ ...request, agent: null }, aControl().control);
    expect(noFile.error).toMatchObject({ class: "not_found", retryable: false });
    const noFolder = await dispatcher.dispatch({ ...request, workdir: "/nonexistent" }, aControl().control);
    expect(noFolder.error).toMatchObject({ class: "invalid_request", retryable: false });
  });
});
