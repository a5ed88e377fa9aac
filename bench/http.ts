import { join } from "node:path";
import { openStore } from "../src/store/database.ts";
import { seedExecutions, seedLog, seedWorkflows } from "./http-seed.ts";
import {
  bareCommand,
  residentBytes,
  serveBare,
  serveSkillmeat,
  skillmeatCommand,
  type ServerProcess,
} from "./http-programs.ts";
import { measureStreams } from "./http-streams.ts";
import { median, msText, type Row } from "./measure.ts";

const requests = 400;
const rounds = 5;

/** The server against the smallest one of the same framework, and against its own budgets. */
export async function measureHttp(folder: string): Promise<Row[]> {
  const home = join(folder, "home");
  const runId = seed(home);
  const rows: Row[] = [];
  const server = await serveSkillmeat(home);
  try {
    rows.push(...(await measureLists(folder, server)), ...(await measureLog(server, runId)));
  } finally {
    await server.stop();
  }
  rows.push(...(await measureStart(folder)), ...(await measureStreams(folder)));
  return rows;
}

/** Adds the data and returns the id of the execution with the log. */
function seed(home: string): string {
  const store = openStore(join(home, "workflows.db"));
  store.sqlite.run("PRAGMA synchronous = OFF");
  seedWorkflows(store, 10_000);
  seedExecutions(store, 100_000);
  const runId = seedLog(store, 1_000_000);
  store.close();
  return runId;
}

async function measureLists(folder: string, { url }: ServerProcess): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [what, path] of [
    ["50 of 10,000 workflows", "/api/v1/workflows?limit=50"],
    ["50 of 100,000 executions", "/api/v1/workflow-executions?limit=50"],
  ] as const) {
    const deep = `${path}&cursor=${await deepCursor(url, path)}`;
    const size = (await (await fetch(url + path)).arrayBuffer()).byteLength;
    const bare = await serveBare(folder, size);
    for (const [name, asked] of [
      [what, path],
      [`${what}, page 40`, deep],
    ] as const) {
      const seen: { figure: number; limit: number }[] = [];
      for (let round = 0; round <= rounds; round++) {
        const limit = await p95(`${bare.url}/json`);
        const figure = await p95(url + asked);
        if (round > 0) seen.push({ figure, limit });
      }
      const ratio = median(seen.map(({ figure, limit }) => figure / limit));
      rows.push({
        what: `${name}, p95`,
        figure: msText(median(seen.map(({ figure }) => figure))),
        limit: `static answer of ${Math.round(size / 1000)} kB: ${msText(median(seen.map(({ limit }) => limit)))}`,
        ratio: `${ratio.toFixed(2)} ×`,
        budget: "≤ 2 ×",
        holds: ratio <= 2,
      });
    }
    await bare.stop();
  }
  return rows;
}

async function deepCursor(url: string, path: string): Promise<string> {
  let cursor = "";
  for (let page = 1; page < 40; page++) {
    const answer = await fetch(`${url}${path}${cursor === "" ? "" : `&cursor=${cursor}`}`);
    cursor = ((await answer.json()) as { next_cursor: string }).next_cursor;
  }
  return cursor;
}

async function p95(url: string): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at < requests; at++) {
    const started = performance.now();
    await (await fetch(url)).arrayBuffer();
    times.push(performance.now() - started);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(requests * 0.95)] ?? Number.NaN;
}

async function measureLog({ url, memory }: ServerProcess, runId: string): Promise<Row[]> {
  const logs = `${url}/api/v1/workflow-executions/${runId}/steps/stage-0/logs`;
  const rows: Row[] = [];
  for (const [what, query] of [
    ["last page", "tail=1"],
    ["search, the only hit at the end", `search=${encodeURIComponent("line 1000001:")}`],
    ["download, first bytes", "download=1"],
  ] as const) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const started = performance.now();
      const response = await fetch(`${logs}?${query}`);
      const reader = response.body?.getReader();
      await reader?.read();
      times.push(performance.now() - started);
      await reader?.cancel();
    }
    rows.push(budgetRow(`1,000,000 log lines: ${what}`, median(times), 200));
  }
  const whole = async (): Promise<number> => {
    let bytes = 0;
    for await (const chunk of (await fetch(`${logs}?download=1`)).body ?? []) bytes += chunk.byteLength;
    return bytes;
  };
  // Garbage is collected at some time. What counts is whether memory grows with the amount that was sent.
  await whole();
  await whole();
  const before = memory();
  const bytes = (await whole()) + (await whole());
  const grown = (memory() - before) / 1_000_000;
  rows.push({
    what: `two more downloads of it, ${Math.round(bytes / 1_000_000)} MB: memory grows by`,
    figure: `${grown.toFixed(0)} MB`,
    limit: "",
    ratio: "",
    budget: "≤ 20 MB",
    holds: grown <= 20,
  });
  return rows;
}

function budgetRow(what: string, ms: number, most: number): Row {
  return { what, figure: msText(ms), limit: "", ratio: "", budget: `< ${most} ms`, holds: ms < most };
}

/** The time from the start of the process to its first answer, and its cost while it gets no requests. */
async function measureStart(folder: string): Promise<Row[]> {
  const seen: { own: StartFigures; bare: StartFigures }[] = [];
  for (let round = 0; round <= rounds * 2; round++) {
    const bare = await timeStart(await bareCommand(folder, 10), "/", folder);
    const own = await timeStart(skillmeatCommand(join(folder, "start")), "/api/v1/health", folder);
    if (round > 0) seen.push({ own, bare });
  }
  const of = (pick: (each: StartFigures) => number) => ({
    figure: median(seen.map(({ own }) => pick(own))),
    limit: median(seen.map(({ bare }) => pick(bare))),
    ratio: median(seen.map(({ own, bare }) => pick(own) / pick(bare))),
  });
  const time = of(({ ms }) => ms);
  const memory = of(({ bytes }) => bytes);
  return [
    {
      what: "first healthy answer",
      figure: msText(time.figure),
      limit: `compiled Elysia hello world: ${msText(time.limit)}`,
      ratio: `${time.ratio.toFixed(2)} ×`,
      budget: "≤ 1.5 ×",
      holds: time.ratio <= 1.5,
    },
    {
      what: "idle memory",
      figure: mb(memory.figure),
      limit: `compiled Elysia hello world: ${mb(memory.limit)}`,
      ratio: `${memory.ratio.toFixed(2)} ×`,
      budget: "≤ 1.3 ×",
      holds: memory.ratio <= 1.3,
    },
  ];
}

interface StartFigures {
  ms: number;
  bytes: number;
}

/** Sends requests again and again from the start of the process, like somebody who waits for a server. */
async function timeStart(
  command: (port: number) => string[],
  path: string,
  home: string,
): Promise<StartFigures> {
  const port = await freePort();
  const begun = performance.now();
  const child = Bun.spawn(command(port), {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
    env: { PATH: process.env["PATH"] ?? "", HOME: home, SKILLMEAT_NO_TOKEN: "1" },
  });
  while (!(await answers(`http://127.0.0.1:${port}${path}`))) {
    if (child.exitCode !== null)
      throw new Error(`the server ended (exit ${child.exitCode}) before it answered`);
    await Bun.sleep(0.5);
  }
  const ms = performance.now() - begun;
  await Bun.sleep(500);
  const bytes = residentBytes(child.pid);
  child.kill("SIGTERM");
  await child.exited;
  return { ms, bytes };
}

async function freePort(): Promise<number> {
  const probe = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port } = probe;
  await probe.stop(true);
  return port ?? 0;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    // The server does not listen yet.
    return false;
  }
}

function mb(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}
