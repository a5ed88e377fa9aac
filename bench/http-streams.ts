import { join } from "node:path";
import { openStore } from "../src/store/database.ts";
import { currentProcess } from "../src/store/holder-process.ts";
import { registerHolder } from "../src/store/leases.ts";
import { commitTransitions } from "../src/store/transitions.ts";
import { aNewExecution, anEvent, anUpdate } from "../src/testing/an-execution.ts";
import { serveSkillmeat } from "./http-programs.ts";
import type { Row } from "./measure.ts";

const commits = 120;

/** The time from another process's commit to its arrival at readers, and the cost of readers while nothing happens. */
export async function measureStreams(folder: string): Promise<Row[]> {
  const home = join(folder, "streams");
  const store = openStore(join(home, "workflows.db"));
  // The holder is this process: the server would take over the executions of a dead one.
  registerHolder(store, { id: "h", ...currentProcess(), kind: "run", heartbeat_at: "" });
  const run = aNewExecution();
  commitTransitions(store, { holder_id: "h", created: [run], updated: [] });
  const { run_id } = run.execution.record;
  const server = await serveSkillmeat(home);
  const stream = (after: number): string =>
    `${server.url}/api/v1/workflow-executions/${run_id}/stream?after=${after}`;
  // The stream begins after the newest event, because old ones would count as late.
  const fromNow = (): string => stream(run.execution.record.last_event);
  const commitEvent = (): void => {
    const event = anEvent(run_id, run.execution.record.last_event + 1, { data: { at_ms: now() } });
    commitTransitions(store, { holder_id: "h", created: [], updated: [anUpdate(run, { events: [event] })] });
  };
  try {
    const one = await latencies(fromNow(), 1, commitEvent);
    // The first readers make the server load its code for streams.
    const before = server.memory();
    const idle = await openReaders(stream(9999), 500, () => {});
    await Bun.sleep(500);
    const grown = (server.memory() - before) / 1_000_000;
    idle.close();
    const many = await latencies(fromNow(), 500, commitEvent);
    return [
      latencyRow("commit to one reader, p95", one, 50),
      latencyRow("commit to 500 readers of one execution, p95", many, 150),
      {
        what: "500 idle readers",
        figure: `${grown.toFixed(1)} MB`,
        limit: "",
        ratio: "",
        budget: "≤ 30 MB",
        holds: grown <= 30,
      },
    ];
  } finally {
    await server.stop();
    store.close();
  }
}

function latencyRow(what: string, ms: number, most: number): Row {
  return {
    what,
    figure: `${ms.toFixed(1)} ms`,
    limit: "",
    ratio: "",
    budget: `< ${most} ms`,
    holds: ms < most,
  };
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

async function latencies(url: string, count: number, happen: () => void): Promise<number> {
  const seen: number[] = [];
  const readers = await openReaders(url, count, (text) => {
    const arrived = now();
    for (const [, sent] of text.matchAll(/"at_ms":([\d.]+)/g)) seen.push(arrived - Number(sent));
  });
  for (let at = 0; at < commits; at++) {
    happen();
    await Bun.sleep(20 + (at % 7) * 5);
  }
  await Bun.sleep(300);
  readers.close();
  if (seen.length < commits * count) throw new Error(`${seen.length} of ${commits * count} events arrived`);
  return seen.toSorted((a, b) => a - b)[Math.floor(seen.length * 0.95)] ?? Number.NaN;
}

/**
 * Resolves when each has the beginning of its stream. It uses sockets, because `fetch` opens at most 256 connections.
 */
async function openReaders(
  url: string,
  count: number,
  take: (text: string) => void,
): Promise<{ close(): void }> {
  const { hostname, port, pathname, search } = new URL(url);
  const head = `GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`;
  const begun: Promise<void>[] = [];
  const open = Array.from({ length: count }, () => {
    const first = Promise.withResolvers<void>();
    begun.push(first.promise);
    return Bun.connect({
      hostname,
      port: Number(port),
      socket: {
        open: (socket) => void socket.write(head),
        data: (_, bytes) => {
          first.resolve();
          take(bytes.toString());
        },
      },
    });
  });
  const sockets = await Promise.all(open);
  await Promise.all(begun);
  return { close: () => sockets.forEach((socket) => socket.end()) };
}
