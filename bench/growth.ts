import { join } from "node:path";
import { openStore, type Store } from "../src/store/database.ts";
import { serveSkillmeat, type ServerProcess } from "./http-programs.ts";
import { seedManyExecutions } from "./http-seed.ts";
import { compare, median, timeWork, timesRow, type Row } from "./measure.ts";

const few = 1_000;
const many = 1_000_000;
const rounds = 7;
const requests = 60;

/** Requests while executions run: after each write, no earlier answer can be reused. */
const asked = [
  ["a list after a write", "/api/v1/workflow-executions?limit=50"],
  [
    "the executions page of one status and name after a write",
    "/workflows/executions?status=completed&search=Flow+1",
  ],
  ["the executions page after a write", "/workflows/executions"],
  ["/metrics", "/metrics"],
] as const;

/** The same requests to a server with few ended executions and to one with many. */
export async function measureGrowth(folder: string): Promise<Row[]> {
  const small = await openServer(join(folder, "few"), few);
  const large = await openServer(join(folder, "many"), many);
  try {
    const rows: Row[] = [];
    for (const [what, path] of asked) {
      const compared = await compare(rounds, {
        figure: () => answerMs(large, path),
        limit: () => answerMs(small, path),
      });
      rows.push(timesRow(`${what}, 1,000,000 executions`, compared, { limitIs: "of 1,000", most: 1.5 }));
    }
    return rows;
  } finally {
    await small.close();
    await large.close();
  }
}

interface SeededServer {
  served: ServerProcess;
  store: Store;
  close(): Promise<void>;
}

async function openServer(home: string, executions: number): Promise<SeededServer> {
  const store = openStore(join(home, "workflows.db"));
  store.sqlite.run("PRAGMA synchronous = OFF");
  seedManyExecutions(store, executions);
  const served = await serveSkillmeat(home);
  return {
    served,
    store,
    close: async () => {
      await served.stop();
      store.close();
    },
  };
}

/** The median time of many answers, in ms. */
async function answerMs({ served, store }: SeededServer, path: string): Promise<number> {
  const change = store.prepare<unknown, [string]>(
    "UPDATE workflow_executions SET updated_at = ? WHERE id = 'seeded-1'",
  );
  const times: number[] = [];
  for (let count = 0; count < requests; count++) {
    // SQLite writes nothing when a row does not change.
    change.run(String(performance.now()));
    times.push(await timeWork(() => answer(served.url + path)));
  }
  return median(times);
}

async function answer(address: string): Promise<void> {
  const response = await fetch(address);
  if (response.status !== 200) throw new Error(`${address} answered ${response.status}`);
  await response.arrayBuffer();
}
