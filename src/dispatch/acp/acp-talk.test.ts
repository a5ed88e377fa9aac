import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createMasks } from "../../execution/masks.ts";
import type { PermissionAnswer } from "../dispatcher.ts";
import { anAcpSetting } from "../../testing/an-acp-setting.ts";
import type { Fields } from "../stream/fields.ts";
import { initializeMessage } from "./acp-messages.ts";
import type { AcpSetting } from "./acp-plan.ts";
import { answeredRequest, openAcpTalk, type AcpTalk } from "./acp-talk.ts";

const setting = anAcpSetting({ prompt: "## Task\nDo it.", allowed: ["execute"] });

const recorded = (sample: string, side: "agent" | "client"): string[] =>
  readFileSync(join(import.meta.dir, "samples", sample, `${side}.jsonl`), "utf8")
    .trimEnd()
    .split("\n");

const parse = (line: string): Fields => JSON.parse(line) as Fields;
const talkOf = (changes: Partial<AcpSetting> = {}): AcpTalk =>
  openAcpTalk({ ...setting, ...changes }, createMasks());
const hear = (talk: AcpTalk, line: string): void => talk.hear(parse(line), () => null);

/** One engine's view of what is in the two files: it reads what was said first. */
function adopt(
  said: readonly string[],
  printed: readonly string[],
  changes: Partial<AcpSetting> = {},
): AcpTalk {
  const talk = talkOf(changes);
  said.forEach(talk.hearOwn);
  for (const line of printed) hear(talk, line);
  return talk;
}

const facts = ({ state }: AcpTalk) => ({
  asked: [...state.asked].toSorted(),
  answers: [...state.answers].toSorted(),
  open: [...state.open],
  replied: [...state.replied].toSorted(),
});

describe.each(["gemini", "claude"])("a recorded conversation with %s", (sample) => {
  const printed = recorded(sample, "agent");
  const told = recorded(sample, "client").map(parse);

  test("is spoken as it was recorded", () => {
    const talk = talkOf();
    const said: string[] = [];
    const sayAll = (): void => {
      for (const message of talk.owed([])) {
        said.push(message);
        talk.hearOwn(message);
      }
    };
    sayAll();
    for (const line of printed) {
      hear(talk, line);
      sayAll();
    }
    const [hello, ...others] = said.map(parse);
    expect(hello).toMatchObject({
      ...told[0],
      params: { protocolVersion: 1, clientInfo: { name: "skillmeat" } },
    });
    expect(others).toEqual(told.slice(1));
    expect(talk.isOver).toBe(true);
    expect(talk.denials()).toEqual({ calls: [], count: 0 });
  });

  test("is known to an engine that adopts it at any line, which says the rest and nothing twice", () => {
    const talk = talkOf();
    const said: string[] = [];
    for (const [at, line] of ["", ...printed].entries()) {
      if (line !== "") hear(talk, line);
      for (const message of talk.owed([])) {
        const before = adopt(said, printed.slice(0, at));
        expect(facts(before)).toEqual(facts(talk));
        expect(before.owed([])).toContain(message);
        said.push(message);
        talk.hearOwn(message);
        const after = adopt(said, printed.slice(0, at));
        expect(facts(after)).toEqual(facts(talk));
        expect(after.owed([])).not.toContain(message);
      }
    }
  });
});

const reply = (id: number, result: object): string => JSON.stringify({ jsonrpc: "2.0", id, result });
const refusal = (id: number, code: number, message: string, data?: unknown): string =>
  JSON.stringify({ jsonrpc: "2.0", id, error: { code, message, data } });
const hello = (capabilities: object = {}, protocolVersion = 1): string =>
  reply(0, { protocolVersion, agentCapabilities: capabilities });
const session = (more: object = {}): string => reply(1, { sessionId: "s", ...more });

/** What is said after each of these lines, as methods with their parameters. */
function speak(
  lines: readonly string[],
  changes: Partial<AcpSetting> = {},
  answers: PermissionAnswer[] = [],
) {
  const talk = talkOf(changes);
  const said: Fields[] = [];
  talk.hearOwn(initializeMessage());
  for (const line of lines) {
    hear(talk, line);
    for (const message of talk.owed(answers)) {
      said.push(parse(message));
      talk.hearOwn(message);
    }
  }
  return { talk, said };
}

describe("a session", () => {
  const options = (category: string, ...values: string[]) => ({
    configOptions: [
      {
        id: `my-${category}`,
        category,
        type: "select",
        currentValue: values[0],
        options: values.map((value) => ({ value, name: value })),
      },
    ],
  });
  const modes = (currentModeId: string, ...ids: string[]) => ({
    modes: { currentModeId, availableModes: ids.map((id) => ({ id, name: id })) },
  });
  const done = [reply(3, {}), reply(4, {}), reply(5, {})];

  const cases: [says: string, facts: object, changes: Partial<AcpSetting>, said: object[]][] = [
    ["is used as it is where the agent offers nothing", {}, { model: "m" }, []],
    [
      "leaves an automatic mode",
      modes("auto", "auto", "default"),
      {},
      [{ method: "session/set_mode", params: { sessionId: "s", modeId: "default" } }],
    ],
    ["stays in the mode that asks", modes("default", "yolo", "default"), {}, []],
    [
      "is put into the mode that only plans",
      modes("default", "default", "plan"),
      { mode: "plan" },
      [{ method: "session/set_mode", params: { sessionId: "s", modeId: "plan" } }],
    ],
    [
      "is put into a mode by an option",
      options("mode", "build", "default"),
      {},
      [{ method: "session/set_config_option", params: { configId: "my-mode", value: "default" } }],
    ],
    [
      "gets its model by an option",
      options("model", "small", "large"),
      { model: "large" },
      [{ method: "session/set_config_option", params: { configId: "my-model", value: "large" } }],
    ],
    [
      "gets its model from a group of an option",
      {
        configOptions: [
          {
            id: "m",
            category: "model",
            currentValue: "a",
            options: [{ group: "g", name: "G", options: [{ value: "b", name: "B" }] }],
          },
        ],
      },
      { model: "b" },
      [{ method: "session/set_config_option", params: { configId: "m", value: "b" } }],
    ],
    [
      "keeps its model where the wanted one is not offered",
      options("model", "small"),
      { model: "large" },
      [],
    ],
    [
      "gets its model in the older way",
      { models: { currentModelId: "a", availableModels: [{ modelId: "a" }, { modelId: "b" }] } },
      { model: "b" },
      [{ method: "session/set_model", params: { sessionId: "s", modelId: "b" } }],
    ],
    [
      "gets its effort",
      options("thought_level", "low", "high"),
      { effort: "high" },
      [{ method: "session/set_config_option", params: { configId: "my-thought_level", value: "high" } }],
    ],
  ];
  test.each(cases)("%s", (_, more, changes, expected) => {
    const { said } = speak([hello(), session(more), ...done], changes);
    const between = said.slice(1, -1);
    expect(between).toHaveLength(expected.length);
    expect(between).toMatchObject(expected);
    expect(said[0]).toMatchObject({ method: "session/new", params: { cwd: "/w", mcpServers: [] } });
    expect(said.at(-1)).toMatchObject({ method: "session/prompt", params: { sessionId: "s" } });
  });

  test("gets the role by itself where the agent takes it so, else first in the prompt", () => {
    const told = speak([hello({ sessionCapabilities: { systemPrompt: {} } }), session()], {
      role: "You build.",
    });
    const systemPrompt = { mode: "append", content: [{ type: "text", text: "You build." }] };
    expect(told.said[0]).toMatchObject({ params: { systemPrompt } });
    expect(JSON.stringify(told.said[1])).not.toContain("You build.");
    const other = speak([hello(), session()], { role: "You build." });
    expect(other.said[0]?.["params"]).toEqual({ cwd: "/w", mcpServers: [] });
    expect(JSON.stringify(other.said[1])).toContain("# Your role\\n\\nYou build.\\n\\n## Task");
  });

  const waysBack: [says: string, capabilities: object, methods: string[], facts: object][] = [
    ["resumed", { loadSession: true, sessionCapabilities: { resume: {} } }, ["session/resume"], {}],
    ["loaded", { loadSession: true }, ["session/load"], {}],
    ["begun anew where the agent cannot go on", {}, ["session/new"], { sessionId: "s" }],
  ];
  test.each(waysBack)("of an agent that is gone is %s", (_, capabilities, methods, more) => {
    const { said } = speak([hello(capabilities), reply(1, more)], { resumes: "old" });
    expect(said.slice(0, -1).map(({ method }) => method)).toEqual(methods);
    const isNew = methods[0] === "session/new";
    expect(said.at(-1)).toMatchObject({
      params: { sessionId: isNew ? "s" : "old", prompt: [{ text: isNew ? setting.prompt : "go on" }] },
    });
  });

  test("that the agent does not know any more is begun anew", () => {
    const lines = [
      hello({ loadSession: true }),
      refusal(1, -32002, "not found"),
      reply(6, { sessionId: "n" }),
    ];
    const { said } = speak(lines, { resumes: "old" });
    expect(said.map(({ method }) => method)).toEqual(["session/load", "session/new", "session/prompt"]);
    expect(said.at(-1)).toMatchObject({ params: { sessionId: "n", prompt: [{ text: setting.prompt }] } });
  });

  const ends: [says: string, lines: string[], changes: Partial<AcpSetting>][] = [
    ["speaks another version", [hello({}, 2)], {}],
    ["refuses the first message", [refusal(0, -32602, "no")], {}],
    ["refuses a session", [hello(), refusal(1, -32000, "log in")], {}],
    ["names no session", [hello(), reply(1, {})], {}],
    ["refuses the mode", [hello(), session(modes("auto", "default")), refusal(3, -32603, "no")], {}],
    ["has no mode that only plans", [hello(), session()], { mode: "plan" }],
  ];
  test.each(ends)("is over with an agent that %s", (_, lines, changes) => {
    const { talk, said } = speak(lines, changes);
    expect(talk.isOver).toBe(true);
    expect(said.some(({ method }) => method === "session/prompt")).toBe(false);
  });
});

describe("a request of the agent", () => {
  const once = [
    { optionId: "always", kind: "allow_always" },
    { optionId: "yes", kind: "allow_once" },
    { optionId: "no", kind: "reject_once" },
  ];
  const ask = (
    id: number | string,
    toolCall: object = { kind: "execute", title: "ls" },
    options: object[] = once,
  ) =>
    JSON.stringify({
      jsonrpc: "2.0",
      id,
      method: "session/request_permission",
      params: { sessionId: "s", toolCall: { toolCallId: "t", ...toolCall }, options },
    });
  const working = [hello(), session()];
  const outcomes = (said: Fields[]) => said.slice(2).map(({ id, result, error }) => ({ id, result, error }));
  const chose = (id: number | string, optionId: string) => ({
    id,
    result: { outcome: { outcome: "selected", optionId } },
  });

  test("that the rules allow is allowed once, and one that they do not allow is rejected and counted", () => {
    const { said, talk } = speak([...working, ask(0), ask(1, { kind: "edit", title: "a.txt" })]);
    expect(outcomes(said)).toMatchObject([chose(0, "yes"), chose(1, "no")]);
    expect(talk.denials()).toEqual({ calls: [{ tool: "edit", title: "a.txt" }], count: 1 });
    expect(talk.take()).toEqual([]);
  });

  test("that would be allowed for ever only is not allowed", () => {
    const { said, talk } = speak([...working, ask(0, {}, [{ optionId: "always", kind: "allow_always" }])], {
      allowed: ["t"],
    });
    expect(outcomes(said)).toMatchObject([{ id: 0, result: { outcome: { outcome: "cancelled" } } }]);
    expect(talk.denials().count).toBe(1);
  });

  test("waits for people with `ask`, who are not asked twice for it", () => {
    const edit = { kind: "edit", title: "a.txt", rawInput: { path: "a.txt" } };
    const asking = { permissions: "ask" as const };
    const { said, talk } = speak([...working, ask(7, edit), ask("7", edit)], asking);
    expect(outcomes(said)).toEqual([]);
    expect(talk.take()).toMatchObject([
      {
        kind: "ask",
        call: { id: "7", tool: "edit", title: "a.txt", input: { path: "a.txt" }, reason: null },
      },
      { kind: "ask", call: { id: "7" } },
    ]);
    const [reject] = talk.owed([{ id: "7", allows: false, message: "not today" }]);
    expect(parse(reject ?? "")).toMatchObject(chose(7, "no"));
    talk.hearOwn(reject ?? "");
    expect(talk.owed([{ id: "7", allows: false, message: null }]).map(parse)).toMatchObject([
      chose("7", "no"),
    ]);
    expect(talk.denials().count).toBe(0);
  });

  test("for anything else is answered, so that it does not wait", () => {
    const other = JSON.stringify({ jsonrpc: "2.0", id: 3, method: "fs/read_text_file", params: {} });
    expect(outcomes(speak([...working, other]).said)).toMatchObject([{ id: 3, error: { code: -32601 } }]);
  });

  const ended = (id: number, stopReason = "end_turn"): string => reply(id, { stopReason });
  const edit = { kind: "edit", title: "a.txt" };
  const chunk = JSON.stringify({
    jsonrpc: "2.0",
    method: "session/update",
    params: { update: { sessionUpdate: "agent_message_chunk", content: { type: "text", text: "so be it" } } },
  });
  const prompts = (said: Fields[]) =>
    said
      .filter(({ method }) => method === "session/prompt")
      .map(({ id, params }) => [id, JSON.stringify(params)]);
  const told = [
    100,
    expect.stringContaining("What you asked for was rejected:\\n\\n- edit: a.txt\\n\\nGo on"),
  ];

  const followUps: [
    says: string,
    lines: string[],
    changes: Partial<AcpSetting>,
    answers: PermissionAnswer[],
    more: unknown[][],
  ][] = [
    ["ends the turn, and the agent is told to go on", [ask(0, edit), ended(2)], {}, [], [told]],
    ["has the agent cancel its turn", [ask(0, edit), ended(2, "cancelled")], {}, [], [told]],
    ["is taken note of by an agent that goes on", [ask(0, edit), chunk, ended(2)], {}, [], []],
    ["fails the stage anyway", [ask(0, edit), ended(2)], { permissions: "fail" }, [], []],
    ["was in a turn before", [ask(0, edit), ended(2), chunk, ended(100)], {}, [], [told]],
    ["ends a turn with the model's refusal", [ask(0, edit), ended(2, "refusal")], {}, [], []],
    [
      "by people has a reason, which the agent is told also when it goes on",
      [ask(0, edit), chunk, ended(2)],
      { permissions: "ask" },
      [{ id: "0", allows: false, message: "not on\na Friday" }],
      [[100, expect.stringContaining("- edit: a.txt: not on a Friday\\n")]],
    ],
  ];
  test.each(followUps)("whose rejection %s", (_, lines, changes, answers, more) => {
    const { talk, said } = speak([...working, ...lines], changes, answers);
    expect(prompts(said).slice(1)).toEqual(more);
    const isOver = (): boolean => talk.isOver;
    expect(isOver()).toBe(more.length === 0 || lines.includes(ended(100)));
    if (!isOver()) {
      hear(talk, ended(100));
      expect(talk.owed(answers)).toEqual([]);
      expect(isOver()).toBe(true);
    }
    const written = [initializeMessage(), ...said.map((message) => JSON.stringify(message))];
    const next = adopt(written, [...working, ...lines], changes);
    expect(next.owed(answers)).toEqual([]);
  });

  test("that is rejected with many others is one line of a list that stays short", () => {
    const lines = Array.from({ length: 60 }, (__, at) => ask(at, edit));
    const [, more] = prompts(speak([...working, ...lines, ended(2)]).said);
    expect(String(more?.[1]).match(/- edit: a\.txt/g)).toHaveLength(50);
    expect(more?.[1]).toContain("- and 10 more");
  });

  test("that is rejected again and again is not asked for without end", () => {
    const lines = Array.from({ length: 20 }, (__, at) => [
      ask(at, edit),
      ended(at === 0 ? 2 : 99 + at),
    ]).flat();
    expect(prompts(speak([...working, ...lines]).said)).toHaveLength(6);
  });

  test("is cancelled with the turn when the agent is interrupted, once", () => {
    const { talk } = speak([...working, ask(0, { kind: "edit" })], { permissions: "ask" });
    talk.interrupt?.();
    const owed = talk.owed([]);
    expect(owed.map(parse)).toMatchObject([
      { id: 0, result: { outcome: { outcome: "cancelled" } } },
      { method: "session/cancel", params: { sessionId: "s" } },
    ]);
    owed.forEach(talk.hearOwn);
    expect(talk.owed([])).toEqual([]);
    expect(talk.isOver).toBe(false);
    hear(talk, reply(2, { stopReason: "cancelled" }));
    expect(talk.isOver).toBe(true);
  });

  test("an agent that is interrupted before its prompt is told nothing more", () => {
    const { talk } = speak([hello()]);
    talk.interrupt?.();
    expect(talk.owed([])).toEqual([]);
    expect(talk.isOver).toBe(true);
  });
});

test.each([
  ["an option that was chosen", { id: 7, result: { outcome: { outcome: "selected", optionId: "no" } } }, "7"],
  ["a request that was given up", { id: 7, result: { outcome: { outcome: "cancelled" } } }, null],
  ["an answer to something else", { id: 7, error: { code: -32_601, message: "no" } }, null],
  ["a request of our own", { id: 2, method: "session/prompt", params: {} }, null],
])("a decision is known from what the agent was told: %s", (_, message, request) => {
  expect(answeredRequest(JSON.stringify({ jsonrpc: "2.0", ...message }))).toBe(request);
});
