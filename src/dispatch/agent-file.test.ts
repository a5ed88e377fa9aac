import { describe, expect, test } from "bun:test";
import { parseAgentFile } from "./agent-file.ts";
import { parseKeyValues } from "./key-values.ts";

const at = { path: "/p/agents/scan.md", ref: "agent:scan" };

function parsed(head: string, body = "Scan.") {
  return parseAgentFile(Buffer.from(`---\n${head}\n---\n${body}\n`), at);
}

describe("an agent's file:", () => {
  test("says what the agent is and how it is run; the body is its role", () => {
    expect(
      parsed(
        'name: scanner\ndescription: scans\ndispatcher: command\ncommand: ["./scan.sh", "-n", "3"]\nmodel: sonnet\ncolor: red',
      ),
    ).toMatchObject({
      ref: "agent:scan",
      name: "scanner",
      description: "scans",
      dispatcher: "command",
      command: ["./scan.sh", "-n", "3"],
      model: "sonnet",
      prompt: "Scan.",
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  const foreign: [what: string, text: string, says: string][] = [
    ["empty", "", "the file is empty"],
    ["of blank lines", "\uFEFF\n \n", "the file is empty"],
    ["a README", "# Agents\n\nThey live here.\n", "it has no front matter, so it is no agent"],
    ["of another kind", "---\ntitle: x\nlayout: y\n---\nText\n", "has none of the keys of an agent"],
    ["with an empty head", "---\n---\nText\n", "it has no front matter"],
    ["fenced", "```yaml\n---\nname: x\n---\n```\n", "stands in a code fence"],
    ["fenced without lines", "```\nname: x\n```\n", "stands in a code fence"],
    ["with a text before its head", "Agent:\n---\nname: x\n---\n", "it has no front matter"],
  ];

  test.each(foreign)("one that is %s is no agent", (_, text, says) => {
    expect(() => parseAgentFile(Buffer.from(text), at)).toThrow(says);
    expect(() => parseAgentFile(Buffer.from(text), at)).toThrow(/^\/p\/agents\/scan\.md:1: .*"name: …"/);
  });

  test("blank lines may stand before the head, and the head may be indented", () => {
    const text =
      "\n \n    ---\n    name: queues\n    model: sonnet\n    tools:\n      - Read\n    ---\n\nLook.\n";
    expect(parseAgentFile(Buffer.from(text), at)).toMatchObject({
      name: "queues",
      model: "sonnet",
      tools: ["Read"],
      lines: { name: 4, model: 5, tools: 6 },
      prompt: "Look.",
    });
  });

  test("without a name it is named by its file", () => {
    expect(parseAgentFile(Buffer.from("\uFEFF---\r\ndescription: d\r\n---\r\nDo it.\r\n"), at)).toMatchObject(
      {
        name: "scan",
        description: "d",
        command: null,
        prompt: "Do it.",
      },
    );
  });

  const lenient: [head: string, fields: Record<string, unknown>][] = [
    ["description: use it when: asked", { description: "use it when: asked" }],
    [
      "description: a: b\ntools: [Read]\ncommand:\n  - ./x.sh",
      { description: "a: b", tools: ["Read"], command: ["./x.sh"] },
    ],
    ['description: "quoted: \\"x"\nname: n: m', { description: 'quoted: "x', name: "n: m" }],
    ["description: |\n  one\n  two", { description: "one\ntwo" }],
    ["description: a: b\n  and more", { description: "a: b and more" }],
    ["description: @at first", { description: "@at first" }],
    ["tools: Read, Bash(git log:*) Write", { tools: ["Read", "Bash(git log:*)", "Write"] }],
    ["tools:\n  - Read\n  - Write", { tools: ["Read", "Write"] }],
    ["model: inherit", { model: null }],
    [
      "exit_codes:\n  3: rate_limited\n  4: {class: bad, retryable: false}\n  5: auth_failure",
      {
        exit_codes: {
          3: { class: "rate_limited", retryable: true },
          4: { class: "bad", retryable: false },
          5: { class: "auth_failure", retryable: false },
        },
      },
    ],
    ["__proto__: x\nname: y", { name: "y" }],
  ];
  test.each(lenient)("%j is read", (head, fields) => expect(parsed(head)).toMatchObject(fields));

  const wrong: [head: string, message: string][] = [
    [
      "name: x\ncommand: ./a.sh -v",
      '/p/agents/scan.md:3: "command" must be a list, not one text: it goes through no shell. write ["./a.sh", "-v"]',
    ],
    ["command: []", '/p/agents/scan.md:2: "command" must be a list such as ["./run.sh"]'],
    ["command: [[a]]", '/p/agents/scan.md:2: "command" must hold only texts'],
    [
      "command: [sleep, 010]",
      '/p/agents/scan.md:2: "command" must hold only texts: put numbers in quotes, as "3"',
    ],
    ["name: [a]", '/p/agents/scan.md:2: "name" must be a text'],
    [
      "exit_codes: {0: fine}",
      '/p/agents/scan.md:2: "exit_codes" has "0", which is no exit code from 1 to 255',
    ],
    [
      "exit_codes: {3: [a]}",
      '/p/agents/scan.md:2: "exit_codes" must give code 3 an error class, such as "rate_limited"',
    ],
  ];
  test.each(wrong)("%j is not", (head, message) => expect(() => parsed(head)).toThrow(message));

  test("what is no such file at all is told with its place", () => {
    expect(() => parseAgentFile(Buffer.from("---\nname: x\n"), at)).toThrow(
      "/p/agents/scan.md:1: the front matter has no end",
    );
    expect(() => parseAgentFile(Buffer.alloc(1024 * 1024 + 1), at)).toThrow("1 MiB at most");
    expect(() => parseAgentFile(Buffer.from([0xff]), at)).toThrow("is not UTF-8");
    expect(parsed(`x: ${"[".repeat(20_000)}\nname: deep`)).toMatchObject({ name: "deep" });
  });
});

describe("lines of outputs:", () => {
  const good: [text: string, values: Record<string, string>][] = [
    ["a=1\nb = x=y \r\n\n", { a: "1", b: " x=y " }],
    ["a=\na=2", { a: "2" }],
    ["a<<EOF\none=1\n\ntwo\nEOF\nb=3", { a: "one=1\n\ntwo", b: "3" }],
    ["a<<EOF\nEOF", { a: "" }],
    ["a=<<b", { a: "<<b" }],
    ["__proto__=x", { ["__proto__"]: "x" }],
  ];
  test.each(good)("%j", (text, values) => {
    expect(parseKeyValues(text)).toEqual({ values: new Map(Object.entries(values)) });
  });

  const bad: [text: string, problem: string][] = [
    ["a=1\nwhat", 'line 2 is neither name=value nor name<<END: "what"'],
    ["=1", 'line 1 is neither name=value nor name<<END: "=1"'],
    ["a<<EOF\nx", 'line 1: the block of "a" has no end line "EOF"'],
  ];
  test.each(bad)("%j is wrong", (text, problem) => expect(parseKeyValues(text)).toEqual({ problem }));
});

test("keys that only some agent programs understand are kept as they are; others are not", () => {
  const text =
    "---\nname: a\nmaxTurns: 5\npermissionMode: plan\nmcpServers: [{x: {command: y}}]\neffort:\ncolor: red\n---\n";
  const { settings } = parseAgentFile(Buffer.from(text), { path: "/p/a.md", ref: "agent:a" });
  expect(settings).toEqual({ maxTurns: 5, permissionMode: "plan", mcpServers: [{ x: { command: "y" } }] });
  const circular = Buffer.from("---\nname: a\nhooks: &a [*a]\n---\n");
  expect(() => parseAgentFile(circular, { path: "/p/a.md", ref: "agent:a" })).toThrow(
    '/p/a.md:3: "hooks" must not contain itself',
  );
  const plain = parseAgentFile(Buffer.from("---\nname: a\n---\n"), { path: "/p/a.md", ref: "agent:a" });
  expect("settings" in plain).toBe(false);
});
