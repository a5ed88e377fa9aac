import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";
import { exampleDefinition } from "../http/api/example-definition.ts";
import { journeys, type Journey, type RunningProcess } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";
import { readEvents, type SentEvent } from "../testing/read-events.ts";

const begin = journeys();
const simulated = ["--dispatcher", "simulated"];

interface Served {
  process: RunningProcess;
  url: string;
}

async function serve(journey: Journey, more: readonly string[] = simulated): Promise<Served> {
  const process = journey.start(["serve", "--port", "0", ...more]);
  const url = await until("the server listens", () => /^listening on (\S+)$/m.exec(process.stdout)?.[1]);
  return { process, url };
}

async function post(url: string, path: string, json: object = {}, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/api/v1${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(json),
  });
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}

async function startedRun(url: string): Promise<string> {
  expect((await post(url, "/workflows", { definition: exampleDefinition })).status).toBe(201);
  const started = await post(url, "/workflows/release-notes/run", { parameters: { version: "1" } });
  expect(started.status).toBe(202);
  return String(started.body["run_id"]);
}

function stream(url: string, runId: string, after: number): Promise<Response> {
  return fetch(`${url}/api/v1/workflow-executions/${runId}/stream`, {
    headers: { "last-event-id": String(after) },
  });
}

const isAtGate = (events: readonly SentEvent[]) => events.some(({ event }) => event === "gate_waiting");

test("an execution outlives its server: a gate waits, kill -9, serve again, approve, completed; the stream goes on", async () => {
  const journey = begin("server-crash");
  const first = await serve(journey);
  const runId = await startedRun(first.url);
  const before = await readEvents(await stream(first.url, runId, 0), isAtGate);
  first.process.kill("SIGKILL");
  await first.process.ended;

  const second = await serve(journey);
  await until(
    "it is taken over",
    () => second.process.stdout.includes(`took over an execution: ${runId}`) || undefined,
  );
  const reading = stream(second.url, runId, before.at(-1)?.id ?? 0).then((response) => readEvents(response));
  const approved = await post(second.url, `/workflow-executions/${runId}/gates/approve/approve`, {
    actor: "ann",
  });
  expect(approved).toMatchObject({ status: 200, body: { status: "completed" } });
  const after = await reading;
  const all = [...before, ...after];
  expect(all.map(({ id }) => id)).toEqual(all.map((_, index) => index + 1));
  expect(after.map(({ event }) => event)).toEqual(["gate_resolved", "execution_completed"]);
  second.process.kill("SIGTERM");
  expect(await second.process.ended).toMatchObject({ code: 0 });
});

test("what a server ended before anybody asked it for anything is in its metrics", async () => {
  const journey = begin("server-metrics");
  const first = await serve(journey);
  const runId = await startedRun(first.url);
  await readEvents(await stream(first.url, runId, 0), isAtGate);
  first.process.kill("SIGKILL");
  await first.process.ended;

  const second = await serve(journey);
  await until("it is taken over", () => second.process.stdout.includes(runId) || undefined);
  expect((await journey.run(["workflow", "approve", runId, "approve", "-y"])).code).toBe(0);
  const followed = await journey.run(["workflow", "runs", runId, "--follow"]);
  expect(followed.code).toBe(0);
  const metrics = await (await fetch(`${second.url}/metrics`)).text();
  expect(metrics).toContain('skillmeat_executions_ended_total{status="completed"} 1\n');
  second.process.kill("SIGTERM");
  await second.process.ended;
});

test("a second server on the same home says who serves it; another program on the port is told of too", async () => {
  const journey = begin("server-second");
  const { process, url } = await serve(journey);
  const second = await journey.run(["serve", "--port", "0"]);
  expect([second.code, second.stderr]).toEqual([
    5,
    expect.stringContaining(`process ${process.pid} at ${url}`),
  ]);
  const port = new URL(url).port;
  const other = await begin("server-port").run(["serve", "--port", port]);
  expect([other.code, other.stderr]).toEqual([5, expect.stringContaining(`port ${port}`)]);
  expect(other.stderr).toContain("another skillmeat serve");
  process.kill("SIGKILL");
  await process.ended;
  const third = await serve(journey);
  third.process.kill("SIGTERM");
  expect((await third.process.ended).code).toBe(0);
});

test("SIGTERM ends open streams and the server at once, with exit 0; Ctrl+C too", async () => {
  const journey = begin("server-stop");
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const { process, url } = await serve(journey);
    const open = await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/api/v1/events/stream`)));
    const ends = Promise.all(open.map((response) => response.text()));
    process.kill(signal);
    expect((await process.ended).code).toBe(0);
    await ends;
  }
});

test("SIGTERM and Ctrl+C as soon as it says that it lives end it just so", async () => {
  const journey = begin("server-stop-early");
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    const probe = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
    const { port } = probe;
    await probe.stop(true);
    const process = journey.start(["serve", "--port", String(port), ...simulated]);
    await until("it lives", () =>
      fetch(`http://127.0.0.1:${port}/api/v1/health`).then(
        ({ ok }) => ok || undefined,
        () => undefined,
      ),
    );
    process.kill(signal);
    expect([signal, (await process.ended).code]).toEqual([signal, 0]);
  }
});

test("what another process runs is seen live", async () => {
  const journey = begin("server-other");
  const { process, url } = await serve(journey);
  const file = journey.write("WORKFLOW.yaml", exampleDefinition);
  const response = await fetch(`${url}/api/v1/events/stream`);
  const reading = readEvents(response, isAtGate);
  const run = journey.start(["workflow", "run", file, "--param", "version=1", ...simulated]);
  const events = await reading;
  const runId = events[0]?.data.run_id ?? "";
  const approved = await post(url, `/workflow-executions/${runId}/gates/approve/approve`, { actor: "ann" });
  expect(approved).toMatchObject({ status: 200, body: { run_id: runId } });
  expect((await run.ended).code).toBe(0);
  process.kill("SIGTERM");
  await process.ended;
});

test("while another process keeps the database locked everybody is answered, and what is written waits for it", async () => {
  const journey = begin("server-locked");
  const { process, url } = await serve(journey);
  await startedRun(url);
  const other = new Database(join(journey.home, "workflows.db"));
  other.run("PRAGMA busy_timeout = 5000");
  other.run("BEGIN IMMEDIATE");
  let isLocked = true;
  const written = [
    post(url, "/workflows", {
      definition: exampleDefinition.replace("release-notes", "other").replace("Release Notes", "Other"),
    }),
    post(url, "/workflows/release-notes/run", { parameters: { version: "2" } }),
  ].map(async (answer) => [(await answer).status, isLocked]);
  // Writers are refused after four seconds: little is asked meanwhile, so that a busy machine has answered it by then.
  const read = await Promise.all([fetch(`${url}/api/v1/health`), fetch(`${url}/api/v1/workflows`)]);
  expect(read.map(({ status }) => status)).toEqual([200, 200]);
  isLocked = false;
  other.run("ROLLBACK");
  other.close();
  expect(await Promise.all(written)).toEqual([
    [201, false],
    [202, false],
  ]);
  process.kill("SIGTERM");
  await process.ended;
});

describe("bad input to the compiled server", () => {
  test("is answered clearly, leaks nothing and stops nothing", async () => {
    const journey = begin("server-hostile");
    const { process, url } = await serve(journey);
    const status = async (path: string, given: RequestInit = {}) =>
      (await fetch(`${url}${path}`, given)).status;
    expect(await status("/api/v1/workflows?limit=101")).toBe(400);
    expect(await status("/api/v1/workflows", { headers: { host: "evil.example" } })).toBe(403);
    expect(await status("/api/v1/workflows", { headers: { origin: "https://evil.example" } })).toBe(403);
    const big = {
      method: "POST",
      headers: { "content-type": "application/yaml" },
      body: "#".repeat(3_000_000),
    };
    expect(await status("/api/v1/workflows", big)).toBe(413);
    const chunked = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(35)),
    });
    expect(await status("/api/v1/workflows", { ...big, body: chunked })).toBe(413);
    expect(await status("/api/v1/workflows", { ...big, body: "workflow: {" })).toBe(422);
    const deep = { ...big, headers: { "content-type": "application/json" }, body: "[".repeat(500_000) };
    expect(await status("/api/v1/workflows", deep)).toBe(400);
    expect(await status("/%00/..%2f..%2fetc/passwd")).toBe(404);
    expect(await status("/assets/x/..%2f..%2fpackage.json")).toBe(404);
    expect(await status("/api/v1/ready")).toBe(200);
    process.kill("SIGTERM");
    await process.ended;
    expect(journey.read("home/logs/skillmeat.jsonl")).not.toContain("http_bug");
  });

  test("clients that vanish in the middle of a stream leave nothing behind", async () => {
    const journey = begin("server-vanish");
    const { process, url } = await serve(journey);
    const runId = await startedRun(url);
    const controllers = Array.from({ length: 100 }, () => new AbortController());
    await Promise.all(
      controllers.map(({ signal }) => fetch(`${url}/api/v1/workflow-executions/${runId}/stream`, { signal })),
    );
    const readers = async () =>
      /^skillmeat_sse_readers (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1];
    expect(await readers()).toBe("100");
    for (const controller of controllers) controller.abort();
    await until("the streams are gone", async () => ((await readers()) === "0" ? true : undefined));
    process.kill("SIGTERM");
    expect((await process.ended).code).toBe(0);
  });
});

test("the files of a server are its owner's alone", async () => {
  const journey = begin("server-files");
  const { process } = await serve(journey);
  for (const name of ["workflows.db", "workflows.db-wal", "serve.json"]) {
    expect([name, statSync(join(journey.home, name)).mode & 0o077]).toEqual([name, 0]);
  }
  process.kill("SIGTERM");
  await process.ended;
});
