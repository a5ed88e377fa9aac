import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { EventParts } from "../../execution/stored-event.ts";
import { openStore, type Store } from "../../store/database.ts";
import { eventsAfter } from "../../store/feed.ts";
import { registerHolder } from "../../store/leases.ts";
import { commitTransitions, type NewExecution } from "../../store/transitions.ts";
import { aNewExecution, anEvent, anUpdate } from "../../testing/an-execution.ts";
import { readEvents, type SentEvent } from "../../testing/read-events.ts";
import { aTestServer, type TestServer } from "../../testing/test-server.ts";

const at = "2026-01-02T03:04:05.006Z";
let server: TestServer;
/** Another connection: what it commits is another process's doing, for the server. */
let other: Store;
let run: NewExecution;
let run_id: string;
beforeEach(async () => {
  server = await aTestServer();
  other = openStore(server.store.path);
  registerHolder(other, { id: "h", pid: 1, process_start: "1", boot_id: "b", kind: "run", heartbeat_at: at });
  run = aNewExecution();
  ({ run_id } = run.execution.record);
  commitTransitions(other, { holder_id: "h", created: [run], updated: [] });
});
afterEach(async () => {
  other.close();
  await server.close();
});

function happen(events: Partial<EventParts>[], logs: string[] = []): void {
  const { last_event } = run.execution.record;
  const stored = events.map((event, index) => anEvent(run_id, last_event + 1 + index, event));
  const lines = logs.map((text, index) => ({
    seq: last_event + events.length + 1 + index,
    run_id,
    stage_id: "stage-0",
    attempt: 1,
    at,
    stream: "stdout" as const,
    text,
  }));
  const update = anUpdate(run, { events: stored, logs: lines });
  commitTransitions(other, { holder_id: "h", created: [], updated: [update] });
}

function end(): void {
  run.execution.record.status = "completed";
  happen([{ type: "execution_completed", data: { status: "completed" } }]);
}

const open = async (query = "", headers: Record<string, string> = {}) =>
  (await server.ask("GET", `/workflow-executions/${run_id}/stream${query}`, { headers })).response;
const openAll = async (query = "") => (await server.ask("GET", `/events/stream${query}`)).response;
const numbers = (events: readonly SentEvent[]) => events.map(({ id }) => id);

describe("the stream of an execution", () => {
  test("gives all that is stored, in order, then what another process commits, and ends after the end", async () => {
    happen([{ type: "stage_started", stage_id: "stage-0", attempt: 1 }], ["a", "b"]);
    const reading = readEvents(await open());
    happen([{ type: "stage_completed", stage_id: "stage-0", attempt: 1 }]);
    end();
    const events = await reading;
    expect(events.map(({ event }) => event)).toEqual([
      "execution_started",
      "stage_started",
      "log_line",
      "log_line",
      "stage_completed",
      "execution_completed",
    ]);
    expect(numbers(events)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(events[2]?.data).toMatchObject({
      seq: 3,
      run_id,
      stage_id: "stage-0",
      data: { stream: "stdout", text: "a" },
    });
    expect(server.app.context.feed.readers()).toBe(0);
  });

  test("goes on after the event the client names; Last-Event-ID wins over the address", async () => {
    happen([{ type: "execution_paused" }, { type: "execution_resumed" }]);
    end();
    expect(numbers(await readEvents(await open("?after=2")))).toEqual([3, 4]);
    expect(numbers(await readEvents(await open("?after=1", { "last-event-id": "3" })))).toEqual([4]);
  });

  test("answers 204 to who has everything of an execution that has ended, so that a browser stays away", async () => {
    end();
    expect((await open("", { "last-event-id": "2" })).status).toBe(204);
    expect((await open("?after=99")).status).toBe(204);
  });

  test.each(["?after=-1", "?after=x", "?colour=red"])("%s is refused", async (query) => {
    expect((await open(query)).status).toBe(400);
  });

  test("refuses a Last-Event-ID that is no number", async () => {
    expect((await open("", { "last-event-id": "1; drop" })).status).toBe(400);
  });

  test("cut at a hundred places and resumed each time yields the stored sequence exactly", async () => {
    for (let round = 0; round < 40; round++) happen([{ type: "stage_started" }], ["x", "y", "z"]);
    end();
    const stored = eventsAfter(server.store, run_id, 0, 1000);
    let seed = 42;
    const random = (most: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % most;
    const got: SentEvent[] = [];
    for (let cuts = 0; got.length < stored.length; cuts++) {
      expect(cuts).toBeLessThan(1000);
      const most = cuts < 100 ? random(2) + 1 : 1000;
      const headers: Record<string, string> =
        got.length === 0 ? {} : { "last-event-id": String(got.at(-1)?.id) };
      const part = await readEvents(await open("", headers), (events) => events.length >= most);
      got.push(...part.slice(0, most));
    }
    expect(got.map(({ data }) => data)).toEqual(stored as unknown as SentEvent["data"][]);
    expect(server.app.context.feed.readers()).toBe(0);
  });

  test("that nobody reads takes no more than its buffer, and holds nothing up", async () => {
    const long = "x".repeat(10_000);
    for (let round = 0; round < 50; round++)
      happen(
        [],
        Array.from({ length: 20 }, () => long),
      );
    const slow = (await open()).body?.getReader();
    await slow?.read();
    const quick = await readEvents(await open(), (events) => events.length >= 1001);
    expect(quick).toHaveLength(1001);
    await slow?.cancel();
    expect(server.app.context.feed.readers()).toBe(0);
  });

  test("that catches up lets others have their turn in between", async () => {
    happen(
      [],
      Array.from({ length: 10_000 }, (_, at) => `line ${at}`),
    );
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const events = await readEvents(await open(), (all) => all.length === 10_001);
    isDone = true;
    expect(numbers(events)).toEqual(events.map((_, at) => at + 1));
    expect(turns).toBeGreaterThan(20);
  });

  test("is ended when the server stops, and can be resumed from the next one", async () => {
    const gotFirst = Promise.withResolvers<void>();
    const reading = readEvents(await open(), (events) => {
      if (events.length === 1) gotFirst.resolve();
      return false;
    });
    await gotFirst.promise;
    server.app.close();
    expect(numbers(await reading)).toEqual([1]);
  });
});

describe("the stream of all executions", () => {
  test("begins with now, leaves log lines out, and can be resumed by its own numbers", async () => {
    const response = await openAll();
    happen([{ type: "execution_paused" }], ["not here"]);
    happen([{ type: "execution_resumed" }]);
    const events = await readEvents(response, (all) => all.length === 2);
    expect(events.map(({ event, data }) => [event, data.seq])).toEqual([
      ["execution_paused", 2],
      ["execution_resumed", 4],
    ]);
    const resumed = await openAll(`?after=${events[0]?.id}`);
    const rest = await readEvents(resumed, (all) => all.length === 1);
    expect(numbers(rest)).toEqual([events[1]?.id ?? 0]);
  });
});

test("who claims to have events that are not stored, as after a backup was put back, gets what comes next", async () => {
  const one = readEvents(await open("?after=999"));
  const all = readEvents(await openAll("?after=999999"), (events) => events.length === 1);
  end();
  expect(numbers(await one)).toEqual([2]);
  expect((await all).map(({ event }) => event)).toEqual(["execution_completed"]);
});

test("five hundred readers of one execution all get an event that is committed once", async () => {
  const responses = await Promise.all(Array.from({ length: 500 }, () => open("?after=1")));
  const readings = responses.map((response) => readEvents(response));
  expect(server.app.context.feed.readers()).toBe(500);
  end();
  for (const events of await Promise.all(readings)) expect(numbers(events)).toEqual([2]);
  expect(server.app.context.feed.readers()).toBe(0);
});
