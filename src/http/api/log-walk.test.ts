import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Store } from "../../store/database.ts";
import { registerHolder } from "../../store/leases.ts";
import { logPage, logTail } from "../../store/logs.ts";
import { commitTransitions } from "../../store/transitions.ts";
import { aNewExecution, anUpdate } from "../../testing/an-execution.ts";
import { aTestServer, type TestServer } from "../../testing/test-server.ts";
import { walkLog, walkLogBack } from "./log-walk.ts";

const at = "2026-01-02T03:04:05.006Z";
const signal = new AbortController().signal;
let server: TestServer;
let store: Store;
let run_id: string;
beforeAll(async () => {
  server = await aTestServer();
  ({ store } = server);
  registerHolder(store, { id: "h", pid: 1, process_start: "1", boot_id: "b", kind: "run", heartbeat_at: at });
  const run = aNewExecution();
  ({ run_id } = run.execution.record);
  commitTransitions(store, { holder_id: "h", created: [run], updated: [] });
  const logs = Array.from({ length: 35_000 }, (_, index) => ({
    seq: 2 + index,
    run_id,
    stage_id: index % 3 === 0 ? "stage-1" : "stage-0",
    attempt: 1 + (index % 2),
    at,
    stream: index % 5 === 0 ? ("stderr" as const) : ("stdout" as const),
    text: `line ${index}${index % 4000 === 1 ? " rare" : ""}`,
  }));
  commitTransitions(store, { holder_id: "h", created: [], updated: [anUpdate(run, { logs })] });
});
afterAll(() => server.close());

const filters = [
  {},
  { search: "rare" },
  { search: "RARE", attempt: 2 },
  { search: "never" },
  { stream: "stderr" as const },
  { search: "line 34", stream: "stdout" as const },
  { attempt: 1 },
];

test.each(filters)("a walk for %o finds what one look finds, from either end", async (more) => {
  const filter = { run_id, stage_id: "stage-0", ...more };
  for (const limit of [1, 3, 9, 1000]) {
    for (const place of [0, 1, 10_001, 10_002, 20_000, 35_001, 50_000]) {
      const forth = { ...filter, after: place, limit };
      expect(await walkLog(store, forth, signal)).toEqual(logPage(store, forth));
      for (const before of [place, null]) {
        const back = { ...filter, before, limit };
        expect(await walkLogBack(store, back, signal)).toEqual(logTail(store, back));
      }
    }
  }
});

test("a search and a download let others have their turn, and end when nobody waits for them", async () => {
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  const path = `/workflow-executions/${run_id}/steps/stage-0/logs`;
  for (const query of ["search=never", "search=never&tail=1", "download=1&search=never", "download=1"]) {
    turns = 0;
    expect((await server.ask("GET", `${path}?${query}`)).status).toBe(200);
    expect(turns).toBeGreaterThanOrEqual(3);
  }
  isDone = true;
  const gone = AbortSignal.abort();
  const filter = { run_id, stage_id: "stage-0", search: "line 34000", limit: 5 };
  expect((await walkLog(store, { ...filter, after: 0 }, gone)).lines).toEqual([]);
});
