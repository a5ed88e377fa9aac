import { beforeAll, describe, expect, test } from "bun:test";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createMasks } from "../execution/masks.ts";
import { aControl, aStageRequest } from "../testing/a-stage-request.ts";
import { until } from "../testing/journey-until.ts";
import { createCommandDispatcher } from "./command.ts";
import { bothLaunches } from "../testing/both-launches.ts";
import type { StageRequest, StageResult } from "./dispatcher.ts";

let dispatcher = createCommandDispatcher();

async function run(
  script: string,
  changes: Partial<StageRequest> = {},
): Promise<StageResult & { lines: string[] }> {
  const { request } = aStageRequest(script, changes);
  const { control, texts } = aControl();
  const result = await dispatcher.dispatch(request, control);
  await dispatcher.sweep(request);
  expect(existsSync(request.attempt_dir)).toBe(false);
  return { ...result, lines: texts() };
}

const declared = {
  count: { type: "integer", required: true, description: null },
  names: { type: "array<string>", required: false, description: null },
  notes: { type: "string", required: false, description: null },
};

describe.each(bothLaunches)("agents under %s", (_, launch) => {
  beforeAll(() => {
    dispatcher = createCommandDispatcher(launch);
  });

  describe("a program is an agent:", () => {
    test("it gets the task on stdin and in a file, and answers with a JSON object", async () => {
      const { ok, outputs } = await run(
        'cat > in.json; cmp in.json "$SKILLMEAT_INPUT" && cp in.json "$SKILLMEAT_OUTPUT"',
      );
      expect(ok).toBe(true);
      expect(outputs).toMatchObject({
        schema: "skillmeat.stage/1",
        stage_id: "build",
        attempt: 1,
        role: "You build.",
        prompt: "build it",
        inputs: { target: "all" },
        tools: ["Read"],
      });
    });

    test("its environment holds what it is meant to see, and nothing else", async () => {
      const forbidden = { SKILLMEAT_ATTEMPT_ID: "forged", SKILLMEAT_TOKEN: "t", SKILLMEAT_NO_TOKEN: "1" };
      const { lines } = await run("env", { env: { COLOUR: "blue", ...forbidden } });
      const names = lines.map((line) => line.slice(0, line.indexOf("=")));
      expect(names.filter((name) => !name.startsWith("SKILLMEAT_")).toSorted()).toEqual([
        "COLOUR",
        "LANG",
        "PATH",
        "PWD",
      ]);
      expect(lines).toContain("COLOUR=blue");
      expect(names.filter((name) => name.includes("TOKEN"))).toEqual([]);
      expect(lines.find((line) => line.startsWith("SKILLMEAT_ATTEMPT_ID="))).toMatch(
        /=run-\d+-\d+\/build\/1$/,
      );
    });

    test("its files are its own user's alone", async () => {
      const { request } = aStageRequest("true");
      await dispatcher.dispatch(request, aControl().control);
      expect(statSync(request.attempt_dir).mode & 0o777).toBe(0o700);
      expect(statSync(join(request.attempt_dir, "input.json")).mode & 0o777).toBe(0o600);
      expect(statSync(join(request.attempt_dir, "stdout.log")).mode & 0o777).toBe(0o600);
      await dispatcher.sweep(request);
    });

    test("a shell script hands in lines, which become what the stage declares", async () => {
      const script = `
      echo count=42 >> "$SKILLMEAT_OUTPUT_KV"
      echo 'names=["a","b"]' >> "$SKILLMEAT_OUTPUT_KV"
      printf 'notes<<END\\none\\ntwo\\nEND\\n' >> "$SKILLMEAT_OUTPUT_KV"
      echo extra=7 >> "$SKILLMEAT_OUTPUT_KV"`;
      const { outputs } = await run(script, { outputs: declared });
      expect(outputs).toEqual({ count: 42, names: ["a", "b"], notes: "one\ntwo", extra: "7" });
    });

    test("a usage and a summary are taken along, also when it fails", async () => {
      const script = `
      echo '{"input": 12, "output": 3, "cost_usd": 0.0025}' > "$SKILLMEAT_USAGE"
      echo '**done**' > "$SKILLMEAT_SUMMARY"
      exit 1`;
      const { ok, usage, text } = await run(script);
      expect({ ok, text }).toEqual({ ok: false, text: "**done**\n" });
      expect(usage).toMatchObject({ input: 12, output: 3, cost_micro_usd: 2500, basis: "reported" });
    });

    test("paths in its command are relative to its file, not to the working directory", async () => {
      const { request, folder } = aStageRequest('cat "$1"');
      writeFileSync(join(folder, "words.txt"), "hello\n");
      if (request.agent) request.agent.command = ["./agent.sh", "./words.txt"];
      const { control, texts } = aControl();
      await dispatcher.dispatch({ ...request, workdir: "/" }, control);
      await dispatcher.sweep(request);
      expect(texts()).toEqual(["hello"]);
    });
  });

  describe("how it ends is what it is:", () => {
    const codes: [script: string, error: Record<string, unknown>][] = [
      ["exit 1", { class: "agent_error", message: '"agent.sh" ended with exit code 1' }],
      [
        "echo no disk >&2; exit 3",
        { class: "agent_error", message: '"agent.sh" ended with exit code 3: no disk' },
      ],
      [
        'echo "::error::out of ink"; echo x >&2; exit 3',
        { message: '"agent.sh" ended with exit code 3: out of ink' },
      ],
      ["exit 64", { class: "invalid_request", retryable: false }],
      ["exit 65", { class: "invalid_request", retryable: false }],
      ["exit 66", { class: "invalid_request", retryable: false }],
      ["exit 78", { class: "invalid_request", retryable: false }],
      ["exit 126", { class: "invalid_request", retryable: false }],
      ["nosuchprogram", { class: "invalid_request", retryable: false }],
      ["exit 77", { class: "auth_failure", retryable: false }],
      ["exit 69", { class: "agent_error" }],
      ["exit 75", { class: "agent_error" }],
      ["exit 70", { class: "internal" }],
      ["exit 9", { class: "rate_limited" }],
      ["kill -9 $$", { message: expect.stringContaining("was ended by SIGKILL (exit code 137)") }],
      [
        `echo '{"class":"rate_limited","message":"slow","retry_after_ms":1500}' > "$SKILLMEAT_ERROR"; exit 64`,
        { class: "rate_limited", message: "slow", retry_after_ms: 1500 },
      ],
      [
        `echo '{"class":"auth_failure","message":"no"}' > "$SKILLMEAT_ERROR"`,
        { class: "auth_failure", message: "no", retryable: false },
      ],
      ['echo just words > "$SKILLMEAT_ERROR"; exit 1', { class: "agent_error", message: "just words" }],
      [
        'echo "[1]" > "$SKILLMEAT_OUTPUT"',
        { class: "output_contract", message: expect.stringContaining("must be a JSON object, not an array") },
      ],
      [
        'echo "{oops" > "$SKILLMEAT_OUTPUT"',
        { class: "output_contract", message: expect.stringContaining("is not JSON") },
      ],
      [
        'printf "{\\"a\\":\\"\\377\\"}" > "$SKILLMEAT_OUTPUT"',
        { message: "the file SKILLMEAT_OUTPUT is not UTF-8" },
      ],
      ['mkfifo "$SKILLMEAT_OUTPUT"', { message: "the file SKILLMEAT_OUTPUT is not a file" }],
      [
        'head -c 9000000 /dev/zero | tr "\\0" " " > "$SKILLMEAT_OUTPUT"',
        { message: "the file SKILLMEAT_OUTPUT has 9000000 bytes; 8388608 at most" },
      ],
      [
        'head -c 5000 /dev/zero | tr "\\0" "[" > "$SKILLMEAT_OUTPUT"',
        { message: "the file SKILLMEAT_OUTPUT is nested deeper than 256 levels" },
      ],
      [
        'echo count=many > "$SKILLMEAT_OUTPUT_KV"',
        { class: "output_contract", message: expect.stringContaining('output "count" must be integer') },
      ],
      [
        'echo what > "$SKILLMEAT_OUTPUT_KV"',
        {
          class: "output_contract",
          message: expect.stringContaining("line 1 is neither name=value nor name<<END"),
        },
      ],
    ];

    test.each(codes)("%s", async (script, error) => {
      const { request } = aStageRequest(script, { outputs: declared });
      if (request.agent) request.agent.exit_codes = { "9": { class: "rate_limited", retryable: true } };
      const result = await dispatcher.dispatch(request, aControl().control);
      await dispatcher.sweep(request);
      expect(result.ok).toBe(false);
      expect(result.error).toMatchObject(error);
      if (!("retryable" in error)) expect(result.error).not.toHaveProperty("retryable");
    });

    test("a program that failed has failed; what it handed in is there to be looked at", async () => {
      const result = await run('echo \'{"a":1}\' > "$SKILLMEAT_OUTPUT"; exit 3');
      expect(result).toMatchObject({ ok: false, outputs: { a: 1 }, exit_code: 3 });
    });
  });

  describe("what cannot be started is told with a way out, and not tried again:", () => {
    const wrong: [what: string, command: string[] | null, error: Record<string, unknown>][] = [
      [
        "no command",
        null,
        { class: "invalid_request", message: expect.stringContaining('add command: ["./run.sh"]') },
      ],
      [
        "no such program",
        ["no-such-program"],
        { class: "not_found", message: expect.stringContaining("is not in PATH") },
      ],
      [
        "no such file",
        ["./nowhere"],
        { class: "not_found", message: expect.stringContaining("relative to the agent file") },
      ],
      ["a folder", ["./"], { class: "invalid_request", message: expect.stringContaining("is a folder") }],
      [
        "a file that is none",
        ["./plain.txt"],
        { class: "invalid_request", message: expect.stringContaining("chmod +x") },
      ],
      [
        "Windows line ends",
        ["./windows.sh"],
        { class: "invalid_request", message: expect.stringContaining("ends in a carriage return") },
      ],
      [
        "Windows line ends, given to a shell",
        ["sh", "./windows.sh"],
        { class: "invalid_request", message: expect.stringContaining("sed -i") },
      ],
      [
        "an interpreter that is not there",
        ["./odd.sh"],
        { class: "not_found", message: expect.stringContaining('names "/opt/no/python9"') },
      ],
      [
        "an interpreter that env does not find",
        ["./env.sh"],
        { class: "not_found", message: expect.stringContaining('looks for "python9"') },
      ],
      [
        "no such script of an interpreter",
        ["sh", "./nowhere.sh"],
        { class: "not_found", message: expect.stringContaining("nowhere.sh, which") },
      ],
      [
        "too big",
        ["true", "x".repeat(200_000)],
        { class: "invalid_request", message: expect.stringContaining("too big") },
      ],
    ];

    const scripts = {
      "windows.sh": "#!/bin/sh\r\necho\r\n",
      "odd.sh": "#! /opt/no/python9 -u\n",
      "env.sh": "#!/usr/bin/env -S A=1 python9 -u\n",
    };

    test.each(wrong)("%s", async (_, command, error) => {
      const { request, folder } = aStageRequest("true");
      writeFileSync(join(folder, "plain.txt"), "");
      for (const [name, text] of Object.entries(scripts))
        writeFileSync(join(folder, name), text, { mode: 0o755 });
      if (request.agent) request.agent.command = command;
      const result = await dispatcher.dispatch(request, aControl().control);
      await dispatcher.sweep(request);
      expect(result).toMatchObject({ ok: false, error: { ...error, retryable: false } });
    });

    test("a word of the shell is no program", async () => {
      const { request } = aStageRequest("true");
      if (request.agent) request.agent.command = ["exit", "0"];
      const result = await dispatcher.dispatch(request, aControl().control);
      expect(result.error?.class).toBe("not_found");
    });

    test("an agent that is known by its name alone", async () => {
      expect((await run("true", { agent: null })).error).toMatchObject({
        class: "not_found",
        retryable: false,
      });
    });
  });

  describe("its log:", () => {
    test("each line comes with the place where the next one begins", async () => {
      const { request } = aStageRequest("echo one; echo déux; echo err >&2; printf three");
      const { control, lines } = aControl();
      await dispatcher.dispatch(request, control);
      await dispatcher.sweep(request);
      expect(lines).toEqual([
        { stream: "stdout", text: "one", offset: 4 },
        { stream: "stdout", text: "déux", offset: 10 },
        { stream: "stderr", text: "err", offset: 4 },
        { stream: "stdout", text: "three", offset: 15 },
      ]);
    });

    test("a line is there while the program runs", async () => {
      const { request, folder } = aStageRequest("echo ready; while ! test -e go; do sleep 0.01; done");
      const { control, lines } = aControl();
      const done = dispatcher.dispatch(request, control);
      await until("the line has come", () => lines.length > 0);
      writeFileSync(join(folder, "go"), "");
      expect((await done).ok).toBe(true);
      await dispatcher.sweep(request);
    });

    test("secrets are masked in lines and messages; what it names is one, too", async () => {
      const script = `
      echo "key $API_KEY"; echo "own $PROVIDER_TOKEN"; echo ::add-mask::sesame; echo sesame
      echo "::error::bad $API_KEY"; exit 1`;
      const { request } = aStageRequest(script, { env: { API_KEY: "k-12345", COLOUR: "blue" } });
      request.options.env["PROVIDER_TOKEN"] = "t-67890";
      const masks = createMasks(["k-12345", "t-67890"]);
      const { control, texts } = aControl({ stdout: 0, stderr: 0 }, masks);
      const result = await dispatcher.dispatch(request, control);
      await dispatcher.sweep(request);
      expect(texts()).toEqual(["key ***", "own ***", "***", "error: bad ***"]);
      expect(result.error?.message).toBe('"agent.sh" ended with exit code 1: bad ***');
      expect([...masks.secrets]).toContain("sesame");
    });

    test("warnings are the result's, too", async () => {
      const { warnings, lines } = await run('echo "::warning::thin ice"; echo "::progress 40 compiling::"');
      expect(warnings).toEqual(["thin ice"]);
      expect(lines).toEqual(["warning: thin ice", "40 % compiling"]);
    });
  });
});
