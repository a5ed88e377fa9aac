import { describe, expect, test } from "bun:test";
import { journeys, executable, type Journey } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";
import { scriptAgent, writeWorkflow } from "../testing/journey-workflows.ts";
import { residentBytes } from "../testing/process-table.ts";

/** What programs hand in and print may be anything at all: it fails its step, or is cut, and nothing else. */

const begin = journeys();
const mebibyte = 1024 * 1024;

describe("outputs", () => {
  const cases: [string, string, RegExp][] = [
    ["not JSON", 'echo hello >"$SKILLMEAT_OUTPUT"', /is not JSON/],
    ["a list", 'echo "[1]" >"$SKILLMEAT_OUTPUT"', /must be a JSON object, not an array/],
    ["of the wrong type", `echo '{"n": "x"}' >"$SKILLMEAT_OUTPUT"`, /output "n" must be integer, not "x"/],
    ["missing", "true", /output "n" is missing\. it is required, of type integer/],
    ["100 MB", 'head -c 100000000 /dev/zero >"$SKILLMEAT_OUTPUT"', /has 100000000 bytes; 8388608 at most/],
    ["a folder", 'mkdir "$SKILLMEAT_OUTPUT"', /is not a file/],
    ["a pipe nobody writes", 'mkfifo "$SKILLMEAT_OUTPUT"', /is not a file/],
    ["bytes that are no text", 'head -c 100 /dev/urandom >"$SKILLMEAT_OUTPUT"', /is not (UTF-8|JSON)/],
  ];

  test("that are wrong fail their step with what is wrong, each", async () => {
    const journey = begin("bad-outputs");
    const stages: Parameters<typeof writeWorkflow>[1] = {};
    cases.forEach(([, script], at) => {
      scriptAgent(journey, `agent${at}`, script);
      const error_policy = { on_failure: "continue", retry: { max_attempts: 1 } };
      stages[`s${at}`] = { agent: `agent${at}`, outputs: { n: { type: "integer" } }, error_policy };
    });
    writeWorkflow(journey, stages);
    const ended = await journey.run(["workflow", "run", ".", "--format", "json"]);
    expect(ended.code).toBe(0);
    const { had_failures, steps } = JSON.parse(ended.stdout) as {
      had_failures: boolean;
      steps: { status: string; error_class: string; error_message: string }[];
    };
    expect(had_failures).toBe(true);
    cases.forEach(([what, , said], at) => {
      expect([what, steps[at]?.status, steps[at]?.error_class]).toEqual([what, "failed", "output_contract"]);
      expect(steps[at]?.error_message).toMatch(said);
    });
    expect(journey.attempts()).toEqual([]);
  });

  test("that nobody declared, or named like JavaScript's own things, are kept and told, and do no harm", async () => {
    const journey = begin("odd-outputs");
    scriptAgent(
      journey,
      "worker",
      `echo '{"n": 1, "__proto__": {"x": 1}, "toString": 5}' >"$SKILLMEAT_OUTPUT"`,
    );
    writeWorkflow(journey, { one: { outputs: { n: { type: "integer" } } } });
    const ended = await journey.run(["workflow", "run", "."]);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('warning: output "toString" is not declared; it is kept');
  });
});

describe("a log", () => {
  test("with one line of 10 MB is cut at 64 KiB; binary lines harm neither terminal nor store", async () => {
    const journey = begin("wide-log");
    scriptAgent(journey, "wide", "head -c 10000000 /dev/zero | tr '\\0' x; echo; echo after");
    scriptAgent(
      journey,
      "binary",
      "head -c 300000 /dev/urandom; printf '\\033[2J\\033]0;title\\007'; echo; echo after",
    );
    writeWorkflow(journey, { wide: { agent: "wide" }, binary: { agent: "binary" } });
    const ended = await journey.run(["workflow", "run", "."]);
    expect(ended.code).toBe(0);
    const lines = ended.stdout.split("\n");
    const longest = Math.max(...lines.map((line) => Buffer.byteLength(line)));
    expect(longest).toBeWithin(64 * 1024 - 100, 64 * 1024 + 100);
    expect(lines.filter((line) => line.endsWith("] after"))).toHaveLength(2);
    // Neither an escape sequence nor another control character reaches the reader.
    const control = [...ended.stdout].find((letter) => letter < " " && letter !== "\n" && letter !== "\t");
    expect(control).toBeUndefined();
  });

  test("of 60 MB is kept to 50 MiB, head and tail, and says so; the memory stays bounded", async () => {
    const journey = begin("long-log");
    scriptAgent(
      journey,
      "worker",
      "yes $(head -c 8000 /dev/zero | tr '\\0' x) | head -c 60000000; echo; echo last",
    );
    writeWorkflow(journey, { only: {} });
    const most = await mostMemoryOf(journey, ["workflow", "run", ".", "--format", "json"]);
    expect(most).toBeLessThan(300 * mebibyte);
    const [run] = await runsOf(journey);
    expect(run?.status).toBe("completed");
    const logs = await journey.run(["workflow", "runs", run?.run_id ?? "", "--logs"]);
    expect(logs.stdout).toMatch(/… \d+ lines \(\d+ bytes\) are left out here/);
    expect(logs.stdout.trimEnd()).toEndWith("last");
    expect(logs.stdout.length).toBeWithin(47 * mebibyte, 53 * mebibyte);
    // A slow reader gets all of it, too.
    const slow = Bun.spawnSync(
      ["sh", "-c", '"$0" workflow runs "$1" --logs | { sleep 0.3; wc -c; }', executable, run?.run_id ?? ""],
      {
        env: { PATH: process.env["PATH"] ?? "", SKILLMEAT_HOME: journey.home },
      },
    );
    expect(Number(slow.stdout.toString())).toBe(Buffer.byteLength(logs.stdout));
  });
});

/** Runs to the end; the most memory it was seen to have. */
async function mostMemoryOf(journey: Journey, args: string[]): Promise<number> {
  const running = journey.start(args);
  let most = 0;
  let isOver = false;
  void running.ended.then(() => (isOver = true));
  await until("it has ended", () => {
    most = Math.max(most, residentBytes(running.pid));
    return isOver;
  });
  expect((await running.ended).code).toBe(0);
  return most;
}

async function runsOf(journey: Journey): Promise<{ run_id: string; status: string }[]> {
  const { stdout } = await journey.run(["workflow", "runs", "--format", "json"]);
  return (JSON.parse(stdout) as { items: { run_id: string; status: string }[] }).items;
}
