import { beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { journeys, type ProcessEnd, type Journey } from "../testing/journey.ts";
import { scriptAgent, writeWorkflow } from "../testing/journey-workflows.ts";

/** Wrong, hostile and huge things on the command line and in files: a clear error, the exit code, nothing begun. */

const begin = journeys();
const mebibyte = 1024 * 1024;
let journey: Journey;

beforeAll(() => {
  journey = begin("bad-input");
  scriptAgent(journey, "worker", "true");
  for (const [path, content] of Object.entries(files())) journey.write(path, content);
  mkdirSync(join(journey.folder, "empty"));
  symlinkSync("loop", join(journey.folder, "loop"));
  writeWorkflow(
    journey,
    { one: {}, two: {} },
    {
      parameters: {
        count: { type: "integer", required: true },
        flag: { type: "boolean", default: false },
        level: { type: "string", enum: ["low", "high"], default: "low" },
        must: { type: "string", required: true },
      },
    },
  );
});

type Case = [what: string, code: number, said: RegExp, args: string[]];
const run = (...args: string[]): string[] => ["workflow", "run", ".", "--param", "count=3", ...args];
const simulated = (script: string): string[] =>
  run("--param", "must=x", "--dispatcher", "simulated", "--script", script);

describe("a definition", () => {
  const cases: Case[] = [
    ["a file that is not there", 3, /there is no file or folder "gone\.yaml"/, ["gone.yaml"]],
    ["a name nobody has", 3, /there is no workflow "gone"\. "skillmeat workflow list"/, ["gone"]],
    ["a name longer than any", 3, /there is no workflow "x+"/, ["x".repeat(5000)]],
    ["a link to itself", 5, /"loop" cannot be read: ELOOP/, ["loop"]],
    ["a folder without one", 3, /the folder "empty" contains no WORKFLOW\.yaml/, ["empty"]],
    ["a device", 2, /"\/dev\/null" is not a file/, ["/dev/null"]],
    ["bytes that are no text", 1, /"binary\.yaml" is not a text file/, ["binary.yaml"]],
    ["NUL in it", 1, /"nul\.yaml" is not a text file/, ["nul.yaml"]],
    ["2 MiB", 1, /"big\.yaml" has 2\.0 MiB; a file may have 1 MiB at most/, ["big.yaml"]],
    ["nothing in it", 1, /must be a map, not empty/, ["empty.yaml"]],
    ["a list", 1, /must be a map, not a list/, ["list.json"]],
    ["a bomb of aliases", 1, /stand for more than \d+ nodes \[too_many_aliases\]/, ["bomb.yaml"]],
    ["keys of JavaScript's own", 1, /is not a key here|unknown|required/, ["proto.json"]],
  ];
  test.each([
    ["big.yaml", "too_large", '"big.yaml" has 2.0 MiB; a file may have 1 MiB at most'],
    ["nul.yaml", "not_text", '"nul.yaml" is not a text file (UTF-8)'],
  ])("%s has one finding as JSON, %s", async (file, code, message) => {
    const ended = await journey.run(["workflow", "validate", file, "--format", "json"]);
    const place = { path: "", line: 1, column: 1, stage_id: null, hint: null };
    const errors = [{ severity: "error", category: "schema", code, message, ...place }];
    expect(JSON.parse(ended.stdout)).toEqual({ valid: false, errors, warnings: [] });
    expect(ended.code).toBe(1);
  });

  describe.each(["validate", "run", "plan"])("to %s", (verb) => {
    test.each(cases)("that is %s: exit code %i", async (_what, code, said, args) => {
      isRefused(await journey.run(["workflow", verb, ...args]), code, said);
    });
  });
});

test("a folder that holds no workflow does not hide the stored one of its name", async () => {
  const own = begin("shadowed");
  own.write(
    "flow.yaml",
    "workflow: {id: shadowed, name: Shadowed}\nstages: [{id: ask, type: gate, gate: {}}]\n",
  );
  expect((await own.run(["workflow", "create", "flow.yaml"])).code).toBe(0);
  own.write("shadowed/notes.txt", "no workflow");
  expect((await own.run(["workflow", "plan", "shadowed"])).stdout).toStartWith("Workflow: Shadowed");
});

describe("a definition to validate", () => {
  const wells: Case[] = [
    ["a well of brackets", 1, /nested deeper than 64 levels \[too_deep\]/, ["deep.yaml"]],
    ["a well of braces", 1, /nested deeper than 64 levels \[too_deep\]/, ["deep.json"]],
  ];
  test.each(wells)("that is %s: exit code %i", async (_what, code, said, args) => {
    isRefused(await journey.run(["workflow", "validate", ...args]), code, said);
  });
});

test("of more findings than are shown, the sum counts the shown ones, and says that there are more", async () => {
  const stages = Array.from(
    { length: 80 },
    (_, at) => `- {id: s${at}, roles: {primary: x}, depends_on: [t, u, v]}`,
  );
  journey.write("many.yaml", `workflow: {id: w, name: W}\nstages:\n${stages.join("\n")}\n`);
  const { code, stdout, stderr } = await journey.run(["workflow", "validate", "many.yaml"]);
  expect(code).toBe(1);
  expect(stdout + stderr).toContain("120 more errors are not shown");
  expect(stdout + stderr).toContain("many.yaml: not valid, more than 200 errors");
});

describe("a command line", () => {
  const cases: Case[] = [
    ["an unknown flag", 2, /unknown option "--frob"\. see: skillmeat workflow run --help/, run("--frob")],
    ["a mistyped flag", 2, /did you mean "--param"\?/, run("--parm", "must=x")],
    ["an unknown command", 2, /unknown command "frob"\. see: skillmeat --help/, ["frob"]],
    ["an unknown command of a group", 2, /see: skillmeat workflow --help/, ["workflow", "frob"]],
    ["a mistyped command", 2, /did you mean "run" or "runs"\?/, ["workflow", "runn"]],
    ["no definition", 2, /missing required argument/, ["workflow", "run"]],
    ["a parameter without a value", 2, /--param takes name=value, not "must"/, run("--param", "must")],
    ["no such dispatcher", 2, /there is no dispatcher "x"/, run("--param", "must=x", "--dispatcher", "x")],
    ["no such folder to work in", 1, /gone is no folder/, run("--param", "must=x", "--workdir", "gone")],
    ["too many agents at once", 2, /--max-steps takes a whole/, run("--param", "must=x", "--max-steps", "0")],
    [
      "a script without simulated agents",
      2,
      /add --dispatcher simulated/,
      run("--param", "must=x", "--script", "s"),
    ],
  ];
  test.each(cases)("with %s: exit code %i", async (_what, code, said, args) => {
    isRefused(await journey.run(args), code, said);
  });
});

describe("parameters", () => {
  test("that are wrong are told all at once", async () => {
    const wrong = ["count=many", "flag=maybe", "level=mid", "extra=1"].flatMap((each) => ["--param", each]);
    const ended = await journey.run(["workflow", "run", ".", ...wrong]);
    isRefused(ended, 2, /5 parameters are wrong/);
    expect(ended.stderr.split("\n").slice(1, -1)).toEqual([
      '  extra: there is no parameter "extra". there are count, flag, level, must',
      '  count: parameter "count" must be integer, not "many"',
      '  flag: parameter "flag" must be boolean, not "maybe"',
      '  level: parameter "level" must be one of "low", "high", not "mid"',
      '  must: parameter "must" of type string is missing',
    ]);
  });

  const cases: Case[] = [
    ["not there", 3, /there is no file "gone\.json"/, ["gone.json"]],
    ["not YAML", 2, /"torn\.json" is neither YAML nor JSON: .* at line \d+, column \d+$/m, ["torn.json"]],
    ["a list", 2, /"list\.json" must contain parameter names/, ["list.json"]],
    ["no text", 1, /"binary\.yaml" is not a text file/, ["binary.yaml"]],
    [
      "a bomb",
      2,
      /"bomb\.yaml" cannot be used: the aliases up to here stand for more than 1000 nodes at line/,
      ["bomb.yaml"],
    ],
    [
      "too deep",
      2,
      /"well\.json" cannot be used: this is nested deeper than 64 levels at line/,
      ["well.json"],
    ],
    ["wrongly typed", 2, /parameter "must" must be string, not 3/, ["typed.json"]],
    ["a number with a zero before it", 2, /"must" must be string, not 01234$/m, ["zero.yaml"]],
    ["full of JavaScript's own keys", 2, /there is no parameter "__proto__"/, ["own-keys.json"]],
  ];
  test.each(cases)("in a file that is %s: exit code %i", async (_what, code, said, [file = ""]) => {
    isRefused(await journey.run(["workflow", "run", ".", "--params-file", file]), code, said);
  });
});

describe("an overrides file", () => {
  test("with keys that mean nothing: plan and run warn, with the file and the line", async () => {
    const overridden = begin("overrides");
    writeWorkflow(overridden, { one: {} });
    overridden.write(
      ".skillmeat-workflow-overrides.yaml",
      "overrides:\n  journey:\n    config: {tiemout: 1h}\n    stages:\n      one: {context: {modlues: []}, x-note: 1}\n",
    );
    scriptAgent(overridden, "worker", "true");
    const place = `(this comes from the overrides file "${overridden.folder}/.skillmeat-workflow-overrides.yaml"`;
    for (const args of [["plan"], ["run", "--dry-run"], ["run", "--dispatcher", "simulated"]]) {
      const [verb = "", ...options] = args;
      const ended = await overridden.run(["workflow", verb, ".", ...options]);
      expect(ended.code).toBe(0);
      const [first, second, ...others] = ended.stderr
        .split("\n")
        .filter((line) => line.includes(": warning: "));
      expect(first).toEndWith(`unknown key "tiemout" in "config" ${place}, line 3) [unknown_key]`);
      expect(second).toEndWith(`"modlues" in "context" of stage "one" ${place}, line 5) [unknown_key]`);
      expect(others).toEqual([]);
      expect(ended.stderr).toContain('hint: did you mean "timeout"?');
    }
  });
});

describe("the context of an expression", () => {
  const cases: Case[] = [
    ["not there", 3, /there is no file "gone\.json"/, ["gone.json"]],
    ["torn", 2, /"torn\.json" is not JSON/, ["torn.json"]],
    ["a list", 2, /"list\.json" must contain an object/, ["list.json"]],
    ["nested deep", 2, /"nested\.json" is nested deeper than 512 levels/, ["nested.json"]],
  ];
  test.each(cases)("that is %s: exit code %i", async (_what, code, said, args) => {
    isRefused(await journey.run(["workflow", "eval", "parameters", "--context", ...args]), code, said);
  });
});

describe("a simulation script", () => {
  const cases: Case[] = [
    ["not there", 3, /there is no file "gone\.yaml"/, simulated("gone.yaml")],
    ["a list", 2, /"list\.json": must be a mapping with "stages"/, simulated("list.json")],
    ["of the wrong shape", 2, /stages\.one\[0\]: must be a mapping/, simulated("shape.yaml")],
    ["with no duration", 2, /stages\.one\[0\]\.delay: must be a duration/, simulated("delay.yaml")],
    ["about other stages", 2, /stages\.three/, simulated("stranger.yaml")],
  ];
  test.each(cases)("that is %s: exit code %i", async (_what, code, said, args) => {
    isRefused(await journey.run(args), code, said);
  });
});

describe("agents", () => {
  test("that cannot be found are told all at once, and nothing begins; simulated ones need none", async () => {
    const lonely = begin("no-agents");
    writeWorkflow(lonely, { one: { agent: "gone" }, two: { agent: "lost" }, three: {} });
    const ended = await lonely.run(["workflow", "run", "."]);
    isRefused(ended, 1, /WORKFLOW\.json: cannot start here, 3 errors\n$/);
    expect(ended.stderr.match(/error: stage "\w+" cannot start: agent "agent:\w+" is nowhere/g)).toHaveLength(
      3,
    );
    expect((await lonely.run(["workflow", "runs"])).stderr).toBe("no executions\n");
    expect(await lonely.run(["workflow", "run", ".", "--dispatcher", "simulated"])).toMatchObject({
      code: 0,
    });
  });

  const cases: [string, string | Uint8Array, RegExp][] = [
    ["no UTF-8", new Uint8Array([0xff, 0xfe, 0x00]), /worker\.md:1: the file is not UTF-8/],
    ["torn", '---\nname: worker\ncommand: ["x\n', /worker\.md:\d+/],
    ["a shell string", "---\nname: worker\ncommand: ./x.sh -a\n---\n", /worker\.md:3: "command"/],
    ["no list", "---\nname: worker\ncommand: {a: b}\n---\n", /worker\.md:3: "command"/],
    ["2 MiB", `---\nname: worker\n---\n${"x".repeat(2 * mebibyte)}`, /worker\.md:1: .*1 MiB/],
  ];
  test.each(cases)("whose file is %s stop the run before it begins", async (what, content, said) => {
    const broken = begin("broken-agent");
    writeWorkflow(broken, { one: {} });
    broken.write("agents/worker.md", content);
    isRefused(await broken.run(["workflow", "run", "."]), 1, said);
    expect([what, (await broken.run(["workflow", "runs"])).stderr]).toEqual([what, "no executions\n"]);
  });
});

test("an agent's file that may not be read stops the run before it begins", async () => {
  const closed = begin("closed-agent");
  writeWorkflow(closed, { one: {} });
  chmodSync(closed.write("agents/worker.md", "---\nname: worker\n---\n"), 0);
  chmodSync(closed.folder, 0o777);
  // Root may read everything.
  const under =
    process.getuid?.() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
  const ended = await closed.run(["workflow", "run", "."], { under });
  isRefused(ended, 1, /error: stage "one" cannot start: "[^"]*\/agents\/worker\.md" cannot be read: EACCES/);
});

test("nothing of all that has begun an execution", async () => {
  const { code, stdout, stderr } = await journey.run(["workflow", "runs"]);
  expect([code, stdout, stderr]).toEqual([0, "", "no executions\n"]);
});

test("the stack of an error is shown with --debug, and only then", async () => {
  const { stderr } = await journey.run(["workflow", "run", "gone.yaml", "--debug"]);
  expect(stderr).toMatch(/^error: there is no file or folder "gone\.yaml"\n[^]*\n\s+at /);
});

function isRefused({ code, stdout, stderr }: ProcessEnd, exitCode: number, said: RegExp): void {
  const all = stdout + stderr;
  expect(all).toMatch(said);
  expect(all).not.toMatch(/^\s+at |this is a bug|undefined|\[object/m);
  expect(code).toBe(exitCode);
}

function files(): Record<string, string | Uint8Array> {
  const tens = (name: string): string => Array.from({ length: 10 }, () => `*${name}`).join(", ");
  const letters = [..."abcdefghij"];
  const bomb = letters.map(
    (letter, at) => `${letter}: &${letter} [${at === 0 ? "x" : tens(letters[at - 1] ?? "")}]`,
  );
  return {
    "binary.yaml": Uint8Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256),
    "nul.yaml": "workflow:\n  id: x\u0000y\n",
    "zero.yaml": "count: 1\nmust: 01234\n",
    "big.yaml": `workflow: {id: big, name: Big, version: 1.0.0}\n#${"x".repeat(2 * mebibyte)}\n`,
    "empty.yaml": "",
    "list.json": "[1]",
    "bomb.yaml": `${bomb.join("\n")}\n`,
    "deep.yaml": "[".repeat(200_000),
    "deep.json": '{"a":'.repeat(100_000),
    "nested.json": `{"parameters":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    "well.json": '{"a":'.repeat(10_000),
    "proto.json": '{"__proto__": {"workflow": 1}, "constructor": {"prototype": 2}}',
    "torn.json": "{",
    "typed.json": '{"count": 3, "must": 3}',
    "own-keys.json": '{"__proto__": {"count": 3}, "must": "x"}',
    "shape.yaml": "stages: {one: 5}",
    "delay.yaml": "stages: {one: [{delay: soon}]}",
    "stranger.yaml": "stages: {three: [{}]}",
  };
}
