import { afterAll, beforeAll, expect, test } from "bun:test";
import { readEvents } from "../../testing/read-events.ts";
import { aTestServer, type TestServer } from "../../testing/test-server.ts";
import { exampleDefinition } from "./example-definition.ts";

const lines = Array.from({ length: 450 }, (_, at) =>
  at % 100 === 7 ? `Line ${at} has 50% of it` : `line ${at}`,
);
const levelled = ["one", "error: two", "warning: three", "four", "error: five"];
let server: TestServer;
let path: string;
beforeAll(async () => {
  server = await aTestServer();
  const script = { stages: { write: { logs: lines, outputs: { notes: "n" } } } };
  Object.assign(server.app.context.options, { script });
  await server.ask("POST", "/workflows", { yaml: exampleDefinition });
  const json = { parameters: { version: "1" } };
  const { body } = await server.ask("POST", "/workflows/release-notes/run", { json });
  path = `/workflow-executions/${body.run_id}/steps/write/logs`;
  const { response } = await server.ask("GET", `/workflow-executions/${body.run_id}/stream`);
  await readEvents(response, (events) => events.some(({ event }) => event === "gate_waiting"));
});
afterAll(() => server.close());

const texts = (body: { items: { text: string }[] }) => body.items.map(({ text }) => text);

test("a log is read page by page, each line once", async () => {
  const read: string[] = [];
  let after = 0;
  for (;;) {
    const { body } = await server.ask("GET", `${path}?after=${after}&limit=200`);
    read.push(...texts(body));
    after = body.next_after;
    if (!body.has_more) break;
  }
  expect(read).toEqual(lines);
});

test("the last page comes without the ones before it, and leads back", async () => {
  const last = await server.ask("GET", `${path}?tail=1&limit=3`);
  expect(texts(last.body)).toEqual(["line 447", "line 448", "line 449"]);
  expect(last.body).toMatchObject({ has_more: true, total_lines: 450 });
  const before = await server.ask("GET", `${path}?tail=1&limit=1&before=${last.body.items[0].seq}`);
  expect(texts(before.body)).toEqual(["line 446"]);
});

test("the whole log is searched for plain text, in any case of letters", async () => {
  const { body } = await server.ask("GET", `${path}?search=${encodeURIComponent("HAS 50% OF")}`);
  expect(texts(body)).toEqual([7, 107, 207, 307, 407].map((at) => `Line ${at} has 50% of it`));
  expect(texts((await server.ask("GET", `${path}?search=${encodeURIComponent("5%o")}`)).body)).toEqual([]);
});

test("only one stream, or one attempt", async () => {
  expect(texts((await server.ask("GET", `${path}?stream=stderr`)).body)).toEqual([]);
  expect(texts((await server.ask("GET", `${path}?stream=stdout&limit=2`)).body)).toEqual([
    "line 0",
    "line 1",
  ]);
  expect(texts((await server.ask("GET", `${path}?attempt=2`)).body)).toEqual([]);
});

test("only warnings and errors, or errors alone, by what a line says of itself", async () => {
  const script = { stages: { write: { logs: levelled, outputs: { notes: "n" } } } };
  Object.assign(server.app.context.options, { script });
  const json = { parameters: { version: "1" } };
  const { body: run } = await server.ask("POST", "/workflows/release-notes/run", { json });
  const { response } = await server.ask("GET", `/workflow-executions/${run.run_id}/stream`);
  await readEvents(response, (events) => events.some(({ event }) => event === "gate_waiting"));
  const logs = `/workflow-executions/${run.run_id}/steps/write/logs`;
  const read = async (query: string) => (await server.ask("GET", `${logs}?${query}`)).body;
  expect(texts(await read("level=error"))).toEqual(["error: two", "error: five"]);
  expect(texts(await read("level=warn"))).toEqual(["error: two", "warning: three", "error: five"]);
  expect(await read("level=warn&limit=2")).toMatchObject({ has_more: true });
  expect(texts(await read("level=warn&tail=1&limit=2"))).toEqual(["warning: three", "error: five"]);
  expect(await read("level=error&download=1")).toBe("error: two\nerror: five\n");
});

test("a log is downloaded as text, filters applied", async () => {
  const whole = await server.ask("GET", `${path}?download=1`);
  expect(whole.body).toBe(`${lines.join("\n")}\n`);
  expect(whole.headers.get("content-disposition")).toMatch(/^attachment; filename="write-[0-9a-f]{8}\.log"$/);
  expect(whole.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect((await server.ask("GET", `${path}?download=1&search=nothing+of+it`)).body).toBe("");
});

test.each([
  "limit=0",
  "limit=1001",
  "before=5",
  "stream=out",
  "level=loud",
  "after=-1",
  "search=",
  "colour=red",
])("%s is refused", async (query) => {
  expect((await server.ask("GET", `${path}?${query}`)).status).toBe(400);
});

test("a stage that is not there is not found", async () => {
  expect((await server.ask("GET", path.replace("/write/", "/nothing/"))).status).toBe(404);
});
