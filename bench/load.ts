import autocannon from "autocannon";
import { join } from "node:path";
import { exampleDefinition } from "../src/http/api/example-definition.ts";
import { openStore } from "../src/store/database.ts";
import { serveSkillmeat } from "./http-programs.ts";
import type { Row } from "./measure.ts";

const connections = 50;
const seconds = Number(process.env["LOAD_SECONDS"] ?? 60);
/** The workflow without its gate, so that its executions end. */
const definition = exampleDefinition.slice(0, exampleDefinition.indexOf("  - id: approve"));

/** Mixes reads and starts as fast as the server answers. */
export async function measureLoad(folder: string): Promise<Row[]> {
  const home = join(folder, "load");
  const server = await serveSkillmeat(home);
  const api = `${server.url}/api/v1`;
  try {
    const headers = { "content-type": "application/yaml" };
    const made = await fetch(`${api}/workflows`, { method: "POST", headers, body: definition });
    if (made.status !== 201) throw new Error(await made.text());
    const memory: number[] = [];
    const sample = setInterval(() => memory.push(server.memory()), 1000);
    const result = await autocannon({ url: server.url, connections, duration: seconds, requests: mix });
    clearInterval(sample);
    await waitUntilIdle(api);
    const started = Number(result.statusCodeStats?.["202"]?.count ?? 0);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    const completed = Number(/^skillmeat_executions\{status="completed"\} (\d+)$/m.exec(metrics)?.[1]);
    return rowsOf(result, memory, { started, completed, stored: storedCount(home) });
  } finally {
    await server.stop();
  }
}

const json = { "content-type": "application/json" };
const mix: autocannon.Request[] = [
  { method: "GET", path: "/api/v1/workflows?limit=50" },
  { method: "GET", path: "/api/v1/workflow-executions?limit=20" },
  { method: "GET", path: "/api/v1/workflows/release-notes" },
  { method: "GET", path: "/api/v1/health" },
  {
    method: "POST",
    path: "/api/v1/workflows/release-notes/run",
    headers: json,
    body: '{"parameters":{"version":"1"}}',
  },
];

/** Waits until nothing runs any more. */
async function waitUntilIdle(api: string): Promise<void> {
  for (;;) {
    const page = (await (await fetch(`${api}/workflow-executions?status=running&limit=1`)).json()) as {
      total_count: number;
    };
    if (page.total_count === 0) return;
    await Bun.sleep(200);
  }
}

function storedCount(home: string): number {
  const store = openStore(join(home, "workflows.db"), { readonly: true });
  const row = store.prepare<{ count: number }, []>("SELECT count(*) AS count FROM workflow_executions").get();
  store.close();
  return row?.count ?? 0;
}

function rowsOf(
  result: autocannon.Result,
  memory: readonly number[],
  { started, completed, stored }: { started: number; completed: number; stored: number },
): Row[] {
  const third = mb(memory[Math.floor(memory.length / 3)]);
  const last = mb(memory.at(-1));
  const wrong = result["5xx"] + result.errors + result.timeouts;
  return [
    row(
      `${connections} connections for ${seconds} s, reads and starts`,
      `${Math.round(result.requests.average)} requests a second, p99 ${result.latency.p99} ms`,
      "no 5xx",
      wrong === 0,
    ),
    // A start whose answer was cut off at the end is stored nevertheless.
    row(
      "executions: answered, stored, completed",
      `${started}, ${stored}, ${completed}`,
      "none lost",
      stored >= started && completed === stored,
    ),
    row("memory after a third and at the end", `${third} MB, ${last} MB`, "≤ + 30 %", last <= third * 1.3),
  ];
}

function row(what: string, figure: string, budget: string, holds: boolean): Row {
  return { what, figure, limit: "", ratio: "", budget, holds };
}

function mb(bytes: number | undefined): number {
  return Math.round((bytes ?? 0) / 1_000_000);
}
