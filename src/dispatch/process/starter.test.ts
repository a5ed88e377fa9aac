import { afterAll, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aControl, aStageRequest } from "../../testing/a-stage-request.ts";
import { until } from "../../testing/journey-until.ts";
import { isAlive } from "../../testing/process-table.ts";
import { createCommandDispatcher } from "../command.ts";
import { recordedExit } from "./supervisor.ts";
import { createLaunch } from "./launcher.ts";
import { openStarter, StarterGone, StartRefused, type Starter } from "./starter.ts";
import { supervisorProgram, supervisorState } from "./supervisor-program.ts";

const root = mkdtempSync(join(tmpdir(), "starter-"));
const program = supervisorProgram(root);
const begun: Starter[] = [];
afterAll(async () => {
  for (const starter of begun) starter.close();
  await Promise.all(begun.map(({ gone }) => gone));
  rmSync(root, { recursive: true, force: true });
});

function aStarter(): Starter {
  const starter = openStarter(program ?? "");
  begun.push(starter);
  return starter;
}

/** An attempt's folder with its input, and the request to start a shell script there. */
function aRequest(
  script: string,
  changes: { workdir?: string; isTwoWay?: boolean; command?: string[] } = {},
) {
  const folder = mkdtempSync(join(root, "a-"));
  writeFileSync(join(folder, "input.json"), "the input\n");
  const env = { PATH: process.env["PATH"] ?? "", HERE: folder };
  return { folder, workdir: root, command: ["/bin/sh", "-c", script], env, isTwoWay: false, ...changes };
}

/** Processes whose parent is this one and that have not ended. */
function childrenOf(pid: number): number[] {
  const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return pids === "" ? [] : pids.split(" ").map(Number).filter(isAlive);
}

const read = (folder: string, name: string): string =>
  existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "";

describe.skipIf(program === null)("the starter", () => {
  test("starts an agent with its input, logs, environment and working directory, and tells its status", async () => {
    const request = aRequest('cat; echo "$HERE"; pwd; echo bad >&2; exit 3');
    const { pid, startTicks, ended } = await aStarter().start(request);
    expect(await ended).toBe(3);
    expect(read(request.folder, "stdout.log")).toBe(`the input\n${request.folder}\n${root}\n`);
    expect(read(request.folder, "stderr.log")).toBe("bad\n");
    expect(read(request.folder, "status")).toBe(`${pid} ${startTicks}\n3\n`);
  });

  test.each([
    ["a program that is not there", ["/nowhere"], 127, "/nowhere: No such file or directory\n"],
    ["a file that may not be run", ["/etc/passwd"], 126, "/etc/passwd: Permission denied\n"],
    ["one that a signal ends", ["/bin/sh", "-c", "kill -9 $$"], 137, ""],
  ])("tells of %s as a shell does", async (_, command, status, complaint) => {
    const request = aRequest("", { command });
    const { ended } = await aStarter().start(request);
    expect([await ended, read(request.folder, "stderr.log")]).toEqual([status, complaint]);
  });

  test("refuses a working directory that is not there, and leaves no trace of a begun attempt", async () => {
    const request = aRequest("true", { workdir: "/nowhere" });
    const refused = await aStarter()
      .start(request)
      .catch((error: unknown) => error);
    expect([refused instanceof StartRefused, existsSync(join(request.folder, "status"))]).toEqual([
      true,
      false,
    ]);
  });

  test("starts many agents at once, and one whose request is bigger than a pipe", async () => {
    const starter = aStarter();
    const small = Array.from({ length: 30 }, (_, status) => aRequest(`exit ${status}`));
    const big = aRequest('exit "${#BIG}"');
    const requests = [
      ...small,
      { ...big, env: { ...big.env, BIG: "b".repeat(30), MORE: "x".repeat(100_000) } },
    ];
    const statuses = requests.map(async (request) => (await starter.start(request)).ended);
    expect(await Promise.all(statuses)).toEqual(requests.map((_, status) => status));
  });

  test("has supervisors that share its memory and nothing else: how one ends concerns no other", async () => {
    const starter = aStarter();
    const waiting = 'until test -e "$HERE/go"; do sleep 0.02; done; exit 5';
    const requests = Array.from({ length: 3 }, () => aRequest(waiting));
    const [killed, broken, third] = await Promise.all(requests.map((request) => starter.start(request)));
    process.kill(killed?.pid ?? 0, "SIGKILL");
    process.kill(broken?.pid ?? 0, "SIGSEGV");
    expect(await Promise.all([killed?.ended, broken?.ended])).toEqual([null, null]);
    for (const { folder } of requests) writeFileSync(join(folder, "go"), "");
    expect(await third?.ended).toBe(5);
    expect(await (await starter.start(aRequest("exit 4"))).ended).toBe(4);
    expect(childrenOf(starter.pid)).toEqual([]);
  });

  test("starts no second agent in a folder that has had one", async () => {
    const starter = aStarter();
    const request = aRequest("true");
    await (
      await starter.start(request)
    ).ended;
    await expect(starter.start(request)).rejects.toThrow(StartRefused);
  });

  test("feeds a two-way agent from its file as it grows, until the end is marked", async () => {
    const request = aRequest('while read -r line; do echo "got $line"; done; echo over', { isTwoWay: true });
    writeFileSync(join(request.folder, "in.jsonl"), "one\n");
    const { ended } = await aStarter().start(request);
    await until("the first line is there", () => read(request.folder, "stdout.log") === "got one\n");
    appendFileSync(join(request.folder, "in.jsonl"), "two\n".repeat(50_000));
    await until("all lines are there", () => read(request.folder, "stdout.log").length === 8 * 50_001);
    writeFileSync(join(request.folder, "in.end"), "");
    expect(await ended).toBe(0);
    expect(read(request.folder, "stdout.log")).toEndWith("got two\nover\n");
  });

  test("may die: what it has started goes on and leaves its status", async () => {
    const starter = aStarter();
    const request = aRequest('until test -e "$HERE/go"; do sleep 0.02; done; exit 5');
    const { ended } = await starter.start(request);
    process.kill(starter.pid, "SIGKILL");
    expect(await ended).toBe("lost");
    await expect(starter.start(aRequest("true"))).rejects.toThrow(StarterGone);
    writeFileSync(join(request.folder, "go"), "");
    await until("the status is written", () => recordedExit(request.folder) === 5);
  });
});

describe.skipIf(program === null)("an agent's descendants without its mark", () => {
  /** One that clears its environment and leaves its session, and one that such a one has started. */
  const escape = `env -i setsid /bin/sh -c 'echo $$ > first; /bin/sleep 600 & echo $! > second; wait' &
    until test -s second; do sleep 0.02; done`;

  test.each([
    ["when it succeeds", escape, false],
    ["when it fails", `${escape}; exit 1`, false],
    ["when it is stopped", `${escape}; touch ready; sleep 600`, true],
    [
      "when it is stopped and does not heed it",
      `trap "" TERM; ${escape}; touch ready; sleep 600; sleep 600`,
      true,
    ],
  ])("end with it %s", async (_, script, isStopped) => {
    const { folder, request } = aStageRequest(script);
    const dispatcher = createCommandDispatcher(createLaunch(root));
    const stop = new AbortController();
    const running = dispatcher.dispatch(request, { ...aControl().control, signal: stop.signal });
    if (isStopped) {
      await until("it runs", () => existsSync(join(folder, "ready")));
      stop.abort();
    }
    await running;
    await dispatcher.sweep(request);
    const pids = ["first", "second"].map((name) => Number(readFileSync(join(folder, name), "utf8")));
    expect(pids.map((pid) => isAlive(pid))).toEqual([false, false]);
  });

  test("end with it also when the engine is dead", async () => {
    const request = aRequest(`cd "$HERE"; ${escape}; exit 0`);
    const starter = aStarter();
    const { ended } = await starter.start(request);
    process.kill(starter.pid, "SIGKILL");
    await ended;
    await until("the status is written", () => recordedExit(request.folder) === 0);
    const pids = ["first", "second"].map((name) => Number(read(request.folder, name)));
    expect(pids.map((pid) => isAlive(pid))).toEqual([false, false]);
  });
});

test("a person is told where the supervisor is, or that it comes with the first agent", () => {
  const home = mkdtempSync(join(root, "h-"));
  if (program === null) return expect(supervisorState(home).isOwn).toBe(false);
  expect(supervisorState(home)).toEqual({
    isOwn: true,
    says: expect.stringContaining("with the first agent"),
  });
  expect(existsSync(join(home, "bin"))).toBe(false);
  const file = supervisorProgram(home) ?? "";
  expect(supervisorState(home)).toEqual({ isOwn: true, says: file });
});

test("a home whose files may not be run has its agents under a shell", async () => {
  const home = join(root, "a-file");
  mkdirSync(join(home, "bin"), { recursive: true });
  const known = program === null ? null : supervisorProgram(home);
  // Of the same size, and no program at all.
  if (known !== null) writeFileSync(known, Buffer.alloc(readFileSync(known).byteLength), { mode: 0o600 });
  const { request } = aStageRequest("echo ran");
  const { control, texts } = aControl();
  const dispatcher = createCommandDispatcher(createLaunch(home));
  expect((await dispatcher.dispatch(request, control)).ok).toBe(true);
  await dispatcher.sweep(request);
  expect(texts()).toEqual(["ran"]);
  expect(supervisorState(home).isOwn).toBe(false);
});
