import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMasks } from "../../execution/masks.ts";
import type { Usage } from "../../execution/record.ts";
import type { TranscriptEvent } from "../../execution/transcript.ts";
import { anAcpSetting } from "../../testing/an-acp-setting.ts";
import type { AcpPlan } from "./acp-plan.ts";
import { openAcpReader } from "./acp-reader.ts";

const folder = mkdtempSync(join(tmpdir(), "skillmeat-acp-reader-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(changes: Partial<AcpPlan> = {}, secrets: string[] = [], request: { charged?: Usage } = {}) {
  const { workdir, ...plan } = anAcpSetting(changes);
  writeFileSync(join(folder, "acp.json"), JSON.stringify(plan));
  writeFileSync(join(folder, "workdir"), workdir);
  return openAcpReader(createMasks(secrets), { attempt_dir: folder, charged: null, ...request });
}

/** What the log keeps of lines that the agent prints. */
function read(reader: ReturnType<typeof open>, lines: readonly (string | object)[]): TranscriptEvent[] {
  return lines.flatMap((each) => {
    const line = typeof each === "string" ? each : JSON.stringify({ jsonrpc: "2.0", ...each });
    const bytes = Buffer.from(line);
    return reader
      .hear("stdout", bytes, bytes.length)
      .texts.map((text) => JSON.parse(text) as TranscriptEvent);
  });
}

const update = (facts: object): object => ({
  method: "session/update",
  params: { sessionId: "s", update: facts },
});
const say = (text: string, more: object = {}): object =>
  update({ sessionUpdate: "agent_message_chunk", content: { type: "text", text }, ...more });
const call = (facts: object): object => update({ sessionUpdate: "tool_call", toolCallId: "t", ...facts });
const change = (facts: object): object =>
  update({ sessionUpdate: "tool_call_update", toolCallId: "t", ...facts });
const end = (result: object = { stopReason: "end_turn" }): object => ({ id: 2, result });

const recorded = (sample: string): string[] =>
  readFileSync(join(import.meta.dir, "samples", sample, "agent.jsonl"), "utf8")
    .trimEnd()
    .split("\n");

describe("a recorded stream", () => {
  test("of gemini, which tells of a call only when it asks for it", () => {
    const reader = open();
    const id = "run_shell_command__run_shell_command_1795985970130_0";
    const content = [
      { type: "content", content: { type: "text", text: "[current working directory /w] (x)" } },
    ];
    expect(read(reader, recorded("gemini"))).toEqual([
      { kind: "notice", level: "info", code: "init", text: "Gemini CLI 0.61.0 begins" },
      {
        kind: "tool_call",
        id,
        name: "run_shell_command",
        tool: "run",
        title: "touch relay-made.txt && echo did it",
        input: { content },
        files: [],
      },
      {
        kind: "permission_request",
        call: id,
        title: "run_shell_command: touch relay-made.txt && echo did it",
        input: { content },
      },
      { kind: "tool_result", id, ok: true, text: "" },
      { kind: "message", text: "Did it all." },
      { kind: "usage", input: 2400, cache_read: 0, cache_write: 0, output: 100 },
    ]);
    expect(reader.lastText).toBe("Did it all.");
    expect(reader.usage()).toMatchObject({
      usage: { input: 2400, output: 100, basis: "unknown" },
      unpriced: [{ model: "gemini-2.5-flash", input: 2400, output: 100 }],
    });
  });

  test("of claude, which begins a call before its input is known", () => {
    const reader = open();
    const events = read(reader, recorded("claude"));
    const input = { command: "touch relay-made.txt && echo did it", description: "x" };
    expect(events).toMatchObject([
      { kind: "notice", text: "Claude Agent 0.101.0 begins" },
      { kind: "tool_call", name: "Bash", tool: "run", title: "touch relay-made.txt && echo did it", input },
      { kind: "permission_request", title: "Bash: touch relay-made.txt && echo did it", input },
      { kind: "tool_result", ok: true, text: "```console\ndid it\n```" },
      { kind: "notice", code: "unknown_kinds", text: expect.stringContaining("_auth/status_update (1)") },
      { kind: "message", text: "Did it all." },
      {
        kind: "usage",
        input: 400,
        cache_read: 2000,
        cache_write: 120,
        output: 100,
        cost_micro_usd: 6900,
        context_used: 1310,
        context_size: 1_000_000,
      },
    ]);
    expect(reader.usage()).toEqual({
      usage: {
        input: 400,
        cache_read: 2000,
        cache_write: 120,
        output: 100,
        cost_micro_usd: 6900,
        basis: "reported",
      },
    });
  });
});

describe("what an agent tells", () => {
  const cases: [says: string, lines: object[], events: object[]][] = [
    ["parts of a text are one message", [say("a"), say("b"), end()], [{ kind: "message", text: "ab" }]],
    [
      "another message begins with another id",
      [say("a", { messageId: "1" }), say("b", { messageId: "2" }), end()],
      [
        { kind: "message", text: "a" },
        { kind: "message", text: "b" },
      ],
    ],
    [
      "thoughts are no messages",
      [
        update({ sessionUpdate: "agent_thought_chunk", content: { type: "text", text: "hm" } }),
        say("a"),
        end(),
      ],
      [
        { kind: "thinking", text: "hm" },
        { kind: "message", text: "a" },
      ],
    ],
    [
      "a message ends where a call begins",
      [say("a"), call({ status: "in_progress", kind: "read", title: "x.txt" }), say("b"), end()],
      [
        { kind: "message", text: "a" },
        { kind: "tool_call", name: "read", tool: "read", title: "x.txt" },
        { kind: "message", text: "b" },
      ],
    ],
    [
      "a call is told once, with what is known when it begins",
      [
        call({ status: "pending", kind: "execute", title: "bash", rawInput: {} }),
        change({ rawInput: { command: "ls" } }),
        change({ status: "in_progress" }),
        change({ status: "failed", rawOutput: { exitCode: 2, output: "no" } }),
        end(),
      ],
      [
        { kind: "tool_call", title: "ls", input: { command: "ls" } },
        { kind: "tool_result", ok: false, text: "no", exit_code: 2 },
      ],
    ],
    [
      "a call of a server's tool is named by its title, as opencode does it",
      [call({ status: "in_progress", kind: "other", title: "tickets_search", rawInput: { query: "open" } })],
      [{ kind: "tool_call", name: "tickets_search", tool: "other", title: "open" }],
    ],
    [
      "a call that only ends is told all the same",
      [
        change({ status: "completed", kind: "edit", title: "a", content: [{ type: "diff", path: "/w/a" }] }),
        end(),
      ],
      [
        { kind: "tool_call", tool: "edit" },
        { kind: "tool_result", ok: true, text: "changed /w/a" },
      ],
    ],
    [
      "a call that does not end is told at the end",
      [call({ status: "pending", kind: "search", title: "x" }), end()],
      [{ kind: "tool_call", tool: "search", title: "x" }],
    ],
    [
      "a plan",
      [
        update({
          sessionUpdate: "plan",
          entries: [{ content: "first", priority: "high", status: "pending" }],
        }),
      ],
      [{ kind: "plan", entries: [{ text: "first", status: "pending" }] }],
    ],
    [
      "a notice",
      [update({ sessionUpdate: "notice", severity: "warning", title: "slow", description: "very" })],
      [{ kind: "notice", level: "warning", text: "slow: very" }],
    ],
    [
      "a call of a sub-agent",
      [
        call({
          status: "in_progress",
          title: "x",
          _meta: { claudeCode: { parentToolUseId: "p", toolName: "Read" } },
        }),
      ],
      [{ kind: "tool_call", name: "Read", parent: "p" }],
    ],
    [
      "kinds that are not known are counted",
      [
        update({ sessionUpdate: "new" }),
        update({ sessionUpdate: "new" }),
        { method: "_x/y", params: {} },
        end(),
      ],
      [{ kind: "notice", code: "unknown_kinds", text: expect.stringMatching(/new \(2\), _x\/y \(1\)/) }],
    ],
    [
      "what is of no interest to people is left out",
      [update({ sessionUpdate: "current_mode_update" }), end()],
      [],
    ],
  ];
  test.each(cases)("%s", (_, lines, events) => {
    const told = read(open(), lines);
    expect(told).toHaveLength(events.length);
    expect(told).toMatchObject(events);
  });

  test("again of a session that it loads is not told twice", () => {
    const reader = open({ resumes: "old" });
    reader.talk.hearOwn(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "session/load", params: {} }));
    const old = [say("old"), call({ status: "in_progress", title: "old" })];
    expect(read(reader, [...old, { id: 1, result: {} }, say("new"), end()])).toEqual([
      { kind: "message", text: "new" },
    ]);
  });

  test("is told of a session that was lost, and of a model that is not offered", () => {
    const reader = open({ resumes: "old", model: "large", effort: "high" });
    reader.talk.hearOwn(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "session/load", params: {} }));
    const lost = { id: 1, error: { code: -32002, message: "not found" } };
    expect(
      read(reader, [lost, { id: 6, result: { sessionId: "n" } }]).map(
        (event) => "text" in event && event.text,
      ),
    ).toEqual([
      "the agent cannot go on with its session and begins anew",
      'the agent offers no model "large" and works with its own',
      'the agent offers no effort "high"',
    ]);
  });

  test("is hidden where it is a secret, and lines of 16 MiB are read", () => {
    const reader = open({}, ["s3cret-value"]);
    const long = "x".repeat(15 * 1024 * 1024);
    const [message] = read(reader, [say(`s3cret-value ${long}`), end()]);
    expect(JSON.stringify(message)).not.toContain("s3cret");
    expect(JSON.stringify(message).length).toBeLessThan(64 * 1024);
    const more = Buffer.alloc(17 * 1024 * 1024, "{");
    expect(reader.hear("stdout", more.subarray(0, 16 * 1024 * 1024), more.length).texts[0]).toContain(
      "cannot be read as a message of agent",
    );
  });
});

describe("what an agent has used", () => {
  const cost = (amount: number): object =>
    update({ sessionUpdate: "usage_update", cost: { amount, currency: "USD" } });

  test("is that of all of its turns", () => {
    const reader = open();
    const turn = { stopReason: "end_turn", usage: { totalTokens: 3, inputTokens: 1, outputTokens: 2 } };
    read(reader, [end(turn), cost(0.1), { id: 100, result: turn }, cost(0.3)]);
    expect(reader.usage().usage).toMatchObject({ input: 2, output: 4, cost_micro_usd: 300_000 });
  });

  test("is charged once, though a session tells what it has cost before it was interrupted", () => {
    const charged: Usage = {
      input: 1,
      cache_read: 0,
      cache_write: 0,
      output: 1,
      cost_micro_usd: 200_000,
      basis: "reported",
    };
    const reader = open({ resumes: "old" }, [], { charged });
    reader.talk.hearOwn(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "session/load", params: {} }));
    read(reader, [{ id: 1, result: {} }, cost(0.5)]);
    expect(reader.usage().usage).toMatchObject({ cost_micro_usd: 300_000 });
  });

  test("is told while it works, and no more when its turn has ended", () => {
    const reader = open();
    expect(reader.isInTurn).toBe(false);
    reader.talk.hearOwn(JSON.stringify({ jsonrpc: "2.0", id: 2, method: "session/prompt", params: {} }));
    expect(reader.isInTurn).toBe(true);
    read(reader, [end()]);
    expect(reader.isInTurn).toBe(false);
  });

  const nothing = { input: 0, cache_read: 0, cache_write: 0, output: 0 };
  const cases: [says: string, lines: object[], usage: object][] = [
    ["is unknown where it tells nothing", [end()], {}],
    [
      "has thoughts in its output, also where they are counted beside it",
      [
        end({
          stopReason: "end_turn",
          usage: { totalTokens: 16, inputTokens: 10, outputTokens: 2, thoughtTokens: 4 },
        }),
      ],
      { usage: { ...nothing, input: 10, output: 6, basis: "unknown" } },
    ],
    [
      "is known by its cost alone",
      [update({ sessionUpdate: "usage_update", cost: { amount: 0.25, currency: "USD" } }), end()],
      { usage: { ...nothing, cost_micro_usd: 250_000, basis: "reported" } },
    ],
    [
      "has no cost in another currency",
      [update({ sessionUpdate: "usage_update", cost: { amount: 0.25, currency: "EUR" } }), end()],
      {},
    ],
    [
      "is priced for the program where no model is known",
      [end({ stopReason: "end_turn", usage: { totalTokens: 3, inputTokens: 1, outputTokens: 2 } })],
      { unpriced: [{ model: "agent", input: 1, output: 2 }] },
    ],
  ];
  test.each(cases)("%s", (_, lines, usage) => {
    const reader = open();
    read(reader, lines);
    expect(reader.usage()).toMatchObject(usage);
    if (Object.keys(usage).length === 0) expect(reader.usage()).toEqual({});
  });
});

test("a message comes in pieces before it is told whole; what is thought does not", () => {
  const reader = open();
  const pieceOf = (line: object): unknown => {
    const bytes = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...line }));
    return reader.hear("stdout", bytes, bytes.length).piece;
  };
  expect(pieceOf(say("I "))).toEqual({ message: "1", text: "I " });
  expect(pieceOf(say("look."))).toEqual({ message: "1", text: "look." });
  const thought = { sessionUpdate: "agent_thought_chunk", content: { type: "text", text: "why" } };
  expect(pieceOf(update(thought))).toBeUndefined();
  expect(pieceOf(say("Done."))).toEqual({ message: "3", text: "Done." });
});
