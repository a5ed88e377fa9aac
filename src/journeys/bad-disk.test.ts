import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { journeys, runIdOf, type Journey } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";
import { patientAgent, writeWorkflow } from "../testing/journey-workflows.ts";
import { openLiveDatabase } from "../testing/open-live-database.ts";

/** Homes that cannot be used, or fail later: exit code 5 with the way out, the files as they were, nothing lost. */

const mounted: string[] = [];
// First of all: what is mounted cannot be cleared away.
afterAll(() => mounted.forEach((folder) => Bun.spawnSync(["umount", "-l", folder])));
const begin = journeys();

/** Only root may mount, and not in every container. */
const canMount = tryMount();

describe("a home", () => {
  const cases: [string, (journey: Journey) => void, RegExp][] = [
    [
      "whose database is empty",
      ({ home }) => writeDatabase(home, ""),
      /workflows\.db" is empty\. put a backup/,
    ],
    [
      "whose database is no database",
      ({ home }) => writeDatabase(home, "x".repeat(9000)),
      /is not a database/,
    ],
    [
      "whose database is another program's",
      ({ home }) => foreignDatabase(home),
      /of another program\. move it/,
    ],
    ["that is a file", ({ home }) => writeFileSync(home, ""), /ENOTDIR|not a directory/],
  ];
  test.each(cases)("%s is refused and left as it is", async (_what, make, said) => {
    const journey = aWorkflow("bad-home");
    make(journey);
    const before = contentsOf(journey.home);
    for (const args of [["run", "."], ["run", ".", "--detach"], ["runs"], ["approve", "0192f"]]) {
      const ended = await journey.run(["workflow", ...args]);
      expect(ended.stderr).toMatch(said);
      expect(ended.stderr).not.toMatch(/^\s+at |this is a bug/m);
      expect(ended.code).toBe(5);
    }
    expect(contentsOf(journey.home)).toEqual(before);
  });

  test.each([
    ["overwritten", (file: string) => writeFileSync(file, tornCopy(file))],
    ["cut off", (file: string) => truncateSync(file, 9000)],
  ])("whose database is %s is told to be damaged", async (_what, damage) => {
    const journey = aWorkflow("damaged");
    journey.write("go", "");
    expect((await journey.run(["workflow", "run", "."])).code).toBe(0);
    damage(join(journey.home, "workflows.db"));
    const ended = await journey.run(["workflow", "run", "."]);
    expect(ended.code).toBe(5);
    expect(ended.stderr).toMatch(
      /^error: the database ".*" cannot be used: it is damaged .* put a backup in its place/,
    );
    expect((await journey.run(["doctor"])).code).toBe(1);
  });

  test("whose database lacks a table is told to be damaged", async () => {
    const journey = aWorkflow("no-table");
    journey.write("go", "");
    expect((await journey.run(["workflow", "create", "."])).code).toBe(0);
    const database = openLiveDatabase(join(journey.home, "workflows.db"));
    database.run("PRAGMA foreign_keys = OFF");
    database.run("DROP TABLE workflows");
    database.close();
    for (const args of [
      ["list"],
      ["workflow", "list"],
      ["workflow", "show", "journey"],
      ["workflow", "run", "."],
    ]) {
      const ended = await journey.run(args);
      expect(ended.stderr).toMatch(/^error: the database "[^"]*" .*no such table: (main\.)?workflows\)?\. /m);
      expect(ended.stderr).not.toMatch(/this is a bug/);
      expect(ended.code).toBe(5);
    }
  });

  test.skipIf(!canMount)(
    "that may not be written (skipped unless it can be mounted) is refused",
    async () => {
      const journey = aWorkflow("read-only");
      mount(journey.home, "ro,size=1m");
      const ended = await journey.run(["workflow", "run", "."]);
      expect(ended.code).toBe(5);
      expect(ended.stderr).toMatch(
        /cannot be used \(EROFS\)\. make its folder writable, or give another with --data-dir/,
      );
    },
  );

  test.skipIf(!canMount)("on a disk that is full from the start begins nothing", async () => {
    const journey = aWorkflow("no-room");
    mount(journey.home, "size=64k");
    const ended = await journey.run(["workflow", "run", "."]);
    expect(ended.code).toBe(5);
    expect(ended.stderr).toMatch(/^error: .*(full|ENOSPC)/);
    expect(journey.lines("began")).toEqual([]);
  });

  test.skipIf(!canMount)(
    "whose disk becomes full: the agent is left alone, and it goes on by itself",
    async () => {
      const journey = aWorkflow("full");
      mount(journey.home, "size=3m");
      const filler = join(journey.home, "filler");
      const running = journey.start(["workflow", "run", "."]);
      const runId = await runIdOf(running);
      await until("the agent runs", () => journey.lines("began").length === 1);
      expect(fillUp(filler)).toBeGreaterThan(0);
      journey.write("speak", "");
      await until("it says so", () =>
        running.stderr.includes("is full. make room, and it continues by itself"),
      );
      expect(journey.agents().length).toBeGreaterThan(0);
      const refused = await journey.run(["workflow", "cancel", runId, "-y"]);
      expect(refused.stderr).toMatch(/^error: .*full/m);
      expect(refused.code).toBe(5);

      rmSync(filler);
      journey.write("go", "");
      expect(await running.ended).toMatchObject({ code: 0 });
      const { status, steps } = await journey.execution(runId);
      expect([status, ...steps.map((step) => step.status)]).toEqual(["completed", "completed", "completed"]);
      expect(journey.lines("began")).toEqual(["one", "two"]);
      expect(journey.attempts()).toEqual([]);
    },
  );
});

describe("a backup", () => {
  const said =
    /^error: "[^"]*" cannot be written \(\w+\)\. name a file in an existing folder with enough space$/m;

  test.each(["nodir/x.db", "/proc/x.db", "WORKFLOW.json/x.db", `${"x".repeat(300)}.db`])(
    "to %s is refused",
    async (file) => {
      const journey = aWorkflow("backup");
      await journey.run(["workflow", "create", "."]);
      const ended = await journey.run(["db", "backup", file]);
      expect(ended.stderr).toMatch(said);
      expect(ended.code).toBe(5);
    },
  );

  test.skipIf(!canMount)("onto a full disk leaves nothing there", async () => {
    const journey = aWorkflow("backup");
    await journey.run(["workflow", "create", "."]);
    const small = join(journey.folder, "small");
    mount(small, "size=16k");
    const ended = await journey.run(["db", "backup", "small/x.db"]);
    expect(ended.stderr).toMatch(said);
    expect(ended.code).toBe(5);
    expect(readdirSync(small)).toEqual([]);
  });
});

describe("a full disk behind stdout", () => {
  const intoFull = { under: ["sh", "-c", 'exec "$@" >/dev/full', "sh"] };
  const said = /^error: stdout cannot be written: ENOSPC.*\. make room, or send it elsewhere$/m;

  test.each([
    "--version",
    "--help",
    "completion bash",
    "list",
    "list --format json",
    "doctor",
    "workflow validate .",
    "workflow eval 1",
    "workflow runs --format json",
  ])("is told by `skillmeat %s`", async (line) => {
    const ended = await aWorkflow("full-stdout").run(line.split(" "), intoFull);
    expect(ended.stderr).toMatch(said);
    expect(ended.stderr).not.toMatch(/^\s+at |\d \| /m);
    expect(ended.code).toBe(5);
  });

  test("does not hide that an execution failed, nor stop one", async () => {
    const journey = aWorkflow("full-stdout");
    journey.write("go", "");
    expect(await journey.run(["workflow", "run", "."], intoFull)).toMatchObject({ code: 5 });
    expect(journey.lines("ended")).toEqual(["one", "two"]);
    journey.write("agents/worker.sh", "#!/bin/sh\nexit 64\n");
    const failed = await journey.run(["workflow", "run", "."], intoFull);
    expect(failed.stderr).toMatch(said);
    expect(failed.code).toBe(1);
  });
});

/** Two stages; the agent speaks when it finds the file `speak`, and ends when it finds `go`. */
function aWorkflow(name: string): Journey {
  const journey = begin(name);
  patientAgent(journey);
  const speak = 'if [ -e "$SKILLMEAT_WORKDIR/speak" ]; then echo spoken $n; fi';
  const script = journey.read("agents/worker.sh").replace("sleep 0.02;", `sleep 0.02; ${speak};`);
  journey.write("agents/worker.sh", script.replace("n=0", "echo hello\nn=0"));
  writeWorkflow(journey, { one: {}, two: { after: ["one"] } });
  return journey;
}

function writeDatabase(home: string, content: string): void {
  mkdirSync(home);
  writeFileSync(join(home, "workflows.db"), content);
}

function foreignDatabase(home: string): void {
  mkdirSync(home);
  const database = new Database(join(home, "workflows.db"), { create: true });
  database.run("CREATE TABLE theirs (x)");
  database.run("INSERT INTO theirs VALUES (1)");
  database.close();
}

function tornCopy(file: string): Uint8Array {
  const bytes = new Uint8Array(readFileSync(file));
  return bytes.fill(0x5a, 4096);
}

/** Every file with its bytes, or the home's own when it is a file. */
function contentsOf(home: string): Record<string, string> {
  const names = (() => {
    try {
      return readdirSync(home);
    } catch {
      return [];
    }
  })();
  return Object.fromEntries(names.map((name) => [name, Bun.hash(readFileSync(join(home, name))).toString()]));
}

function tryMount(): boolean {
  const { folder } = begin("mount");
  const { exitCode } = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=1m", "none", folder], {
    stderr: "ignore",
  });
  if (exitCode === 0) Bun.spawnSync(["umount", folder]);
  return exitCode === 0;
}

function mount(folder: string, options: string): void {
  mkdirSync(folder);
  mounted.push(folder);
  expect(Bun.spawnSync(["mount", "-t", "tmpfs", "-o", options, "none", folder]).exitCode).toBe(0);
}

/** Writes until there is no room; how many bytes. */
function fillUp(file: string): number {
  const { exitCode } = Bun.spawnSync(["dd", "if=/dev/zero", `of=${file}`, "bs=4096"], { stderr: "ignore" });
  expect(exitCode).toBe(1);
  return readFileSync(file).length;
}
