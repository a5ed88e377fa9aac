import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineIsEnabled, homeFolder, readConfig } from "./config.ts";

const home = mkdtempSync(join(tmpdir(), "skillmeat-config-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

function configOf(toml: string, env = {}) {
  writeFileSync(join(home, "config.toml"), toml);
  return readConfig(home, env);
}

describe("the configuration", () => {
  test("has defaults for all that is left out, also where there is no file", () => {
    const config = readConfig("/nonexistent", {});
    expect(config).toEqual({
      engineEnabled: true,
      maxSteps: 8,
      channels: new Map(),
      retention: null,
      serveRoots: null,
      passEnv: [],
      dispatch: { default: "claude-code", agents: new Map() },
    });
  });

  test("reads ours and leaves other programs' keys alone", () => {
    const config = configOf(`[settings]
default-collection = "main"
[workflow]
max_steps = 3
[workflow.channels]
ops = "https://example.com/x"
[retention]
executions = "90d"
keep = 20
[dispatch]
default = "command"
[dispatch.agents]
"agent:scan" = "simulated"
[dispatch.acp]
command = ["./bin/agent", "--acp"]
`);
    expect(config.dispatch.acp).toEqual([join(home, "bin/agent"), "--acp"]);
    expect(config).toMatchObject({ maxSteps: 3, dispatch: { default: "command" } });
    expect(config.retention).toEqual({ olderThanMs: 90 * 86_400_000, keep: 20 });
    expect([...config.channels, ...config.dispatch.agents]).toEqual([
      ["ops", "https://example.com/x"],
      ["agent:scan", "simulated"],
    ]);
  });

  test("takes folders for runs, also below the user's own", () => {
    const { serveRoots } = configOf('[serve]\nroots = ["/srv/a", "~/work", "~"]', { HOME: "/u" });
    expect(serveRoots).toEqual(["/srv/a", "/u/work", "/u"]);
  });

  test.each([
    ["not = [toml", "is not TOML"],
    ['[dispatch.acp]\ncommand = "gemini --acp"', '"dispatch.acp.command" must be a list of texts'],
    ["[workflow]\nmax_steps = 0", '"workflow.max_steps" must be a whole number from 1 to 1000'],
    ["[workflow]\nengine_enabled = 1", '"workflow_engine_enabled" must be true or false'],
    ["[dispatch]\ndefault = 1", '"dispatch.default" must be a text'],
    ["[retention]\nexecutions = 90", '"retention.executions" must be a duration such as "90d"'],
    ["[retention]\nkeep = 0", '"retention.keep" must be a whole number, at least 1'],
    ['[serve]\nroots = "/srv"', '"serve.roots" must be a list of at least one absolute path'],
    ["[serve]\nroots = []", '"serve.roots" must be a list of at least one absolute path'],
    ['[serve]\nroots = ["work"]', '"serve.roots" must be a list of absolute paths, such as "/home/ada/work"'],
    ["dispatch = 1", '"dispatch" must be a table'],
    [
      '[workflow.channels]\nops = "file:///etc/passwd"',
      '"workflow.channels.ops" must be an http or https address',
    ],
  ])("refuses %j with the file and the key", (toml, message) => {
    expect(() => configOf(toml)).toThrow(message);
  });

  test.each([
    ["workflow_engine_enabled = false", {}, false],
    ["[workflow]\nengine_enabled = false", {}, false],
    ["[workflow]\nengine_enabled = false", { WORKFLOW_ENGINE_ENABLED: "true" }, true],
    ["", { WORKFLOW_ENGINE_ENABLED: "0" }, false],
    ["", {}, true],
  ])("says of %j with %j whether workflows are on: %p", (toml, env, expected) => {
    writeFileSync(join(home, "config.toml"), toml);
    expect(engineIsEnabled(home, env)).toBe(expected);
  });

  test("lies in SKILLMEAT_HOME, else in the home of the user", () => {
    expect([homeFolder({ SKILLMEAT_HOME: "/x", HOME: "/h" }), homeFolder({ HOME: "/h" })]).toEqual([
      "/x",
      "/h/.skillmeat",
    ]);
  });
});

describe("the folder of the data", () => {
  test.each([
    [{ HOME: "/u" }, null, "/u/.skillmeat"],
    [{ HOME: "/u", SKILLMEAT_HOME: "/data" }, null, "/data"],
    [{ HOME: "/u", SKILLMEAT_HOME: "~/x" }, null, "/u/x"],
    [{ HOME: "/u", SKILLMEAT_HOME: "~" }, null, "/u"],
    [{ HOME: "/u", SKILLMEAT_HOME: "/data" }, "~/y", "/u/y"],
    [{ HOME: "/u" }, "/a~b", "/a~b"],
  ])("of %j and --data-dir %p is %s", (env, dataDir, folder) =>
    expect(homeFolder(env, dataDir)).toBe(folder),
  );

  test("of another user is refused: no folder called ~ada appears", () => {
    expect(() => homeFolder({ HOME: "/u", SKILLMEAT_HOME: "~ada/x" })).toThrow(
      'SKILLMEAT_HOME is "~ada/x", and no shell has replaced its "~". give the whole path, or ./~ada/x',
    );
    expect(() => homeFolder({ HOME: "/u" }, "~ada")).toThrow('--data-dir is "~ada"');
  });
});

describe("the variables that agents see as well", () => {
  test("are named, or by their beginning", () => {
    const { passEnv } = configOf('[agents]\npass_env = ["GITHUB_TOKEN", "NPM_*"]');
    expect(passEnv).toEqual(["GITHUB_TOKEN", "NPM_*"]);
  });

  test.each(['"GITHUB_TOKEN"', '["*"]', '["A*B"]', "[1]", '["a b"]'])("%s is refused", (given) => {
    expect(() => configOf(`[agents]\npass_env = ${given}`)).toThrow('"agents.pass_env" must be a list');
  });
});
