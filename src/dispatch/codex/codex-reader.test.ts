import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createMasks } from "../../execution/masks.ts";
import { shownText } from "../../execution/shown-text.ts";
import { codexSamples } from "../../testing/fake-codex.ts";
import { openCodexReader, type CodexReader } from "./codex-reader.ts";
import { codexResult } from "./codex-result.ts";

const samples = readdirSync(codexSamples)
  .filter((file) => file.endsWith(".jsonl"))
  .map((file) => file.replace(".jsonl", ""));

/** The samples whose stages declare outputs. */
const withOutputs = new Set(["outputs", "resumed", "rate-limited-once"]);
const integerSchema = {
  type: "object",
  properties: { a: { type: "integer" } },
  required: ["a"],
};

function hear(reader: CodexReader, line: string | Buffer, length?: number): readonly string[] {
  const bytes = Buffer.from(line);
  return reader.hear("stdout", bytes, length ?? bytes.length).texts;
}

function show(texts: readonly string[]): string[] {
  return texts.map((text) => shownText({ stream: "agent", text }));
}

function sampleLines(name: string): string[] {
  return readFileSync(join(codexSamples, `${name}.jsonl`), "utf8")
    .trimEnd()
    .split("\n");
}

/** The events of items, as `item.started` or `item.completed`. */
function eventsOf(...items: [type: string, item: object][]): unknown[] {
  const reader = openCodexReader(createMasks());
  return items
    .flatMap(([type, item]) => hear(reader, JSON.stringify({ type, item })))
    .map((text) => JSON.parse(text));
}

describe("the recorded stream", () => {
  test.each(samples)("%s is read as its golden file says", (name) => {
    const golden = JSON.parse(readFileSync(join(codexSamples, `${name}.golden.json`), "utf8"));
    const masks = createMasks();
    const reader = openCodexReader(masks);
    const texts = sampleLines(name).flatMap((line) => hear(reader, line));
    const schema = withOutputs.has(name) ? integerSchema : {};
    const result = codexResult({
      reader,
      status: 0,
      program: null,
      model: "gpt-5-codex",
      schema,
      hide: masks.hide,
    });
    const events = texts.map((text) => JSON.parse(text));
    expect({ events, lines: show(texts), result: JSON.parse(JSON.stringify(result)) }).toEqual(golden);
  });

  test("is the same when an engine has given parts of it back to the disk, which reads as zeros", () => {
    const reader = openCodexReader(createMasks());
    for (const line of sampleLines("thinking-and-command")) {
      const bytes = Buffer.from(line);
      const { isToKeep } = openCodexReader(createMasks()).hear("stdout", bytes, bytes.length);
      const texts = hear(reader, isToKeep ? line : Buffer.alloc(bytes.length));
      if (!isToKeep) expect(texts).toEqual([]);
    }
    expect(reader.turn).toEqual({ isCompleted: true });
    expect(reader.lastText).toBe("no tool update_plan offered");
    expect(reader.usage()).toMatchObject({ input: 400, cache_read: 2000, output: 100 });
  });
});

describe("an item of the stream is told as:", () => {
  const command = { id: "1", type: "command_execution", command: "/bin/bash -lc 'npm test'" };

  test("a command, which runs and ends with its exit code", () => {
    const ended = { ...command, aggregated_output: "2 failed", exit_code: 1, status: "failed" };
    expect(eventsOf(["item.started", command], ["item.completed", ended])).toEqual([
      {
        kind: "tool_call",
        id: "1",
        name: "shell",
        tool: "run",
        title: "npm test",
        input: { command: "/bin/bash -lc 'npm test'" },
        files: [],
      },
      { kind: "tool_result", id: "1", ok: false, text: "2 failed", exit_code: 1 },
    ]);
  });

  test("a command that was declined", () => {
    const declined = { ...command, aggregated_output: "", exit_code: null, status: "declined" };
    expect(eventsOf(["item.completed", declined]).at(-1)).toEqual({
      kind: "tool_result",
      id: "1",
      ok: false,
      text: "",
    });
  });

  const commands: [command: string, title: string][] = [
    ["/bin/bash -lc 'echo hi'", "echo hi"],
    ['bash -lc "echo \\"$HOME\\" \\\\n"', 'echo "$HOME" \\n'],
    ["/usr/bin/zsh -c ls", "ls"],
    ["bash -lc 'a'\\''b'", "'a'\\''b'"],
    ["git status", "git status"],
  ];
  test.each(commands)("the command %p by its title %p", (text, title) => {
    expect(eventsOf(["item.started", { ...command, command: text }])).toMatchObject([{ title }]);
  });

  test("a change of files, with their paths", () => {
    const changes = [
      { path: "src/a.ts", kind: "update" },
      { path: "b.txt", kind: "add" },
    ];
    const item = { id: "2", type: "file_change", changes, status: "completed" };
    expect(eventsOf(["item.completed", item])).toMatchObject([
      {
        kind: "tool_call",
        name: "apply_patch",
        tool: "edit",
        title: "update src/a.ts, add b.txt",
        files: ["src/a.ts", "b.txt"],
      },
      { kind: "tool_result", id: "2", ok: true, text: "completed" },
    ]);
  });

  test("a search, which tells what it looks for only at its end", () => {
    const search = { id: "3", type: "web_search", query: "", action: { type: "other" } };
    const found = { ...search, query: "bun releases", action: { type: "search", query: "bun releases" } };
    expect(eventsOf(["item.started", search], ["item.completed", found])).toMatchObject([
      { kind: "tool_call", tool: "search", title: "bun releases" },
      { kind: "tool_result", id: "3", ok: true },
    ]);
  });

  test("a page that is fetched", () => {
    const action = { type: "open_page", url: "https://example.org" };
    const item = { id: "3", type: "web_search", query: "https://example.org", action };
    expect(eventsOf(["item.completed", item])[0]).toMatchObject({
      tool: "fetch",
      title: "https://example.org",
    });
  });

  test("a call of an MCP server, and why it failed", () => {
    const item = { id: "4", type: "mcp_tool_call", server: "docs", tool: "find", arguments: { q: "x" } };
    const failed = { ...item, status: "failed", result: null, error: { message: "no such page" } };
    expect(eventsOf(["item.started", item], ["item.completed", failed])).toMatchObject([
      { kind: "tool_call", name: "docs.find", tool: "other", input: { q: "x" } },
      { kind: "tool_result", ok: false, text: "no such page" },
    ]);
  });

  test("a sub-agent that is called", () => {
    const item = { id: "5", type: "collab_tool_call", tool: "spawn_agent", prompt: "look around" };
    expect(eventsOf(["item.started", item])).toMatchObject([
      { kind: "tool_call", name: "spawn_agent", tool: "agent", title: "look around" },
    ]);
  });

  test("a plan, each time that it changes", () => {
    const plan = (completed: boolean) => ({
      id: "6",
      type: "todo_list",
      items: [{ text: "read", completed }],
    });
    const told = eventsOf(
      ["item.started", plan(false)],
      ["item.updated", plan(true)],
      ["item.completed", plan(true)],
    );
    expect(told).toEqual([
      { kind: "plan", entries: [{ text: "read", status: "pending" }] },
      { kind: "plan", entries: [{ text: "read", status: "completed" }] },
    ]);
  });
});

describe("a hostile line", () => {
  const cases: [name: string, line: string, texts: string[]][] = [
    ["of another program is shown as it is", "Segmentation fault", ["Segmentation fault"]],
    ["that is empty is left out", "  ", []],
    [
      "that breaks off is left out with a warning",
      '{"type":"item.compl',
      ["warning: a line of 19 bytes cannot be read as a message of codex and is left out"],
    ],
    ["without a type says nothing", "{}", []],
    ["with a type that is no text says nothing", '{"type":7}', []],
    ["whose item is no object says nothing", '{"type":"item.completed","item":[1]}', []],
    ["with a prototype in it is nothing special", '{"__proto__":{"type":"turn.completed"}}', []],
  ];
  test.each(cases)("%s", (_, line, texts) => {
    const reader = openCodexReader(createMasks());
    expect(hear(reader, line)).toEqual(texts);
    expect(reader.turn).toBeNull();
  });

  test("that is longer than is kept is left out, even where it ends the turn", () => {
    const reader = openCodexReader(createMasks());
    expect(hear(reader, '{"type":"turn.completed"}', 17_000_000)).toEqual([
      expect.stringContaining("17000000 bytes"),
    ]);
    expect(reader.turn).toBeNull();
  });

  test("with calls that never end does not fill the memory", () => {
    const reader = openCodexReader(createMasks());
    const item = { type: "command_execution", command: "ls" };
    const begun = Array.from({ length: 1_100 }, (_, id) => ({ ...item, id: String(id) }));
    const texts = begun.flatMap((each) => hear(reader, JSON.stringify({ type: "item.started", item: each })));
    expect(texts).toHaveLength(1_000);
  });
});

test("kinds that are not known are counted in one notice, with the end of the turn", () => {
  const reader = openCodexReader(createMasks());
  const odd = [
    '{"type":"hologram"}',
    '{"type":"hologram"}',
    '{"type":"item.completed","item":{"type":"dream"}}',
  ];
  expect(odd.flatMap((line) => hear(reader, line))).toEqual([]);
  expect(show(hear(reader, '{"type":"turn.completed"}'))).toEqual([
    "codex wrote messages of kinds that this version does not know: hologram (2), item/dream (1)",
  ]);
});

test("the totals of a thread that are told twice are charged once", () => {
  const reader = openCodexReader(createMasks());
  const ended = (input_tokens: number, output_tokens: number): string =>
    JSON.stringify({
      type: "turn.completed",
      usage: { input_tokens, cached_input_tokens: 100, cache_write_input_tokens: 50, output_tokens },
    });
  hear(reader, ended(1000, 10));
  const [told = ""] = hear(reader, ended(1500, 30));
  expect(JSON.parse(told)).toEqual({ kind: "usage", input: 500, cache_read: 0, cache_write: 0, output: 20 });
  expect(reader.usage()).toEqual({
    input: 1350,
    cache_read: 100,
    cache_write: 50,
    output: 30,
    cost_micro_usd: 0,
    basis: "unknown",
  });
});

test("secrets are hidden, also where JSON writes them otherwise", () => {
  const reader = openCodexReader(createMasks(['sw"ord\\fish\n77']));
  const item = { type: "agent_message", text: 'it is sw"ord\\fish\n77' };
  const [shown = ""] = hear(reader, JSON.stringify({ type: "item.completed", item }));
  expect(shown).not.toContain("ord");
});
