import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { shownText } from "../../execution/shown-text.ts";
import { aControl, aStageRequest } from "../../testing/a-stage-request.ts";
import { bothLaunches } from "../../testing/both-launches.ts";
import { makeFakeCodex, playCodexSample } from "../../testing/fake-codex.ts";
import type { FakeProgram } from "../../testing/fake-program.ts";
import { until } from "../../testing/journey-until.ts";
import type { MeteredUsage, StageRequest, StageResult } from "../dispatcher.ts";
import { createCodexDispatcher } from "./codex.ts";

interface Lab {
  folder: string;
  codex: FakeProgram;
  request: StageRequest;
}

/** A request for which `codex` in PATH runs this script. */
function lab(script: string, changes: Partial<StageRequest> = {}, version?: string): Lab {
  const { folder, request } = aStageRequest("true", { tools: [], ...changes });
  const codex = makeFakeCodex(folder, script, version);
  const env = { PATH: `${codex.bin}:${process.env["PATH"]}`, HOME: folder };
  return { folder, codex, request: { ...request, options: { ...request.options, env } } };
}

/** The log as people see it. */
function shown({ lines }: ReturnType<typeof aControl>): string[] {
  return lines.map(shownText);
}

function message(text: string): string {
  return `echo '${JSON.stringify({ type: "item.completed", item: { type: "agent_message", text } })}'`;
}

function turnEnd(input_tokens: number): string {
  return `echo '${JSON.stringify({ type: "turn.completed", usage: { input_tokens, output_tokens: 1 } })}'`;
}

/** As codex keeps it with its thread. */
function tokenCount(input_tokens: number): object {
  const total_token_usage = { input_tokens, cached_input_tokens: 1000, output_tokens: 50 };
  return { type: "event_msg", payload: { type: "token_count", info: { total_token_usage } } };
}

const thread = "01a22921-a961-76a1-bb51-b78a65dafb77";
const begins = `echo '${JSON.stringify({ type: "thread.started", thread_id: thread })}'`;
/** codex keeps its thread in a file. */
const keeps =
  'mkdir -p "$HOME/.codex/sessions/2026/11/29"; ' +
  `touch "$HOME/.codex/sessions/2026/11/29/rollout-2026-11-29T20-58-25-${thread}.jsonl"`;
/** The first codex is killed together with its supervisor; the next one does what follows. */
const diesFirst = `if ! test -e died; then touch died; kill -9 $PPID; exec sleep 600; fi`;

const wanted = {
  output_schema: { type: "object", properties: { a: { type: "integer" } }, required: ["a"] },
};

describe.each(bothLaunches)("codex under %s", (_, launch) => {
  const dispatcher = createCodexDispatcher(launch);

  async function resultOf(request: StageRequest, taken = aControl()): Promise<StageResult> {
    const result = await dispatcher.dispatch(request, taken.control);
    await dispatcher.sweep(request);
    return result;
  }

  /** As an engine does it that finds the attempt after a crash. */
  async function resultAfterDeath(request: StageRequest, taken = aControl()): Promise<StageResult> {
    await dispatcher.dispatch(request, aControl().control);
    expect(await dispatcher.readopt(request, aControl().control)).toBe("gone");
    return resultOf(request, taken);
  }

  test("does a stage: prompt on stdin, outputs, tokens, and a log for people", async () => {
    const { codex, request } = lab(playCodexSample("rate-limited-once"), wanted);
    const taken = aControl();
    const result = await resultOf(request, taken);
    expect(result).toMatchObject({ ok: true, outputs: { a: 5 }, warnings: [] });
    expect(result.usage).toMatchObject({ input: 200, cache_read: 1000, output: 50, basis: "unknown" });
    expect(codex.stdin()).toBe("build it");
    expect(shown(taken)).toContain("used 1200 tokens in, 50 out");
    const [argv = []] = codex.calls();
    expect(argv.slice(0, 5)).toEqual(["exec", "--json", "--skip-git-repo-check", "-s", "workspace-write"]);
    expect(argv).toContain('developer_instructions="You build."');
    expect(argv.at(-1)).toBe("-");
  });

  test("finds the schema of the outputs in a file", async () => {
    const copies = 'while [ "$1" != --output-schema ]; do shift; done; cp "$2" "$HOME/schema"';
    const { folder, request } = lab(`${copies}; ${playCodexSample("rate-limited-once")}`, wanted);
    expect((await resultOf(request)).ok).toBe(true);
    expect(await Bun.file(join(folder, "schema")).json()).toEqual(wanted.output_schema);
  });

  const failures: [says: string, script: string, error: object, changes?: Partial<StageRequest>][] = [
    [
      "prints nothing and exits 0",
      "exit 0",
      { class: "agent_error", message: expect.stringContaining("before its turn ended") },
    ],
    [
      "says why on stderr",
      "echo no disk >&2; exit 3",
      { class: "agent_error", message: expect.stringContaining("no disk") },
    ],
    ["prints garbage", "echo '{\"type\":'; head -c 1000 /dev/zero", { class: "agent_error" }],
    ["hands in a text", playCodexSample("ok"), { class: "output_contract" }, wanted],
    ["is refused its login", playCodexSample("login-refused"), { class: "auth_failure", retryable: false }],
    [
      "does not know an option",
      `printf "WARNING: no aliases\\nerror: unexpected argument '--json' found\\n\\n  tip: a similar one exists\\n\\nUsage: codex exec [OPTIONS] [PROMPT]\\n\\nFor more information, try '--help'.\\n" >&2; exit 2`,
      {
        class: "invalid_request",
        message: expect.stringMatching(
          /^\/\S+\/codex is Codex \d+\.\d+\.\d+, and it does not know an option that skillmeat gave it: error: unexpected argument '--json' found\. at least 0\.169\.0 is needed\. run "npm install -g @openai\/codex@latest"/,
        ),
        retryable: false,
      },
    ],
    ["ends before its turn does", `${begins}; ${message("half")}`, { class: "agent_error" }],
  ];
  test.each(failures)("that %s fails", async (__, script, error, changes = {}) => {
    const { request } = lab(script, changes);
    expect(await resultOf(request)).toMatchObject({ ok: false, error });
  });

  test("between garbage and half lines is understood, also where its last line has no end", async () => {
    const noise = `echo 'npm notice'; echo '{"type":"turn.comple'`;
    const { request } = lab(
      `${noise}; ${begins}; ${noise}; ${message('{"a": 5}')}; ${turnEnd(7)} | head -c -1`,
      wanted,
    );
    expect(await resultOf(request)).toMatchObject({ ok: true, outputs: { a: 5 }, usage: { input: 7 } });
  });

  test("that ends two turns hands in the last message, and its tokens count once", async () => {
    const turns = [message('{"a": 1}'), turnEnd(100), message('{"a": 2}'), turnEnd(150)];
    const { request } = lab(turns.join("; "), wanted);
    expect(await resultOf(request)).toMatchObject({ ok: true, outputs: { a: 2 }, usage: { input: 150 } });
  });

  test("that is stopped ends as cancelled", async () => {
    const { request } = lab(`${begins}; ${message("busy")}; sleep 600`);
    const taken = aControl();
    const running = dispatcher.dispatch(request, taken.control);
    await until("it has said something", () => shown(taken).includes("busy"));
    taken.stop();
    expect(await running).toMatchObject({ ok: false, error: { class: "cancelled" } });
    await dispatcher.sweep(request);
  });

  test("that was killed goes on with its thread, and the whole thread is paid for", async () => {
    const script = `${begins}; ${keeps}; ${diesFirst}; ${playCodexSample("resumed")}`;
    const { codex, request } = lab(script, wanted);
    const taken = aControl();
    expect(await resultAfterDeath(request, taken)).toMatchObject({
      ok: true,
      outputs: { a: 6 },
      usage: { input: 600, cache_read: 3000, output: 150 },
    });
    expect(codex.calls().at(-1)?.slice(-3)).toEqual(["resume", thread, "-"]);
    expect(codex.stdin()).toContain("You were interrupted");
    expect(shown(taken)[0]).toBe(`warning: codex was interrupted and goes on with its thread ${thread}`);
  });

  test("that is interrupted has told what it uses, goes on with its thread, and pays for each token once", async () => {
    const kept = `"$HOME/.codex/sessions/2026/11/29/rollout-2026-11-29T20-58-25-${thread}.jsonl"`;
    const works = `echo '${JSON.stringify(tokenCount(1200))}' >>${kept}; sleep 600`;
    const script = `if ! test -e began; then touch began; ${begins}; ${keeps}; ${works}; fi; ${playCodexSample("resumed")}`;
    const { codex, request } = lab(script, wanted);
    const { control, stop } = aControl();
    const told: MeteredUsage[] = [];
    const spend = (metered: MeteredUsage): void => {
      told.push(metered);
      stop();
    };
    const { usage = null } = await dispatcher.dispatch(request, { ...control, spend });
    expect(told).toMatchObject([{ usage: { input: 200, cache_read: 1000, output: 50 } }]);
    expect(usage).toMatchObject({ input: 200, cache_read: 1000, output: 50, basis: "unknown" });
    await dispatcher.sweep(request, "processes");
    // A later engine must not take what it had left for what the next one does.
    expect(await dispatcher.readopt(request, aControl().control)).toBe("unbegun");
    expect(await resultOf({ ...request, charged: usage })).toMatchObject({
      ok: true,
      usage: { input: 400, cache_read: 2000, output: 100 },
    });
    expect(codex.calls().at(-1)?.slice(-3)).toEqual(["resume", thread, "-"]);
  });

  test("that has to correct its outputs goes on with the thread, and pays for each token once", async () => {
    const script = `if ! test -e began; then touch began; ${begins}; ${keeps}; ${message("text")}; ${turnEnd(100)}; exit 0; fi; ${playCodexSample("resumed")}`;
    const { codex, request } = lab(script, wanted);
    const { error, usage = null } = await dispatcher.dispatch(request, aControl().control);
    expect(error?.class).toBe("output_contract");
    const id = (await dispatcher.sessionLeft?.(request)) ?? "";
    expect(id).toBe(thread);
    await dispatcher.sweep(request);
    const second: StageRequest = {
      ...request,
      attempt_id: `${request.attempt_id}-2`,
      attempt_dir: `${request.attempt_dir}-2`,
      session: { dispatcher: "codex", id, charged: usage, end: "output_contract" },
      previous_error: { class: "output_contract", message: "no object", findings: [] },
    };
    const taken = aControl();
    expect(await resultOf(second, taken)).toMatchObject({ ok: true, usage: { input: 500 } });
    expect(codex.calls().at(-1)?.slice(-3)).toEqual(["resume", thread, "-"]);
    expect(codex.stdin()).toMatch(/not accepted[^]*no object/);
    expect(shown(taken)[0]).toBe(`warning: codex goes on with its thread ${thread}`);
  });

  test("that was killed twice goes on with its thread, even if it printed nothing the second time", async () => {
    const second = "if test -e died2; then :; else touch died2; kill -9 $PPID; exec sleep 600; fi";
    const first = `if ! test -e died; then ${begins}; ${keeps}; fi`;
    const { codex, request } = lab(
      `${first}; ${diesFirst}; ${second}; ${playCodexSample("resumed")}`,
      wanted,
    );
    await dispatcher.dispatch(request, aControl().control);
    expect((await resultAfterDeath(request)).ok).toBe(true);
    expect(codex.calls().map((argv) => argv.includes("resume"))).toEqual([false, true, true]);
  });

  test("that was killed and has not kept its thread begins anew, with a warning", async () => {
    const { codex, request } = lab(`${begins}; ${diesFirst}; ${playCodexSample("resumed")}`, wanted);
    const taken = aControl();
    expect((await resultAfterDeath(request, taken)).ok).toBe(true);
    expect(codex.calls().map((argv) => argv.includes("resume"))).toEqual([false, false]);
    expect(codex.stdin()).toBe("build it");
    expect(shown(taken)[0]).toContain(`has not kept its thread ${thread}: it begins anew`);
  });

  test("that was killed before it named a thread begins anew, whatever else it printed", async () => {
    const odd = `echo '{"type":"thread.started","thread_id":"--last"}'`;
    const { codex, request } = lab(`${odd}; ${diesFirst}; ${playCodexSample("resumed")}`, wanted);
    expect((await resultAfterDeath(request)).ok).toBe(true);
    expect(codex.calls().flat()).not.toContain("resume");
  });
});

describe("without a codex that can be used", () => {
  const dispatcher = createCodexDispatcher();

  test("an attempt fails for good and names the ways out", async () => {
    const { request } = aStageRequest("true");
    const options = { ...request.options, env: { PATH: "/nonexistent" } };
    const { error } = await dispatcher.dispatch({ ...request, options }, aControl().control);
    expect(error).toMatchObject({ class: "not_found", retryable: false });
    expect(error?.message).toMatch(
      /"codex", which is not in PATH.*npm install -g @openai\/codex.*--dispatcher/,
    );
  });

  const versions: [says: string, version: string, message: RegExp][] = [
    [
      "too old",
      "0.168.9",
      /Codex 0\.168\.9, and at least 0\.169\.0 is needed.*npm install -g @openai\/codex/,
    ],
    ["none", "what?", /does not answer "--version"/],
  ];
  test.each(versions)("its version being %s, an attempt fails for good", async (_, version, says) => {
    const { codex, request } = lab("exit 1", {}, version);
    const { error } = await dispatcher.dispatch(request, aControl().control);
    expect(error).toMatchObject({ class: "invalid_request", retryable: false });
    expect(error?.message).toMatch(says);
    expect(codex.calls()).toEqual([]);
  });

  test("keys of the agent file without effect are named in the log", async () => {
    const { request } = lab(playCodexSample("ok"), { tools: ["Read"] });
    const taken = aControl();
    await dispatcher.dispatch(request, taken.control);
    expect(shown(taken)[0]).toStartWith(
      'warning: "tools" of the stage has no effect with the dispatcher codex',
    );
    await dispatcher.sweep(request);
    expect(existsSync(request.attempt_dir)).toBe(false);
  });
});
