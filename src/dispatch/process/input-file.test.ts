import { describe, expect, test } from "bun:test";
import { appendFileSync, closeSync, mkdirSync, mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bothLaunches } from "../../testing/both-launches.ts";
import { until } from "../../testing/journey-until.ts";
import { processesWith } from "../../testing/process-table.ts";
import { endOf } from "./adopt-agent.ts";
import { makeAttemptFolder } from "./attempt-folder.ts";
import { endInput, openInputFile } from "./input-file.ts";
import { markVariable } from "./processes.ts";
import { recordedSupervisor, type LaunchOptions } from "./supervisor.ts";
import { createTicker } from "./ticker.ts";

const root = mkdtempSync(join(tmpdir(), "skillmeat-input-"));
let made = 0;

/** An attempt whose agent is that shell script, which reads its stdin; ready to be launched. */
function anAttempt(script: string): LaunchOptions {
  const folder = join(root, String(++made), "a.1");
  mkdirSync(dirname(folder), { recursive: true });
  const handles = makeAttemptFolder(folder, "{}");
  const attemptId = `input-${process.pid}-${made}`;
  const env = { [markVariable]: attemptId, PATH: process.env["PATH"] ?? "" };
  const command = ["/bin/sh", "-c", script];
  return { folder, attemptId, command, workdir: root, env, handles, isTwoWay: true };
}

const outputOf = ({ folder }: LaunchOptions): string => readFileSync(join(folder, "stdout.log"), "utf8");
const contentOf = ({ folder }: LaunchOptions): string => readFileSync(join(folder, "in.jsonl"), "utf8");
const echo = 'while read -r line; do echo "got $line"; done; echo over; exit 3';

describe("a two-way agent's input file", () => {
  test("holds what was said, and is its own user's alone", () => {
    const attempt = anAttempt("");
    const first = openInputFile(attempt.folder);
    expect(first.said).toEqual([]);
    expect(first.say(["one"], false)).toEqual(["one"]);
    expect(first.say([], false)).toEqual([]);
    expect(first.say(["zwölf", "three"], false)).toEqual(["zwölf", "three"]);
    first.close();
    const next = openInputFile(attempt.folder);
    expect(next.said).toEqual(["one", "zwölf", "three"]);
    next.say(["four"], true);
    next.close();
    expect(contentOf(attempt)).toBe("one\nzwölf\nthree\nfour\n");
    expect(statSync(join(attempt.folder, "in.jsonl")).mode & 0o777).toBe(0o600);
  });

  const cuts: [left: string, said: string[], content: string][] = [
    ["one\n", ["zwei", "zwölf"], "one\nzwei\nzwölf\n"],
    ["one\nzw", ["zwei", "zwölf"], "one\nzwei\nzwölf\n"],
    ["one\nzw\xc3", ["zwölf", "zwei"], "one\nzwölf\nzwei\n"],
    ["one\nzwölf", ["zwölf", "zwei"], "one\nzwölf\nzwei\n"],
  ];
  test.each(cuts)("that a crash has cut after %j is completed first", (left, said, content) => {
    const attempt = anAttempt("");
    const bytes = Buffer.from(left, left.includes("\xc3") ? "latin1" : "utf8");
    appendFileSync(join(attempt.folder, "in.jsonl"), bytes);
    const input = openInputFile(attempt.folder);
    expect(input.said).toEqual(["one"]);
    expect(input.say(["zwei", "zwölf"], false)).toEqual(said);
    input.close();
    expect(contentOf(attempt)).toBe(content);
  });

  test("waits with half a message for the rest, and ends it when there is none", () => {
    const attempt = anAttempt("");
    appendFileSync(join(attempt.folder, "in.jsonl"), "one\nthr");
    const input = openInputFile(attempt.folder);
    expect(input.say(["zwei"], false)).toEqual([]);
    expect(contentOf(attempt)).toBe("one\nthr");
    expect(input.say(["zwei"], true)).toEqual(["zwei"]);
    input.close();
    expect(contentOf(attempt)).toBe("one\nthr\nzwei\n");
  });

  test("takes no message of several lines", () => {
    const input = openInputFile(anAttempt("").folder);
    expect(() => input.say(["one\ntwo"], false)).toThrow("line break");
    input.close();
  });
});

describe.each(bothLaunches)("a two-way agent under %s", (supervision, launch) => {
  test("reads what was there before it and what comes, until its input is ended", async () => {
    const attempt = anAttempt(echo);
    const input = openInputFile(attempt.folder);
    input.say(["one"], false);
    const { ended } = await launch(attempt, createTicker());
    await until("the first message is there", () => outputOf(attempt) === "got one\n");
    const many = Array.from({ length: 20_000 }, () => "two");
    input.say(many, false);
    input.close();
    await until("all messages are there", () => outputOf(attempt).length === 8 * (many.length + 1));
    endInput(attempt.folder, attempt.attemptId);
    expect(await ended).toBe(3);
    expect(outputOf(attempt)).toEndWith("got two\nover\n");
    expect(processesWith(`${markVariable}=${attempt.attemptId}`)).toEqual([]);
  });

  test("may end before its input does", async () => {
    const attempt = anAttempt("read -r line; exit 4");
    const input = openInputFile(attempt.folder);
    input.say(["one", "two"], false);
    expect(await (await launch(attempt, createTicker())).ended).toBe(4);
    input.say(["three"], false);
    endInput(attempt.folder, attempt.attemptId);
    input.close();
    expect(processesWith(`${markVariable}=${attempt.attemptId}`)).toEqual([]);
  });

  test("goes on when the engine is gone: the next one completes half a message, and ends the input", async () => {
    const attempt = anAttempt(echo);
    appendFileSync(join(attempt.folder, "in.jsonl"), "one\ntw");
    const engine = Bun.spawn([process.execPath, "-e", engineSource, JSON.stringify(attempt), supervision], {
      stdin: "ignore",
      stdout: "ignore",
      stderr: "inherit",
    });
    await until("the agent runs", () => outputOf(attempt) === "got one\n");
    engine.kill("SIGKILL");
    await engine.exited;
    const supervisor = recordedSupervisor(attempt.folder, attempt.attemptId);
    expect(supervisor?.isRunning()).toBe(true);
    const input = openInputFile(attempt.folder);
    input.say(["two"], false);
    input.close();
    await until("it has the whole message", () => outputOf(attempt) === "got one\ngot two\n");
    endInput(attempt.folder, attempt.attemptId);
    expect(supervisor && (await endOf(supervisor, attempt.folder, createTicker()))).toBe(3);
    for (const handle of Object.values(attempt.handles)) closeSync(handle);
  });
});

/** An engine that is there to be killed: it launches the attempt of its first argument. */
const engineSource = `
  import { openSync } from "node:fs";
  import { join } from "node:path";
  import { bothLaunches } from "${join(import.meta.dir, "../../testing/both-launches.ts")}";
  import { createTicker } from "${join(import.meta.dir, "ticker.ts")}";
  const attempt = JSON.parse(process.argv[1]);
  const open = (name, flags) => openSync(join(attempt.folder, name), flags);
  const handles = { stdin: open("input.json", "r"), stdout: open("stdout.log", "a"), stderr: open("stderr.log", "a") };
  const [, launch] = bothLaunches.find(([name]) => name === process.argv[2]);
  await (await launch({ ...attempt, handles }, createTicker())).ended;
`;
