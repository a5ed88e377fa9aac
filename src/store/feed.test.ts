import { describe, expect, test } from "bun:test";
import type { LogLine, LogStream, StoredEvent } from "../execution/event.ts";
import { aNewExecution, anEvent, anUpdate } from "../testing/an-execution.ts";
import { openTestStore } from "../testing/open-test-store.ts";
import type { Store } from "./database.ts";
import { allEventsAfter, eventsAfter, lastEventId } from "./feed.ts";
import { findDamage } from "./find-damage.ts";
import { registerHolder } from "./leases.ts";
import { countLogStreams, logPage, logTail, lostText, type LogFilter } from "./logs.ts";
import { commitTransitions } from "./transitions.ts";

const at = "2026-01-02T03:04:05.006Z";

function aStore(): Store {
  const store = openTestStore();
  registerHolder(store, { id: "h", pid: 1, process_start: "1", boot_id: "b", kind: "run", heartbeat_at: "" });
  return store;
}

function aRun(store: Store): ReturnType<typeof aNewExecution> {
  const created = aNewExecution();
  commitTransitions(store, { holder_id: "h", created: [created], updated: [] });
  return created;
}

interface Told {
  text?: string;
  stage_id?: string;
  attempt?: number;
  stream?: LogStream;
}

/** Commits lines and events in the order given; what has a text is a line. */
function tell(store: Store, run: ReturnType<typeof aNewExecution>, told: Told[]): void {
  const { run_id, last_event } = run.execution.record;
  const logs: LogLine[] = [];
  const events: StoredEvent[] = [];
  told.forEach(({ text, stage_id = "stage-0", attempt = 1, stream = "stdout" }, index) => {
    const seq = last_event + 1 + index;
    if (text === undefined) events.push(anEvent(run_id, seq, { stage_id, attempt }));
    else logs.push({ seq, run_id, stage_id, attempt, at, stream, text });
  });
  commitTransitions(store, { holder_id: "h", created: [], updated: [anUpdate(run, { events, logs })] });
}

test("the feed of an execution is events and lines in one order, without gap or repeat, from any place", () => {
  const store = aStore();
  const run = aRun(store);
  const other = aRun(store);
  for (let round = 0; round < 20; round++) {
    tell(store, run, [{}, { text: `a${round}` }, { text: "" }, {}].slice(round % 3));
    tell(store, other, [{ text: "not mine" }, {}]);
  }
  const { run_id, last_event } = run.execution.record;
  const all = eventsAfter(store, run_id, 0, 1_000);
  expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: last_event }, (_, index) => index + 1));
  expect(all.every((event) => event.run_id === run_id)).toBe(true);
  for (const limit of [1, 3, 7]) {
    const read: StoredEvent[] = [];
    for (;;) {
      const part = eventsAfter(store, run_id, read.at(-1)?.seq ?? 0, limit);
      if (part.length === 0) break;
      read.push(...part);
    }
    expect(read).toEqual(all);
  }
});

test("a line is an event of its own kind, and an event's data comes back as it was", () => {
  const store = aStore();
  const run = aRun(store);
  tell(store, run, [{ text: "hello", stream: "stderr", attempt: 2 }]);
  const [started, line] = eventsAfter(store, run.execution.record.run_id, 0, 10);
  expect(started).toEqual(run.events[0] as StoredEvent);
  expect(line).toEqual({
    seq: 2,
    run_id: run.execution.record.run_id,
    type: "log_line",
    stage_id: "stage-0",
    attempt: 2,
    at,
    data: { stream: "stderr", text: "hello" },
  });
});

test("an event of a type that this program never wrote is damaged, and hides nothing but itself", () => {
  const store = aStore();
  const run = aRun(store);
  const { run_id } = run.execution.record;
  tell(store, run, [{}, { text: "a line" }, {}]);
  const sound = eventsAfter(store, run_id, 0, 10);
  expect(findDamage(store)).toEqual([]);
  store.sqlite.run("UPDATE events SET type = 'stage_dreamt' WHERE execution_id = ? AND seq = 2", [run_id]);
  const read = eventsAfter(store, run_id, 0, 10);
  expect(read.toSpliced(1, 1)).toEqual(sound.toSpliced(1, 1));
  const lost = { type: "log_line", seq: 2, data: { stream: "system", text: lostText(2) } };
  expect(read[1]).toMatchObject(lost);
  expect(allEventsAfter(store, 0, 10).map(({ event }) => event.seq)).toEqual([1, 2, 4]);
  expect(findDamage(store)).toEqual([{ what: "execution", name: run_id }]);
});

test("the events of all executions come in the order of their commits", () => {
  const store = aStore();
  expect(lastEventId(store)).toBe(0);
  const first = aRun(store);
  const second = aRun(store);
  tell(store, first, [{}, { text: "no line" }]);
  const all = allEventsAfter(store, 0, 100);
  const runs = [first, second, first].map(({ execution }) => execution.record.run_id);
  expect(all.map(({ event }) => event.run_id)).toEqual(runs);
  expect(allEventsAfter(store, all[1]?.id ?? 0, 100)).toEqual(all.slice(2));
  expect(lastEventId(store)).toBe(all.at(-1)?.id ?? 0);
});

describe("a step's log", () => {
  const store = aStore();
  const run = aRun(store);
  const run_id = run.execution.record.run_id;
  tell(store, run, [
    { text: "one" },
    { text: "other stage", stage_id: "stage-1" },
    { text: "two 100%", stream: "stderr" },
    {},
    { text: "Three a_b", attempt: 2 },
    { text: "four \u0000 end", attempt: 2, stream: "system" },
  ]);
  const step = { run_id, stage_id: "stage-0" };
  const cases: [string, Partial<LogFilter>, string[]][] = [
    ["whole", {}, ["one", "two 100%", "Three a_b", "four \u0000 end"]],
    ["one stream", { stream: "stderr" }, ["two 100%"]],
    ["one attempt", { attempt: 1 }, ["one", "two 100%"]],
    ["search in any case", { search: "THREE" }, ["Three a_b"]],
    ["search for a percent sign", { search: "%" }, ["two 100%"]],
    ["search for an underscore", { search: "_" }, ["Three a_b"]],
    ["search with stream and attempt", { search: "o", stream: "system", attempt: 2 }, ["four \u0000 end"]],
    ["nothing", { search: "five" }, []],
  ];
  test.each(cases)("%s", (_, filter, expected) => {
    const page = logPage(store, { ...step, ...filter, after: 0, limit: 100 });
    expect(page.lines.map(({ text }) => text)).toEqual(expected);
    expect(logTail(store, { ...step, ...filter, limit: 100 })).toEqual(page);
  });

  test("is counted by stream, an attempt at a time", () => {
    expect(countLogStreams(store, { ...step, attempt: 1 })).toEqual({
      agent: 0,
      stdout: 1,
      stderr: 1,
      system: 0,
    });
    expect(countLogStreams(store, { ...step, attempt: 2 })).toEqual({
      agent: 0,
      stdout: 1,
      stderr: 0,
      system: 1,
    });
    expect(countLogStreams(store, { ...step, attempt: 3 })).toEqual({
      agent: 0,
      stdout: 0,
      stderr: 0,
      system: 0,
    });
  });

  test("is read in parts, forward from a line and back from the end", () => {
    const first = logPage(store, { ...step, after: 0, limit: 3 });
    expect(first.lines.map(({ seq }) => seq)).toEqual([2, 4, 6]);
    expect(first.has_more).toBe(true);
    const rest = logPage(store, { ...step, after: 6, limit: 3 });
    expect(rest.lines.map(({ seq }) => seq)).toEqual([7]);
    expect(rest.has_more).toBe(false);
    const tail = logTail(store, { ...step, limit: 3 });
    expect(tail.lines.map(({ seq }) => seq)).toEqual([4, 6, 7]);
    const before = logTail(store, { ...step, before: 4, limit: 3 });
    expect(before.lines.map(({ seq }) => seq)).toEqual([2]);
    expect([tail.has_more, before.has_more]).toEqual([true, false]);
  });
});
