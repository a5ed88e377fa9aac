import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openStore, type Store } from "../src/store/database.ts";
import { loadForEngine } from "../src/store/executions.ts";
import { serveSkillmeat } from "./http-programs.ts";
import { check } from "./language.ts";
import { median, msText, timed, type Row } from "./measure.ts";
import { aRequest, openBench } from "./run-in-process.ts";

const executions = 10_000;
const rounds = 5;
const mostRecoveryMs = 1_500;
const mostAnswerMs = 150;

const definition = check(`
workflow: { id: bench, name: Bench }
stages:
  - id: prepare
    roles: { primary: agent:worker }
    outputs: { summary: { type: string } }
  - { id: approval, type: gate, depends_on: [prepare], gate: { approvers: [someone] } }
`);

/** How soon a server has taken over what a dead one left at gates, and what others wait for meanwhile. */
export async function measureRecovery(folder: string): Promise<Row[]> {
  const home = join(folder, "home");
  mkdirSync(home);
  await leaveWaiting(join(folder, "dead"), home);
  const store = openStore(join(home, "workflows.db"));
  try {
    const seen: { recoveryMs: number; health: number; page: number; readMs: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const readMs = await timed(() => readAll(store));
      seen.push({ readMs, ...(await recoverOnce(home, store)) });
    }
    return rowsOf(seen);
  } finally {
    store.close();
  }
}

function rowsOf(
  seen: readonly { recoveryMs: number; health: number; page: number; readMs: number }[],
): Row[] {
  const recovery = median(seen.map(({ recoveryMs }) => recoveryMs));
  const ratio = median(seen.map(({ recoveryMs, readMs }) => recoveryMs / readMs));
  const longest = (what: string, ms: number): Row => ({
    what: `meanwhile, the longest answer of ${what}`,
    figure: msText(ms),
    limit: "",
    ratio: "",
    budget: `< ${mostAnswerMs} ms`,
    holds: ms < mostAnswerMs,
  });
  return [
    {
      what: "10,000 live executions of a dead server are taken over",
      figure: msText(recovery),
      limit: `reading them: ${msText(median(seen.map(({ readMs }) => readMs)))}`,
      ratio: `${ratio.toFixed(2)} ×`,
      budget: `≤ ${mostRecoveryMs} ms`,
      holds: recovery <= mostRecoveryMs,
    },
    longest("/health", median(seen.map(({ health }) => health))),
    longest("the executions page", median(seen.map(({ page }) => page))),
  ];
}

/** A database with executions at gates, whose engine is dead. */
async function leaveWaiting(folder: string, home: string): Promise<void> {
  mkdirSync(folder);
  const bench = await openBench(folder, 64);
  bench.store.sqlite.run("PRAGMA synchronous = OFF");
  const waiting = new Promise<void>((resolve) => {
    let left = executions;
    bench.engine.subscribe((events) => {
      for (const { type } of events) if (type === "gate_waiting" && --left === 0) resolve();
    });
  });
  const request = aRequest(definition, { workdir: folder });
  for (let started = 0; started < executions; started += 500) {
    await Promise.all(Array.from({ length: 500 }, () => bench.engine.start(request)));
  }
  await Promise.race([waiting, bench.engine.failed]);
  bench.store.sqlite.query("VACUUM INTO ?").run(join(home, "workflows.db"));
  await bench.close();
  const left = openStore(join(home, "workflows.db"));
  // A process that never was: as dead as one that was killed.
  left.sqlite.run("UPDATE holders SET process_start = '0'");
  left.close();
}

/** From the port being open until every lease is the new server's. It gives them back when it stops. */
async function recoverOnce(
  home: string,
  store: Store,
): Promise<{ recoveryMs: number; health: number; page: number }> {
  const own = store.prepare<{ count: number }, []>(
    "SELECT count(*) AS count FROM leases l JOIN holders h ON h.id = l.holder_id WHERE h.kind = 'serve'",
  );
  const begun = performance.now();
  const server = await serveSkillmeat(home);
  const longest = { health: 0, page: 0 };
  const over = new AbortController();
  const ask = async (what: keyof typeof longest, path: string): Promise<void> => {
    while (!over.signal.aborted) {
      const ms = await timed(async () => (await fetch(server.url + path)).arrayBuffer());
      longest[what] = Math.max(longest[what], ms);
    }
  };
  const asking = Promise.all([ask("health", "/api/v1/health"), ask("page", "/workflows/executions")]);
  while ((own.get()?.count ?? 0) < executions) await Bun.sleep(5);
  const recoveryMs = performance.now() - begun;
  over.abort();
  await asking;
  await server.stop();
  return { recoveryMs, ...longest };
}

function readAll(store: Store): void {
  const ids = store.prepare<{ id: string }, []>("SELECT id FROM workflow_executions").all();
  for (const { id } of ids) loadForEngine(store, id);
}
