import { join } from "node:path";
import { commitTransitions } from "../src/store/transitions.ts";
import { openStore, type Store } from "../src/store/database.ts";
import { registerHolder, removeHolder } from "../src/store/leases.ts";
import { aNewExecution } from "../src/testing/an-execution.ts";
import { serveSkillmeat } from "./http-programs.ts";
import { seedWorkflows } from "./http-seed.ts";
import { compare, timesRow, type Row } from "./measure.ts";

const requests = 200;
const rounds = 5;
const stages = 60;
const mostFirstBytes = 200_000;
const mostLaterBytes = 40_000;

/** The pages against the API's answers with the same data, and the bytes of a visit. */
export async function measurePages(folder: string): Promise<Row[]> {
  const home = join(folder, "home");
  const store = openStore(join(home, "workflows.db"));
  seedWorkflows(store, 1_000);
  const runId = seedExecution(store);
  const server = await serveSkillmeat(home);
  const run = `/workflows/ship/executions/${runId}`;
  const pairs = [
    ["library of 1,000 workflows", "/workflows", "/api/v1/workflows?limit=60"],
    [`execution of ${stages} stages`, run, `/api/v1/workflow-executions/${runId}`],
  ] as const;
  try {
    const rows: Row[] = [];
    for (const [what, page, api] of pairs) {
      const limitIs = "the API's answer";
      const compareWith = (before: () => void) =>
        compare(rounds, {
          figure: () => p95(server.url + page, before),
          limit: () => p95(server.url + api, before),
        });
      rows.push(timesRow(`${what}, the page, p95`, await compareWith(() => {}), { limitIs, most: 3 }));
      // After a change neither the cached page nor the cached answer can be used.
      const anew = timesRow(`${what}, made anew, p95`, await compareWith(() => touch(store)), {
        limitIs,
        most: 3,
      });
      rows.push({ ...anew, budget: "", holds: null });
      rows.push(...(await wireRows(what, server.url, page)));
    }
    return rows;
  } finally {
    await server.stop();
    store.close();
  }
}

function touch(store: Store): void {
  store.prepare("UPDATE workflows SET updated_at = updated_at WHERE slug = 'flow-0'").run();
}

function seedExecution(store: Store): string {
  const ended = { status: "completed" as const, completed_at: "2026-01-02T03:04:06.000Z" };
  const run = aNewExecution({ stages, execution: { ...ended, workflow_slug: "ship" }, step: ended });
  const holder = { id: "seed", pid: 1, process_start: "1", boot_id: "b", kind: "run" as const };
  registerHolder(store, { ...holder, heartbeat_at: "" });
  commitTransitions(store, { holder_id: "seed", created: [run], updated: [] });
  removeHolder(store, "seed");
  return run.execution.record.run_id;
}

async function p95(address: string, before: () => void): Promise<number> {
  const seen: number[] = [];
  for (let count = 0; count < requests; count++) {
    before();
    const started = performance.now();
    const answer = await fetch(address, { headers: { accept: "text/html" } });
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`${answer.url} answered ${answer.status}`);
    seen.push(performance.now() - started);
  }
  return seen.toSorted((a, b) => a - b)[Math.floor(requests * 0.95)] ?? Number.NaN;
}

/** Loads the page and everything that it names, like a browser at its first visit. Later visits load only the page. */
async function wireRows(what: string, url: string, path: string): Promise<Row[]> {
  const page = await fetchPacked(url + path);
  const named = [...page.text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, asset = ""]) => asset);
  const styles = named.find((asset) => asset.endsWith("base.css"));
  const fonts = styles ? [styles.replace("css/base.css", "fonts/jetbrains-mono.woff2")] : [];
  const assets = await Promise.all(
    [...new Set([...named, ...fonts])].map((asset) => fetchPacked(url + asset)),
  );
  const first = assets.reduce((sum, { bytes }) => sum + bytes, page.bytes);
  return [
    bytesRow(`${what}, first visit`, first, mostFirstBytes),
    bytesRow(`${what}, later visits`, page.bytes, mostLaterBytes),
  ];
}

/** The bytes that are sent, and the text after decompression. */
async function fetchPacked(address: string): Promise<{ bytes: number; text: string }> {
  const answer = await fetch(address, {
    headers: { accept: "text/html,*/*", "accept-encoding": "gzip" },
    decompress: false,
  });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const isPacked = answer.headers.get("content-encoding") === "gzip";
  const text = new TextDecoder().decode(isPacked ? Bun.gunzipSync(bytes) : bytes);
  return { bytes: bytes.byteLength, text };
}

function bytesRow(what: string, bytes: number, most: number): Row {
  return {
    what,
    figure: `${Math.round(bytes / 1000)} kB`,
    limit: "",
    ratio: "",
    budget: `≤ ${most / 1000} kB`,
    holds: bytes <= most,
  };
}
