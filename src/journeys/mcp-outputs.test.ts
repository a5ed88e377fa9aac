import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { executable, journeys, type Journey } from "../testing/journey.ts";

/** `mcp outputs` as agents meet it: the executable as a process, driven by the SDK's own client, and by nobody's friend. */

const begin = journeys();

const contract = {
  schema: "skillmeat.contract/1",
  outputs: {
    count: { type: "integer", required: true, description: "how many" },
    names: { type: "array<string>", required: false, description: null },
  },
};

interface Lab {
  journey: Journey;
  output: string;
  args: string[];
}

function lab(name: string): Lab {
  const journey = begin(name);
  const file = journey.write("contract.json", JSON.stringify(contract));
  const output = join(journey.folder, "outputs.json");
  return { journey, output, args: ["mcp", "outputs", "--contract", file, "--output", output] };
}

/** What the SDK's client gets for these calls of the tool. */
async function call({ args }: Lab, ...inputs: Record<string, unknown>[]) {
  const client = new Client({ name: "test", version: "1" });
  await client.connect(new StdioClientTransport({ command: executable, args }));
  try {
    const { tools } = await client.listTools();
    const answers: { isError: boolean; text: string }[] = [];
    for (const input of inputs) {
      const { content, isError } = await client.callTool({ name: "submit_outputs", arguments: input });
      const [first] = content as { text: string }[];
      answers.push({ isError: isError === true, text: first?.text ?? "" });
    }
    return { tools, answers, server: client.getServerVersion()?.name };
  } finally {
    await client.close();
  }
}

describe.concurrent("the SDK's client", () => {
  test("finds one tool, whose input is the contract, and hands in what keeps it", async () => {
    const made = lab("outputs-right");
    const { tools, answers, server } = await call(made, { count: 3, names: ["a"] });
    expect(server).toBe("skillmeat-outputs");
    expect(tools).toMatchObject([
      {
        name: "submit_outputs",
        inputSchema: {
          type: "object",
          properties: { count: { type: "integer", description: "how many" }, names: { type: "array" } },
          required: ["count"],
          additionalProperties: false,
        },
      },
    ]);
    expect(answers).toEqual([{ isError: false, text: expect.stringContaining("are taken") }]);
    expect(JSON.parse(made.journey.read("outputs.json"))).toEqual({ count: 3, names: ["a"] });
    expect(readdirSync(made.journey.folder).filter((name) => name.endsWith(".new"))).toEqual([]);
  });

  const wrong: [says: string, input: Record<string, unknown>, ...named: string[]][] = [
    ["nothing", {}, '"count" is missing'],
    ["a text for a number", { count: "3" }, 'output "count"'],
    ["a fraction for an integer", { count: 1.5 }, 'output "count"'],
    ["everything wrong", { count: null, names: ["a", 7] }, 'output "count"', 'output "names[1]"'],
    ["an object that calls itself a list", { count: 1, names: { length: 1, 0: "a" } }, 'output "names"'],
  ];
  test.each(wrong)("gets a tool error that names each finding for %s", async (says, input, ...named) => {
    const made = lab(`outputs-wrong-${says.replaceAll(" ", "-")}`);
    const { answers } = await call(made, input);
    expect(answers[0]?.isError).toBe(true);
    for (const each of named) expect(answers[0]?.text).toContain(each);
    expect(existsSync(made.output)).toBe(false);
  });

  test("corrects itself, and its last right call counts", async () => {
    const made = lab("outputs-twice");
    const { answers } = await call(made, { count: "x" }, { count: 1 }, { count: 2 }, { count: [] });
    expect(answers.map(({ isError }) => isError)).toEqual([true, false, false, true]);
    expect(JSON.parse(made.journey.read("outputs.json"))).toEqual({ count: 2 });
  });

  test("keeps what the stage does not declare, but nothing that its own program adds", async () => {
    const made = lab("outputs-more");
    const { answers } = await call(made, { count: 1, extra: true, wait_for_previous: false });
    expect(answers[0]?.text).toContain('"extra" is kept too, but the stage does not declare it');
    expect(JSON.parse(made.journey.read("outputs.json"))).toEqual({ count: 1, extra: true });
  });

  test("is told when the outputs cannot be stored, and may call again", async () => {
    const made = lab("outputs-stuck");
    const args = [...made.args.slice(0, -1), join(made.journey.folder, "nowhere/outputs.json")];
    const { answers } = await call({ ...made, args }, { count: 1 }, { count: 1 });
    expect(answers.map(({ text }) => text)).toEqual([
      expect.stringContaining("cannot be stored"),
      expect.stringContaining("cannot be stored"),
    ]);
  });
});

/** The answers to these bytes on stdin, each a line, until the process has ended. */
async function feed(made: Lab, ...parts: (string | Uint8Array)[]) {
  const stdin = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const { code, stdout, stderr } = await made.journey.run(made.args, { stdin });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map(
    (line) =>
      JSON.parse(line) as {
        id: unknown;
        result?: { isError?: boolean };
        error?: { code: number; message: string };
      },
  );
}

function request(id: number | string, method: string, params: object = {}): string {
  return `${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`;
}

const hello = request(1, "initialize", {
  protocolVersion: "2025-06-18",
  capabilities: {},
  clientInfo: { name: "raw", version: "1" },
});

function submit(id: number | string, values: unknown): string {
  return request(id, "tools/call", { name: "submit_outputs", arguments: values });
}

describe.concurrent("a hostile client", () => {
  const right = submit(9, { count: 9 });
  const hostile: [says: string, bytes: string | Uint8Array, id: unknown, message: RegExp][] = [
    ["garbage", "what?\n", null, /is not JSON/],
    ["bytes that are no text", Buffer.from([0xff, 0x00, 0x80, 0x0a]), null, /is not JSON/],
    ["half a message", `${hello.slice(0, 40)}\n`, null, /is not JSON/],
    ["JSON that is no message", '{"id": 5, "hello": []}\n', 5, /no JSON-RPC 2\.0 message/],
    ["a batch", `[${submit(2, { count: 1 }).trim()}]\n`, null, /no JSON-RPC 2\.0 message/],
    ["brackets without an end", `${"[".repeat(100_000)}\n`, null, /nested deeper than 256/],
    [
      "deep values",
      submit(4, "@").replace('"@"', "[".repeat(1000) + "]".repeat(1000)),
      4,
      /nested deeper than 256/,
    ],
    [
      "a number that cannot be kept",
      submit(6, { count: "@" }).replace('"@"', "12345678901234567890"),
      6,
      /number that cannot be kept/,
    ],
    [
      "another tool",
      request(7, "tools/call", { name: "rm", arguments: {} }),
      7,
      /no tool "rm", only "submit_outputs"/,
    ],
    ["a list of values", submit(8, [1]), 8, /./],
    ["a method of its own", request(10, "shutdown", {}), 10, /not found/i],
  ];
  test.each(hostile)(
    "that sends %s is answered, and the next call is taken",
    async (says, bytes, id, message) => {
      const made = lab(`hostile-${says.replaceAll(/\W+/g, "-")}`);
      const answers = await feed(made, hello, bytes, right);
      expect(answers.map((answer) => answer.id)).toEqual([1, id, 9]);
      expect(answers[1]?.error?.message).toMatch(message);
      expect(JSON.parse(made.journey.read("outputs.json"))).toEqual({ count: 9 });
    },
  );

  test("that sends a line of 20 MB is answered by its id, wherever that stands, and goes on", async () => {
    const made = lab("hostile-long");
    const long = "x".repeat(20_000_000);
    const last = `{"jsonrpc":"2.0","method":"tools/call","params":{"name":"submit_outputs","arguments":{"count":"${long}"}},"id":3}\n`;
    const answers = await feed(made, hello, submit(2, { count: long }), last, right);
    expect(answers.map(({ id }) => id)).toEqual([1, 2, 3, 9]);
    for (const answer of answers.slice(1, 3))
      expect(answer.error?.message).toMatch(/has 200\d{5} bytes; 16777216 at most/);
  });

  test("that sends more than 8 MB of outputs is refused by the tool", async () => {
    const made = lab("hostile-large");
    const answers = await feed(made, hello, submit(2, { count: 1, names: ["x".repeat(9_000_000)] }));
    expect(answers[1]).toMatchObject({ id: 2, result: { isError: true } });
    expect(existsSync(made.output)).toBe(false);
  });

  test("that ends in the middle of a message leaves what it has handed in before", async () => {
    const made = lab("hostile-half");
    await feed(made, hello, right, submit(11, { count: 11 }).slice(0, -20));
    expect(JSON.parse(made.journey.read("outputs.json"))).toEqual({ count: 9 });
  });

  test("that ends without a line's end has said all of it", async () => {
    const made = lab("hostile-endless");
    await feed(made, hello, right.trim());
    expect(JSON.parse(made.journey.read("outputs.json"))).toEqual({ count: 9 });
  });

  test("that reads no answers ends the server", async () => {
    const { args } = lab("hostile-deaf");
    const server = Bun.spawn([executable, ...args], { stdin: "pipe", stdout: "pipe", stderr: "pipe" });
    await server.stdout.cancel();
    server.stdin.write(hello.repeat(50));
    await server.stdin.flush();
    expect(await server.exited).toBe(0);
    expect(await new Response(server.stderr).text()).toBe("");
  });

  test("cannot reach an object's hidden keys", async () => {
    const made = lab("hostile-proto");
    const text = submit(2, "@").replace('"@"', '{"__proto__": {"count": 1}, "constructor": 1}');
    expect(await feed(made, hello, text)).toMatchObject([{ id: 1 }, { id: 2, result: { isError: true } }]);
  });

  test("that repeats a call gets the values of the last one in the file", async () => {
    const made = lab("hostile-many");
    const answers = await feed(
      made,
      hello,
      ...Array.from({ length: 200 }, (_, at) => submit(at + 2, { count: at })),
    );
    expect(answers).toHaveLength(201);
    expect(JSON.parse(made.journey.read("outputs.json"))).toEqual({ count: 199 });
  });
});

describe.concurrent("without what it needs it does not begin:", () => {
  const wrong: [says: string, contract: string | null, code: number, message: RegExp][] = [
    ["a contract", null, 3, /cannot be read.*--contract/],
    ["JSON in it", "{", 1, /is not JSON.*write \{"schema"/],
    ["its schema", "{}", 1, /no "schema" of a contract/],
    ["outputs in it", '{"schema": "skillmeat.contract/1"}', 1, /no mapping "outputs"/],
    [
      "a known type",
      '{"schema": "skillmeat.contract/1", "outputs": {"a": {"type": "b"}}}',
      1,
      /gives output "a" no type/,
    ],
  ];
  test.each(wrong)("%s", async (says, text, code, message) => {
    const journey = begin(`outputs-without-${says.replaceAll(" ", "-")}`);
    if (text !== null) journey.write("contract.json", text);
    const ended = await journey.run(["mcp", "outputs", "--contract", "contract.json", "--output", "o.json"]);
    expect(ended).toMatchObject({ code, stdout: "" });
    expect(ended.stderr).toMatch(message);
  });

  test("files that are named, which variables may do as well", async () => {
    const { journey, output } = lab("outputs-variables");
    const none = await journey.run(["mcp", "outputs"]);
    expect(none).toMatchObject({ code: 2, stdout: "" });
    expect(none.stderr).toContain("--contract or in SKILLMEAT_CONTRACT");
    const env = { SKILLMEAT_CONTRACT: "contract.json", SKILLMEAT_OUTPUT: output };
    const { code } = await journey.run(["mcp", "outputs"], { env, stdin: hello + submit(2, { count: 5 }) });
    expect(code).toBe(0);
    expect(JSON.parse(journey.read("outputs.json"))).toEqual({ count: 5 });
  });
});
