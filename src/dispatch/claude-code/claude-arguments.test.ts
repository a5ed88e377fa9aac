import { describe, expect, test } from "bun:test";
import type { AgentFile } from "../../execution/snapshot.ts";
import { aStageRequest } from "../../testing/a-stage-request.ts";
import type { StageRequest } from "../dispatcher.ts";
import { parseAgentFile } from "../agent-file.ts";
import { claudeArguments } from "./claude-arguments.ts";
import { hasSession, sessionIdOf } from "./claude-session.ts";

const session = { id: "0b0c6d2e-0000-8000-8000-000000000000", resumes: false };
const plain = { session, takesAgentsFile: true, servers: [], skills: [], hidden: [] };
const base = ["-p", "--output-format", "stream-json", "--verbose"];

/** A request whose agent file has these lines of front matter, and no body unless one is given. */
function requestOf(lines: string, changes: Partial<StageRequest> = {}, body = ""): StageRequest {
  const text = `---\nname: reviewer\ndescription: Reviews\n${lines}\n---\n${body}`;
  const agent: AgentFile = parseAgentFile(Buffer.from(text), {
    path: "/p/reviewer.md",
    ref: "agent:reviewer",
  });
  return { ...aStageRequest("true").request, agent, tools: agent.tools, model: "opus", ...changes };
}

function callOf(request: StageRequest, given: Partial<Parameters<typeof claudeArguments>[1]> = {}) {
  const call = claudeArguments(request, { ...plain, ...given });
  if ("error" in call) throw new Error(call.error.message);
  return call;
}

describe("an agent file's key and what claude is called with:", () => {
  const cases: [lines: string, argv: string[], changes?: Partial<StageRequest>][] = [
    ["", ["--permission-mode=dontAsk", "--model", "opus"]],
    ["tools: Read, Bash(git log:*)", ["--allowedTools=Read", "--allowedTools=Bash(git log:*)"]],
    [
      "disallowedTools: [WebFetch, 'Bash(rm *)']",
      ["--disallowedTools=WebFetch", "--disallowedTools=Bash(rm *)"],
    ],
    ["disallowedTools: WebFetch, Bash(rm *)", ["--disallowedTools=WebFetch", "--disallowedTools=Bash(rm *)"]],
    ["", ["--model", "haiku"], { model: "haiku" }],
    ["permissionMode: plan", ["--permission-mode=plan"]],
    ["permissionMode: acceptEdits", ["--permission-mode=acceptEdits"]],
    ["permissionMode: default", ["--permission-mode=dontAsk"]],
    ["permissionMode: manual", ["--permission-mode=dontAsk"]],
    ["maxTurns: 12", ["--max-turns", "12"]],
    ["effort: high", ["--effort", "high"]],
  ];
  test.each(cases)("%p gives %p", (lines, argv, changes = {}) => {
    const given = callOf(requestOf(lines, changes)).argv;
    const from = given.indexOf(argv[0] ?? "");
    expect(given.slice(from, from + argv.length)).toEqual(argv);
    expect(given.slice(0, base.length)).toEqual(base);
  });

  test.each([
    "maxTurns: many",
    "maxTurns: -1",
    "effort: [a]",
    "disallowedTools: 7",
    "memory: user",
    "color: red",
  ])("%p adds nothing", (lines) => expect(callOf(requestOf(lines)).argv).toEqual(callOf(requestOf("")).argv));

  test("a model that is only a name for people is not passed on", () => {
    const { argv, warnings } = callOf(
      requestOf("model: Claude Sonnet 4 (copilot)", { model: "Claude Sonnet 4 (copilot)" }),
    );
    expect(argv).not.toContain("--model");
    expect(warnings).toEqual([expect.stringMatching(/^"model" of \/p\/reviewer\.md:4 is "Claude Sonnet 4/)]);
  });

  const foreign: [line: string, says: RegExp][] = [
    [
      "tools: codebase, Read",
      /^"tools" of \/p\/reviewer\.md:4 has "codebase", which .* allow nothing\. write/,
    ],
    [
      "disallowedTools: [shell, Bash]",
      /^"disallowedTools" of \/p\/reviewer\.md:4 has "shell", which .* deny nothing/,
    ],
  ];
  test.each(foreign)("%p names a tool of another program, and a warning says so", (line, says) => {
    expect(callOf(requestOf(line)).warnings).toEqual([expect.stringMatching(says)]);
  });

  test("tools, rules, servers and skills are no tools of another program", () => {
    const rules = [
      "Read",
      "Bash(git log:*)",
      "mcp__docs__find",
      "mcp:docs",
      "skill:notes",
      "WebFetch(domain:a.b)",
    ];
    expect(callOf(requestOf("", { tools: rules })).warnings).toEqual([]);
  });

  test("a rule of the stage is told as one of the stage", () => {
    const [warning] = callOf(requestOf("", { tools: ["shell"] })).warnings;
    expect(warning).toStartWith('"tools" of the stage has "shell"');
  });

  test("hooks are named in a warning", () => {
    const key = "hooks";
    const { warnings } = callOf(requestOf(`${key}: [a]`));
    expect(warnings).toEqual([`"${key}" of /p/reviewer.md:4 has no effect with the dispatcher claude-code`]);
  });

  test.each([
    ["maxTurns: many", "maxTurns", "a whole number above 0"],
    ["effort: [a]", "effort", "a text such as high"],
    ["disallowedTools: 7", "disallowedTools", "a list of rules"],
  ])("%p, which cannot be meant, is named in a warning", (line, key, wanted) => {
    const { warnings } = callOf(requestOf(line));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toStartWith(`"${key}" of /p/reviewer.md:4 is `);
    expect(warnings[0]).toEndWith(`and has no effect. write ${wanted}`);
  });

  test.each(["initialPrompt: hello", "readonly: true"])("%p, which would change its work, too", (line) => {
    expect(callOf(requestOf(line)).warnings).toHaveLength(1);
  });

  test.each(["bypassPermissions", "auto", "surprise", "[plan]"])("permissionMode %s is refused", (mode) => {
    const call = claudeArguments(requestOf(`permissionMode: ${mode}`), plain);
    expect(call).toMatchObject({ error: { class: "invalid_request", retryable: false } });
    expect("error" in call && call.error.message).toMatch(
      /"permissionMode" of \/p\/reviewer\.md:4 .*write one of/,
    );
  });
});

describe("the role", () => {
  test("is the body of the file, and stands in the arguments", () => {
    const { argv, files } = callOf(requestOf("", {}, "You review."));
    const role = JSON.stringify({ stage: { description: "Reviews", prompt: "You review." } });
    expect(argv.slice(argv.indexOf(`--agents=${role}`)).slice(0, 3)).toEqual([
      `--agents=${role}`,
      "--agent",
      "stage",
    ]);
    expect(files).toEqual({});
  });

  test("is claude's own where the file has no body", () => {
    expect(callOf(requestOf("")).argv).not.toContain("--agent");
  });

  test("of more than 100 KiB goes through a file, if that version of claude reads one", () => {
    const request = requestOf("", {}, "x".repeat(110_000));
    const { argv, files } = callOf(request);
    expect(argv).toContain(`--agents=${request.attempt_dir}/agents.json`);
    expect(files["agents.json"]).toContain("x".repeat(110_000));
    expect(claudeArguments(request, { ...plain, takesAgentsFile: false })).toMatchObject({
      error: { class: "invalid_request", message: expect.stringContaining("claude update") },
    });
  });
});

test("declared outputs are asked for by their schema; a stage without any asks for none", () => {
  const output_schema = { type: "object", properties: { ok: { type: "boolean" } } };
  const { argv } = callOf(requestOf("", { output_schema }));
  expect(argv[argv.indexOf("--json-schema") + 1]).toBe(JSON.stringify(output_schema));
  expect(callOf(requestOf("", { output_schema: { type: "object", properties: {} } })).argv).not.toContain(
    "--json-schema",
  );
});

describe("the session", () => {
  test("is begun under an id that follows from the attempt's, and gone on with where it exists", () => {
    const id = sessionIdOf("run/build/1");
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(sessionIdOf("run/build/2")).not.toBe(id);
    expect(callOf(requestOf("")).argv).toContain("--session-id");
    const resumed = callOf(requestOf(""), { session: { id, resumes: true } }).argv;
    expect(resumed.slice(resumed.indexOf("--resume"), resumed.indexOf("--resume") + 2)).toEqual([
      "--resume",
      id,
    ]);
    expect(resumed).not.toContain("--session-id");
  });

  test("does not exist where claude has kept nothing", () => {
    expect(hasSession(sessionIdOf("run/build/1"), { HOME: "/nonexistent" })).toBe(false);
    expect(hasSession(sessionIdOf("run/build/1"), {})).toBe(false);
  });
});
