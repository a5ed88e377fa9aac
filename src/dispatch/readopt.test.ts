import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { aControl, aStageRequest, type AgentLab, type TakenLine } from "../testing/a-stage-request.ts";
import { until } from "../testing/journey-until.ts";
import { isAlive, processesWith } from "../testing/process-table.ts";
import { createCommandDispatcher } from "./command.ts";
import { bothLaunches } from "../testing/both-launches.ts";
import type { StageResult } from "./dispatcher.ts";

let dispatcher = createCommandDispatcher();
/** How the attempts of this round are supervised. */
let supervision = "";

/** An engine that is there to be killed: starts the request in the file and tells each line that it takes. */
const engineSource = `
  import { createCommandDispatcher } from "${join(import.meta.dir, "command.ts")}";
  import { bothLaunches } from "${join(import.meta.dir, "../testing/both-launches.ts")}";
  import { createMasks } from "${join(import.meta.dir, "../execution/masks.ts")}";
  const request = await Bun.file(process.argv[1]).json();
  const write = (stream, text, offset) => process.stdout.write(JSON.stringify({ stream, text, offset }) + "\\n");
  const nowhere = { stdout: 0, stderr: 0 };
  const log = { offsets: nowhere, stored: nowhere, write };
  const [, launch] = bothLaunches.find(([name]) => name === process.argv[2]);
  const { signal } = new AbortController();
  await createCommandDispatcher(launch).dispatch(request, { signal, log, masks: createMasks([]) });
`;
const bystanders: Bun.Subprocess[] = [];

afterEach(async () => {
  for (const child of bystanders.splice(0)) {
    child.kill("SIGKILL");
    await child.exited;
  }
});

/** Another process starts the agent and is killed with -9 as soon as `when` holds; gives the lines it had taken. */
async function crashed(lab: AgentLab, when: () => boolean): Promise<TakenLine[]> {
  const file = join(lab.folder, "request.json");
  writeFileSync(file, JSON.stringify(lab.request));
  const engine = Bun.spawn([process.execPath, "-e", engineSource, file, supervision], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  await until("the engine is to be killed", when);
  engine.kill("SIGKILL");
  await engine.exited;
  const text = await new Response(engine.stdout).text();
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as TakenLine);
}

/** What a later engine gets, given where the killed one had got to. */
async function readopted(
  lab: AgentLab,
  taken: readonly TakenLine[],
): Promise<{ result: StageResult | null; left: "gone" | "unbegun" | null; texts: string[] }> {
  const place = (stream: string): number => taken.findLast((line) => line.stream === stream)?.offset ?? 0;
  const { control, texts } = aControl({ stdout: place("stdout"), stderr: place("stderr") });
  const given = await dispatcher.readopt(lab.request, control);
  await dispatcher.sweep(lab.request);
  expect(existsSync(lab.request.attempt_dir)).toBe(false);
  expect(processesWith(`SKILLMEAT_ATTEMPT_ID=${lab.request.attempt_id}`)).toEqual([]);
  if (typeof given === "string") return { result: null, left: given, texts: texts() };
  return { result: given, left: null, texts: texts() };
}

const there = (lab: AgentLab, name: string) => () => existsSync(join(lab.folder, name));

describe.each(bothLaunches)("agents under %s", (name, launch) => {
  beforeAll(() => {
    dispatcher = createCommandDispatcher(launch);
    supervision = name;
  });

  describe("after the engine was killed:", () => {
    test("an agent that still runs is followed on: no line is lost, none comes twice", async () => {
      const lab = aStageRequest(`
      echo first; touch ready; until test -e go; do sleep 0.01; done
      echo second; echo n=1 >> "$SKILLMEAT_OUTPUT_KV"`);
      const taken = await crashed(lab, there(lab, "ready"));
      const going = readopted(lab, taken);
      writeFileSync(join(lab.folder, "go"), "");
      const { result, texts } = await going;
      expect(result).toMatchObject({ ok: true, outputs: { n: "1" } });
      expect([...taken.map(({ text }) => text), ...texts]).toEqual(["first", "second"]);
    });

    test("of an agent that has ended meanwhile the result is read", async () => {
      const lab = aStageRequest(`
      touch ready; until test -e go; do sleep 0.01; done
      echo late; echo '{"a": 1}' > "$SKILLMEAT_OUTPUT"; touch over`);
      const taken = await crashed(lab, there(lab, "ready"));
      writeFileSync(join(lab.folder, "go"), "");
      const status = join(lab.request.attempt_dir, "status");
      await until("the supervisor has ended", async () =>
        /^\d+( \d+)?\n0\n$/.test(await Bun.file(status).text()),
      );
      const { result, texts } = await readopted(lab, taken);
      expect(result).toMatchObject({ ok: true, outputs: { a: 1 } });
      expect(texts).toEqual(["late"]);
    });

    test("its failure is read just so", async () => {
      const lab = aStageRequest(
        "touch ready; until test -e go; do sleep 0.01; done; echo sorry >&2; exit 65",
      );
      const taken = await crashed(lab, there(lab, "ready"));
      const going = readopted(lab, taken);
      writeFileSync(join(lab.folder, "go"), "");
      expect((await going).result?.error).toEqual({
        class: "invalid_request",
        message: '"agent.sh" ended with exit code 65: sorry',
        retryable: false,
      });
    });

    test("one that is gone without a status leaves nothing, whatever it had started", async () => {
      const lab = aStageRequest("setsid sleep 100 & touch ready; exec sleep 100");
      const taken = await crashed(lab, there(lab, "ready"));
      // The first line of the status is the supervisor's pid, which is its group's as well.
      const status = await Bun.file(join(lab.request.attempt_dir, "status")).text();
      process.kill(-Number.parseInt(status, 10), "SIGKILL");
      expect((await readopted(lab, taken)).left).toBe("gone");
    });

    test("one whose supervisor dies while it is followed is gone, too", async () => {
      const lab = aStageRequest(
        "touch ready; until test -e go; do sleep 0.01; done; kill -9 $PPID; exec sleep 100",
      );
      const taken = await crashed(lab, there(lab, "ready"));
      const going = readopted(lab, taken);
      writeFileSync(join(lab.folder, "go"), "");
      expect((await going).left).toBe("gone");
    });

    test("one that never began is told apart: without a folder, and with one that no agent has run in", async () => {
      const lab = aStageRequest("echo began");
      expect((await readopted(lab, [])).left).toBe("unbegun");
      mkdirSync(lab.request.attempt_dir, { recursive: true });
      for (const name of ["stdout.log", "stderr.log"]) writeFileSync(join(lab.request.attempt_dir, name), "");
      expect((await readopted(lab, [])).left).toBe("unbegun");
    });

    test("that one had begun is known until the attempt begins again, whoever asks", async () => {
      const lab = aStageRequest("touch ready; exec sleep 100");
      await crashed(lab, there(lab, "ready"));
      const [leader] = processesWith(`SKILLMEAT_ATTEMPT_ID=${lab.request.attempt_id}`);
      process.kill(-(leader?.group ?? 0), "SIGKILL");
      for (let tries = 0; tries < 2; tries++) {
        expect(await dispatcher.readopt(lab.request, aControl().control)).toBe("gone");
      }
      await dispatcher.sweep(lab.request);
    });

    test("a stop reaches it", async () => {
      const lab = aStageRequest("setsid sleep 100 & touch ready; while :; do sleep 0.01; done");
      await crashed(lab, there(lab, "ready"));
      const { control, stop } = aControl();
      const going = dispatcher.readopt(lab.request, control);
      stop();
      expect(await going).toMatchObject({ error: { class: "cancelled" } });
      await dispatcher.sweep(lab.request);
      expect(processesWith(`SKILLMEAT_ATTEMPT_ID=${lab.request.attempt_id}`)).toEqual([]);
    });

    test("its silence is counted from its last line on, but for no longer than it has lived", async () => {
      const lab = aStageRequest("echo first; touch ready; until test -e go; do sleep 0.01; done");
      const taken = await crashed(lab, there(lab, "ready"));
      // As when the clock was set forward meanwhile.
      const twoHoursAgo = Date.now() / 1000 - 7200;
      for (const name of ["stdout.log", "stderr.log"]) {
        utimesSync(join(lab.request.attempt_dir, name), twoHoursAgo, twoHoursAgo);
      }
      const watched = { ...lab, request: { ...lab.request, idle_timeout_ms: 3_600_000 } };
      const going = readopted(watched, taken);
      writeFileSync(join(lab.folder, "go"), "");
      expect((await going).result).toMatchObject({ ok: true });
    });

    test("one that was silent and has ended has its result read all the same", async () => {
      const lab = aStageRequest("touch ready; until test -e go; do sleep 0.01; done; touch over");
      const taken = await crashed(lab, there(lab, "ready"));
      writeFileSync(join(lab.folder, "go"), "");
      const status = join(lab.request.attempt_dir, "status");
      await until("the supervisor has ended", async () =>
        /^\d+( \d+)?\n0\n$/.test(await Bun.file(status).text()),
      );
      const watched = { ...lab, request: { ...lab.request, idle_timeout_ms: 1 } };
      expect((await readopted(watched, taken)).result).toMatchObject({ ok: true });
    });

    test("secrets that the agent named before are masked after", async () => {
      const lab = aStageRequest(`
      echo "::add-mask::sesame"; echo "::warning::thin ice"; touch ready
      until test -e go; do sleep 0.01; done; echo open sesame >&2`);
      await crashed(lab, there(lab, "ready"));
      const going = readopted(lab, [{ stream: "stdout", text: "", offset: 39 }]);
      writeFileSync(join(lab.folder, "go"), "");
      const { result, texts } = await going;
      expect(texts).toEqual(["open ***"]);
      expect(result?.warnings).toEqual(["thin ice"]);
    });
  });

  describe("at whatever point it was killed:", () => {
    const points: [what: string, files: Record<string, string>][] = [
      ["the folder was made", {}],
      ["the input was written in part", { "input.json": "{" }],
      ["nothing had been started", { "input.json": "{}", "stdout.log": "", "stderr.log": "" }],
      [
        "the supervisor had just made its file",
        { "input.json": "{}", "stdout.log": "", "stderr.log": "", status: "" },
      ],
      ["the supervisor had written half its pid", { "stdout.log": "", "stderr.log": "", status: "12" }],
    ];

    test.each(points)("%s: the attempt is gone and can be run again", async (_, files) => {
      const lab = aStageRequest("echo again");
      mkdirSync(lab.request.attempt_dir, { recursive: true });
      for (const [name, text] of Object.entries(files))
        writeFileSync(join(lab.request.attempt_dir, name), text);
      expect((await readopted(lab, [])).result).toBeNull();
      const { control, texts } = aControl();
      expect((await dispatcher.dispatch(lab.request, control)).ok).toBe(true);
      expect(texts()).toEqual(["again"]);
      await dispatcher.sweep(lab.request);
    });

    test("an attempt that never was is gone", async () => {
      expect((await readopted(aStageRequest("true"), [])).result).toBeNull();
    });

    test("what an earlier try has left in the folder is not taken for the new one's", async () => {
      const lab = aStageRequest("echo new");
      mkdirSync(lab.request.attempt_dir, { recursive: true });
      writeFileSync(join(lab.request.attempt_dir, "output.json"), '{"old": true}');
      const result = await dispatcher.dispatch(lab.request, aControl().control);
      expect(result).toMatchObject({ ok: true });
      expect(result).not.toHaveProperty("outputs");
      await dispatcher.sweep(lab.request);
    });
  });

  test("a process that has got the supervisor's pid since is neither followed nor killed", async () => {
    const lab = aStageRequest("true");
    const stranger = Bun.spawn(["sleep", "100"], { detached: true, stdio: ["ignore", "ignore", "ignore"] });
    bystanders.push(stranger);
    mkdirSync(lab.request.attempt_dir, { recursive: true });
    for (const name of ["stdout.log", "stderr.log"]) writeFileSync(join(lab.request.attempt_dir, name), "");
    writeFileSync(join(lab.request.attempt_dir, "status"), `${stranger.pid}\n`);
    expect((await readopted(lab, [])).result).toBeNull();
    expect(isAlive(stranger.pid)).toBe(true);
  });
});
