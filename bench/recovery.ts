import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { getTableName, type Table } from "drizzle-orm";
import { openStore, runTransaction, type Store } from "../src/store/database.ts";
import { events, executionSteps, leases, workflowExecutions } from "../src/store/execution-tables.ts";
import { columnsBut } from "../src/store/row-writer.ts";
import { loadForEngine } from "../src/store/executions.ts";
import { serveSkillmeat, type ServerProcess } from "./http-programs.ts";
import { check } from "./language.ts";
import { median, msText, timeWork, type Row } from "./measure.ts";
import { aRequest, openBench } from "./run-in-process.ts";

const executions = 10_000;
const rounds = 5;
const pagePath = "/workflows/executions";
const mostRecoveryMs = 1_500;
const mostAnswerMs = 150;
const mostMemory = 400e6;

const definition = check(`
workflow: { id: bench, name: Bench }
stages:
  - id: prepare
    roles: { primary: agent:worker }
    outputs: { summary: { type: string } }
  - { id: approval, type: gate, depends_on: [prepare], gate: { approvers: [someone] } }
`);

/** How soon a server has taken over a dead server's executions at gates, and how long others wait meanwhile. */
export async function measureRecovery(folder: string): Promise<Row[]> {
  const home = join(folder, "home");
  mkdirSync(home);
  await leaveWaiting(join(folder, "dead"), home);
  const store = openStore(join(home, "workflows.db"));
  try {
    const seen: RecoveryFigures[] = [];
    for (let round = 0; round < rounds; round++) {
      const readMs = await timeWork(() => readAll(store));
      seen.push({ readMs, ...(await recoverOnce(home, store)) });
    }
    return rowsOf(seen);
  } finally {
    store.close();
  }
}

interface RecoveryFigures {
  recoveryMs: number;
  /** The longest answers meanwhile, in ms. */
  health: number;
  page: number;
  /** The time of the answer after the recovery, in ms. */
  idlePage: number;
  memoryBytes: number;
  /** The time to read the same rows one by one. */
  readMs: number;
}

function rowsOf(seen: readonly RecoveryFigures[]): Row[] {
  const recovery = median(seen.map(({ recoveryMs }) => recoveryMs));
  const ratio = median(seen.map(({ recoveryMs, readMs }) => recoveryMs / readMs));
  const idlePage = median(seen.map((each) => each.idlePage));
  const memory = median(seen.map(({ memoryBytes }) => memoryBytes));
  const longest = (what: string, ms: number, limit = ""): Row => ({
    what: `meanwhile, the longest answer of ${what}`,
    figure: msText(ms),
    limit,
    ratio: "",
    budget: `< ${mostAnswerMs} ms`,
    holds: ms < mostAnswerMs,
  });
  return [
    {
      what: `${executions.toLocaleString("en")} live executions of a dead server are taken over, process start included`,
      figure: msText(recovery),
      limit: `reading them one by one: ${msText(median(seen.map(({ readMs }) => readMs)))}`,
      ratio: `${ratio.toFixed(2)} ×`,
      budget: `≤ ${mostRecoveryMs} ms`,
      holds: recovery <= mostRecoveryMs,
    },
    longest("/health", median(seen.map(({ health }) => health))),
    longest("the executions page", median(seen.map(({ page }) => page)), `afterwards: ${msText(idlePage)}`),
    {
      what: "memory of that server",
      figure: `${Math.round(memory / 1e6)} MB`,
      limit: "",
      ratio: "",
      budget: `≤ ${mostMemory / 1e6} MB`,
      holds: memory <= mostMemory,
    },
  ];
}

/**
 * Makes a database with executions at gates, whose engine is dead. One is run, and SQL copies its rows for the others.
 */
async function leaveWaiting(folder: string, home: string): Promise<void> {
  mkdirSync(folder);
  const bench = await openBench(folder, 1);
  const waiting = new Promise<void>((resolve) => {
    bench.engine.subscribe((events) => {
      for (const { type } of events) if (type === "gate_waiting") resolve();
    });
  });
  const runId = await bench.engine.start(aRequest(definition, { workdir: folder }));
  await Promise.race([waiting, bench.engine.failed]);
  const file = join(home, "workflows.db");
  bench.store.sqlite.query("VACUUM INTO ?").run(file);
  await bench.close();
  const left = openStore(file);
  multiply(left, runId);
  // This process has never existed, which is the same as one that was killed.
  left.sqlite.run("UPDATE holders SET process_start = '0'");
  left.close();
}

function multiply(store: Store, runId: string): void {
  const id = "'bench-' || number";
  const numbers = `WITH RECURSIVE numbers (number) AS (SELECT 2 UNION ALL SELECT number + 1 FROM numbers LIMIT ${executions - 1})`;
  const copy = (table: Table, of: string, changed: Record<string, string>): void => {
    const columns = columnsBut(table, []);
    const names = columns.map((name) => `"${name}"`).join(", ");
    const values = columns.map((name) => changed[name] ?? `"${name}"`).join(", ");
    const into = `INSERT INTO ${getTableName(table)} (${names})`;
    store.sqlite
      .query(`${numbers} ${into} SELECT ${values} FROM numbers, ${getTableName(table)} WHERE ${of} = ?`)
      .run(runId);
  };
  runTransaction(store, () => {
    copy(workflowExecutions, "id", { id });
    copy(executionSteps, "execution_id", { id: "id || '-' || number", execution_id: id });
    copy(events, "execution_id", { id: "NULL", execution_id: id });
    copy(leases, "execution_id", { execution_id: id });
  });
}

/** From the start of the process until the new server has every lease. It returns them when it stops. */
async function recoverOnce(home: string, store: Store): Promise<Omit<RecoveryFigures, "readMs">> {
  const own = store.prepare<{ count: number }, []>(
    "SELECT count(*) AS count FROM leases l JOIN holders h ON h.id = l.holder_id WHERE h.kind = 'serve'",
  );
  const begun = performance.now();
  const server = await serveSkillmeat(home);
  const over = new AbortController();
  const asking = askBoth(server, over.signal);
  while ((own.get()?.count ?? 0) < executions) await Bun.sleep(5);
  const recoveryMs = performance.now() - begun;
  over.abort();
  const { health, page } = await asking;
  const memoryBytes = server.memory();
  const idlePage = await timeWork(() => answer(server, pagePath));
  await server.stop();
  return { recoveryMs, health, page, idlePage, memoryBytes };
}

/** It begins after the first page, for which the application has to be loaded in any case. */
async function askBoth(
  server: ServerProcess,
  over: AbortSignal,
): Promise<Pick<RecoveryFigures, "health" | "page">> {
  await answer(server, pagePath);
  const longest = async (path: string, everyMs: number): Promise<number> => {
    let longestMs = 0;
    while (!over.aborted) {
      longestMs = Math.max(longestMs, await timeWork(() => answer(server, path)));
      await Bun.sleep(everyMs);
    }
    return longestMs;
  };
  const [health, page] = await Promise.all([longest("/api/v1/health", 5), longest(pagePath, 100)]);
  return { health, page };
}

async function answer({ url }: ServerProcess, path: string): Promise<void> {
  await (await fetch(url + path)).arrayBuffer();
}

function readAll(store: Store): void {
  const ids = store.prepare<{ id: string }, []>("SELECT id FROM workflow_executions").all();
  for (const { id } of ids) loadForEngine(store, id);
}
