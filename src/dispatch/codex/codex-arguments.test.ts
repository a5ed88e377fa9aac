import { describe, expect, test } from "bun:test";
import type { AgentFile } from "../../execution/snapshot.ts";
import { aStageRequest } from "../../testing/a-stage-request.ts";
import { parseAgentFile } from "../agent-file.ts";
import type { StageRequest } from "../dispatcher.ts";
import { codexArguments, type CodexCall } from "./codex-arguments.ts";

/** A request whose agent file has these lines of front matter, and no body unless one is given. */
function requestOf(lines: string, changes: Partial<StageRequest> = {}, body = ""): StageRequest {
  const text = `---\nname: reviewer\ndescription: Reviews\n${lines}\n---\n${body}`;
  const agent: AgentFile = parseAgentFile(Buffer.from(text), {
    path: "/p/reviewer.md",
    ref: "agent:reviewer",
  });
  return { ...aStageRequest("true").request, agent, tools: agent.tools, model: "", ...changes };
}

function callOf(request: StageRequest, thread: string | null = null): CodexCall {
  const call = codexArguments(request, { thread, servers: [] });
  if ("error" in call) throw new Error(call.error.message);
  return call;
}

const base = ["exec", "--json", "--skip-git-repo-check", "-s", "workspace-write"];

describe("an agent file's key and what codex is called with:", () => {
  const cases: [lines: string, argv: string[], changes?: Partial<StageRequest>][] = [
    ["", [...base, "-"]],
    ["", [...base, "-m", "gpt-5.1-codex", "-"], { model: "gpt-5.1-codex", is_model_named: true }],
    ["permissionMode: plan", [...base.slice(0, -1), "read-only", "-"]],
    ["permissionMode: acceptEdits", [...base, "-"]],
    ["permissionMode: default", [...base, "-"]],
    ["effort: high", [...base, "-c", 'model_reasoning_effort="high"', "-"]],
  ];
  test.each(cases)("%p gives %p", (lines, argv, changes = {}) => {
    const call = callOf(requestOf(lines, changes));
    expect(call).toEqual({ argv, files: {}, warnings: [] });
  });

  test.each(["disallowedTools: [a]", "maxTurns: 3", "hooks: [a]"])(
    "%s has no effect, and a warning names the key",
    (line) => {
      const { argv, warnings } = callOf(requestOf(line));
      expect(argv).toEqual([...base, "-"]);
      expect(warnings).toEqual([
        `"${line.split(":")[0]}" of /p/reviewer.md:4 has no effect with the dispatcher codex`,
      ]);
    },
  );

  test("tools have no effect, and a warning says that the sandbox decides", () => {
    expect(callOf(requestOf("tools: Read, Grep")).warnings).toEqual([
      '"tools" of /p/reviewer.md:4 has no effect with the dispatcher codex: its sandbox decides what the agent may do',
    ]);
  });

  test.each(["mcpServers: [a]", "skills: [a]", "tools: mcp:a, mcp__b__c, skill:d"])(
    "%s is no option of its own, and no warning",
    (line) => {
      expect(callOf(requestOf(line))).toMatchObject({ argv: [...base, "-"], warnings: [] });
    },
  );

  test("among tools that have an effect, those without are named", () => {
    expect(callOf(requestOf("tools: Read, mcp:a")).warnings).toEqual([
      expect.stringContaining("has Read, which has no effect with the dispatcher codex"),
    ]);
  });

  test.each(["bypassPermissions", "auto", "surprise", "[plan]"])(
    "permissionMode %s opens no sandbox, and a warning names it",
    (mode) => {
      const { argv, warnings } = callOf(requestOf(`permissionMode: ${mode}`));
      expect(argv).toEqual([...base, "-"]);
      expect(warnings).toEqual([expect.stringContaining('"permissionMode" of /p/reviewer.md:4 is')]);
    },
  );
});

describe("a model of another vendor", () => {
  test.each(["opus", "sonnet", "haiku", "opus[1m]", "fable", "claude-opus-4-1", "Sonnet", "Claude Sonnet 4"])(
    "(%s) is dropped with a warning that names it",
    (model) => {
      const { argv, warnings } = callOf(requestOf("", { model, is_model_named: true }));
      expect(argv).toEqual([...base, "-"]);
      expect(warnings).toEqual([expect.stringContaining(`"model" of the stage names "${model}"`)]);
    },
  );

  test("is dropped without a word where nobody has named it", () => {
    expect(callOf(requestOf("", { model: "opus" }))).toEqual({
      argv: [...base, "-"],
      files: {},
      warnings: [],
    });
  });
});

describe("the role", () => {
  test("is the body of the file, as a text of TOML", () => {
    const body = 'You "review".\nC:\\temp, a\ttab, \u007f and ü.';
    const { argv } = callOf(requestOf("", {}, body));
    const [name = "", ...value] = (argv[argv.indexOf("-c") + 1] ?? "").split("=");
    expect(name).toBe("developer_instructions");
    expect(Bun.TOML.parse(`text = ${value.join("=")}`)).toEqual({ text: body });
    expect(value.join("=")).not.toContain("\n");
  });

  test("of more than 100 KiB is refused, and the message names the file", () => {
    const call = codexArguments(requestOf("", {}, "x".repeat(110_000)), {
      thread: null,
      servers: [],
    });
    expect(call).toMatchObject({
      error: {
        class: "invalid_request",
        retryable: false,
        message: expect.stringContaining("/p/reviewer.md"),
      },
    });
  });
});

describe("declared outputs", () => {
  const texts = { type: "array", items: { type: "string" } };

  test("are asked for by a file with their schema, all required: one that may be missing may be null", () => {
    const request = requestOf("", {
      output_schema: {
        type: "object",
        properties: { ok: { type: "boolean" }, note: { type: "string", description: "why" }, texts },
        required: ["ok", "texts"],
        additionalProperties: false,
      },
    });
    const { argv, files } = callOf(request);
    expect(argv.slice(-3)).toEqual(["--output-schema", `${request.attempt_dir}/output-schema.json`, "-"]);
    expect(JSON.parse(files["output-schema.json"] ?? "")).toEqual({
      type: "object",
      properties: { ok: { type: "boolean" }, note: { type: ["string", "null"], description: "why" }, texts },
      required: ["ok", "note", "texts"],
      additionalProperties: false,
    });
  });

  test.each([{ type: "object" }, { type: "array" }, { type: "array", items: { type: "object" } }, {}])(
    "of the form %j are asked for by the prompt alone, because OpenAI's API takes no such schema",
    (data) => {
      const output_schema = { type: "object", properties: { data }, required: ["data"] };
      expect(callOf(requestOf("", { output_schema }))).toMatchObject({ argv: [...base, "-"], files: {} });
    },
  );
});

test("a thread is gone on with after all options", () => {
  const id = "01a22921-a961-76a1-bb51-b78a65dafb77";
  expect(callOf(requestOf("effort: low"), id).argv.slice(-4)).toEqual([
    'model_reasoning_effort="low"',
    "resume",
    id,
    "-",
  ]);
});
