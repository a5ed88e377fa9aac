import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { shownText } from "../../execution/shown-text.ts";
import type { Usage } from "../../execution/record.ts";
import { createMasks } from "../../execution/masks.ts";
import { claudeSamples } from "../../testing/fake-claude.ts";
import { openClaudeReader, type ClaudeReader } from "./claude-reader.ts";
import { claudeResult } from "./claude-result.ts";
import { translateMessage } from "./transcript-events.ts";

const samples = readdirSync(claudeSamples)
  .filter((file) => file.endsWith(".jsonl"))
  .map((file) => file.replace(".jsonl", ""));

function hear(reader: ClaudeReader, line: string | Buffer, length?: number): readonly string[] {
  const bytes = Buffer.from(line);
  const { texts, stream = "stdout" } = reader.hear("stdout", bytes, length ?? bytes.length);
  return texts.map((text) => shownText({ stream, text }));
}

function sampleLines(name: string): string[] {
  return readFileSync(join(claudeSamples, `${name}.jsonl`), "utf8")
    .trimEnd()
    .split("\n");
}

describe("the recorded stream", () => {
  test.each(samples)("%s is read as its golden file says", (name) => {
    const golden = JSON.parse(readFileSync(join(claudeSamples, `${name}.golden.json`), "utf8"));
    const masks = createMasks();
    const reader = openClaudeReader(masks);
    const lines = sampleLines(name).flatMap((line) => hear(reader, line));
    const events = sampleLines(name).flatMap((line) => translateMessage(JSON.parse(line)).events);
    const wantsOutputs = /outputs|sub-agent/.test(name);
    const result = claudeResult({ reader, status: 0, program: null, wantsOutputs, hide: masks.hide });
    expect({ events, lines, result: JSON.parse(JSON.stringify(result)) }).toEqual(golden);
  });

  test("is the same when an engine has given parts of it back to the disk, which reads as zeros", () => {
    const reader = openClaudeReader(createMasks());
    for (const line of sampleLines("tools-and-sub-agent")) {
      const bytes = Buffer.from(line);
      const { isToKeep } = openClaudeReader(createMasks()).hear("stdout", bytes, bytes.length);
      const texts = hear(reader, isToKeep ? line : Buffer.alloc(bytes.length));
      if (!isToKeep) expect(texts).toEqual([]);
    }
    expect(reader.output).toEqual({ a: 4 });
    expect(reader.usage().usage).toMatchObject({ output: 450, cost_micro_usd: 10_350, basis: "reported" });
  });
});

describe("a hostile line", () => {
  const cases: [name: string, line: string, texts: string[]][] = [
    ["of another program is shown as it is", "Segmentation fault", ["Segmentation fault"]],
    ["that is empty is left out", "  ", []],
    [
      "that breaks off is left out with a warning",
      '{"type":"assistant","mess',
      ["warning: a line of 25 bytes cannot be read as a message of claude and is left out"],
    ],
    ["that is a list is shown as it is", "[1]", ["[1]"]],
    ["without a type says nothing", "{}", []],
    ["with a type that is no text says nothing", '{"type":7}', []],
    ["whose content is no list says nothing", '{"type":"assistant","message":{"content":"x"}}', []],
    ["whose blocks are no objects says nothing", '{"type":"assistant","message":{"content":[1,null]}}', []],
    [
      "with a tool that has neither name nor input says so",
      '{"type":"assistant","message":{"content":[{"type":"tool_use"}]}}',
      ["a tool without a name:"],
    ],
    ["with a prototype in it is nothing special", '{"__proto__":{"type":"result"}}', []],
    [
      "with line breaks and escapes stays one line",
      '{"type":"assistant","message":{"content":[{"type":"text","text":"a\\n\\n  b\\r\\nc"}]}}',
      ["a b c"],
    ],
  ];
  test.each(cases)("%s", (_, line, texts) => {
    const reader = openClaudeReader(createMasks());
    expect(hear(reader, line)).toEqual(texts);
    expect(reader.lastResult).toBeNull();
  });

  test("that is nested too deep is left out", () => {
    const reader = openClaudeReader(createMasks());
    expect(hear(reader, `{"a":${"[".repeat(200_000)}`)).toEqual([expect.stringContaining("cannot be read")]);
  });

  test("that is longer than is kept is left out, even where it is a result", () => {
    const reader = openClaudeReader(createMasks());
    expect(hear(reader, '{"type":"result"}', 17_000_000)).toEqual([
      expect.stringContaining("17000000 bytes"),
    ]);
    expect(reader.lastResult).toBeNull();
  });

  test("of 16 MiB is read, and shown cut", () => {
    const reader = openClaudeReader(createMasks());
    const text = "x".repeat(15 * 1024 * 1024);
    const [shown = ""] = hear(
      reader,
      JSON.stringify({ type: "assistant", message: { content: [{ type: "text", text }] } }),
    );
    expect(shown.length).toBe(2001);
  });
});

describe("a resumed session of a claude that tells its whole cost alone", () => {
  const before = { input: 100, cache_read: 0, cache_write: 0, output: 10, cost_micro_usd: 20_000 };
  const total = JSON.stringify({
    type: "result",
    subtype: "success",
    session_id: "s1",
    total_cost_usd: 0.05,
    modelUsage: { sonnet: { inputTokens: 250, outputTokens: 30, costUSD: 0.05 } },
  });
  const all = { input: 250, output: 30, cost_micro_usd: 50_000 };
  test.each<[string, Usage | null, object]>([
    [
      "less what it was charged for",
      { ...before, basis: "reported" },
      { input: 150, output: 20, cost_micro_usd: 30_000 },
    ],
    ["as a whole where nothing was charged", null, all],
    ["as a whole where a killed claude left nothing in it", { ...before, basis: "price_table" }, all],
    ["as a whole where it begins anew", { ...before, cost_micro_usd: 90_000, basis: "reported" }, all],
  ])("is charged %s", (_, charged, usage) => {
    const reader = openClaudeReader(createMasks(), { charged: (id) => (id === "s1" ? charged : null) });
    hear(reader, total);
    expect(reader.usage().usage).toMatchObject({ ...usage, basis: "reported" });
  });
});

test("kinds that are not known are counted in one notice, with the result", () => {
  const reader = openClaudeReader(createMasks());
  const odd = ['{"type":"hologram"}', '{"type":"hologram"}', '{"type":"system","subtype":"dream"}'];
  expect(odd.flatMap((line) => hear(reader, line))).toEqual([]);
  expect(hear(reader, '{"type":"result","subtype":"success"}')).toEqual([
    "claude wrote messages of kinds that this version does not know: hologram (2), system/dream (1)",
  ]);
});

test("secrets are hidden, also where JSON writes them otherwise and where a line is cut", () => {
  const secret = 'sw"ord\\fish\n77';
  const reader = openClaudeReader(createMasks([secret]));
  const text = `${"x".repeat(1990)}${secret}`;
  const [shown = ""] = hear(
    reader,
    JSON.stringify({ type: "assistant", message: { content: [{ type: "text", text }] } }),
  );
  expect(shown).not.toContain("sw");
});

test("an agent whose login the API refuses is given up at once", () => {
  const reader = openClaudeReader(createMasks());
  const [begun = "", refused = ""] = sampleLines("login-refused");
  hear(reader, begun);
  expect(reader.givesUp.signal.aborted).toBe(false);
  hear(reader, refused);
  expect(reader.givesUp.signal.aborted).toBe(true);
  expect(reader.givesUp.error).toMatchObject({ class: "auth_failure", retryable: false });
});

test("an agent that was stopped has used what its messages say, at an unknown price", () => {
  const reader = openClaudeReader(createMasks());
  const lines = sampleLines("tools-and-sub-agent");
  for (const line of lines.slice(
    0,
    lines.findIndex((each) => each.includes('"type":"result"')),
  ))
    hear(reader, line);
  const { usage, unpriced } = reader.usage();
  expect(unpriced?.map(({ model, output }) => [model, output])).toEqual([["claude-sonnet-5-5", 301]]);
  expect(usage).toEqual({
    input: 1400,
    cache_read: 7000,
    cache_write: 420,
    // The stream has no deltas of a sub-agent, so its message counts with the one token of its beginning.
    output: 301,
    cost_micro_usd: 0,
    basis: "unknown",
  });
});
