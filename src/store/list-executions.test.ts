import { describe, expect, test } from "bun:test";
import { AppError } from "../errors.ts";
import type { ExecutionRecord } from "../execution/record.ts";
import { aNewExecution } from "../testing/an-execution.ts";
import { openTestStore } from "../testing/open-test-store.ts";
import type { Store } from "./database.ts";
import { countByStatus } from "./execution-counts.ts";
import { findExecutions } from "./executions.ts";
import { registerHolder } from "./leases.ts";
import { listExecutions, type ExecutionFilter } from "./list-executions.ts";
import { commitTransitions } from "./transitions.ts";

const day = (number: number) => new Date(Date.UTC(2026, 0, number)).toISOString();

function aStore(): Store {
  const store = openTestStore();
  registerHolder(store, { id: "h", pid: 1, process_start: "1", boot_id: "b", kind: "run", heartbeat_at: "" });
  return store;
}

function add(store: Store, ...given: Partial<ExecutionRecord>[]): string[] {
  const created = given.map((execution) => aNewExecution({ stages: 1, execution }));
  commitTransitions(store, { holder_id: "h", created, updated: [] });
  return created.map(({ execution }) => execution.record.run_id);
}

function ids(store: Store, filter: ExecutionFilter): string[] {
  return listExecutions(store, filter).items.map(({ run_id }) => run_id);
}

test("a damaged row is left out and counted, and hides no other", () => {
  const store = aStore();
  const [one = "", two = "", three = ""] = add(store, {}, {}, {});
  store.sqlite.run("UPDATE workflow_executions SET parameters_json = '{' WHERE id = ?", [two]);
  expect(ids(store, {}).toSorted()).toEqual([one, three].toSorted());
  expect(listExecutions(store)).toMatchObject({ damaged: 1, total_count: 3 });
});

test("a list begins with the newest start; what has not started stands where it was made", () => {
  const store = aStore();
  const [first = "", second = "", waiting = ""] = add(
    store,
    { started_at: day(1) },
    { started_at: day(3) },
    { started_at: null, created_at: day(2), status: "pending" },
  );
  expect(ids(store, {})).toEqual([second, waiting, first]);
  expect(ids(store, { sort: "started_at" })).toEqual([first, waiting, second]);
});

describe("a walk through the pages", () => {
  const filters: [string, ExecutionFilter][] = [
    ["newest first", {}],
    ["oldest first", { sort: "started_at" }],
    ["of one status", { status: "failed" }],
    ["of two names", { search: "w" }],
  ];
  test.each(filters)(
    "%s sees every execution once, forward and back, while others are added",
    (_, filter) => {
      const store = aStore();
      // Three at each instant, so that only the id tells them apart.
      const rows = Array.from({ length: 24 }, (_row, index) => ({
        started_at: day(10 + Math.floor(index / 3)),
        status: "failed" as const,
        workflow_name: `w${index % 2}`,
      }));
      add(store, ...rows);
      const expected = ids(store, { ...filter, limit: 100 });
      expect(expected).toHaveLength(24);
      const forward: string[][] = [];
      let page = listExecutions(store, { ...filter, limit: 5 });
      for (;;) {
        forward.push(page.items.map(({ run_id }) => run_id));
        add(store, { started_at: day(1), status: "completed", workflow_name: "x" });
        if (!page.next_cursor) break;
        page = listExecutions(store, { ...filter, limit: 5, cursor: page.next_cursor });
      }
      const old = new Set(expected);
      expect(forward.flat().filter((id) => old.has(id))).toEqual(expected);
      expect(page.has_more).toBe(false);
      const backward: string[][] = [page.items.map(({ run_id }) => run_id)];
      while (page.prev_cursor) {
        page = listExecutions(store, { ...filter, limit: 5, cursor: page.prev_cursor });
        backward.unshift(page.items.map(({ run_id }) => run_id));
        expect(page.has_more).toBe(true);
      }
      expect(backward.flat().filter((id) => old.has(id))).toEqual(expected);
    },
  );
});

test("the total counts what the filters leave, on every page", () => {
  const store = aStore();
  add(
    store,
    ...Array.from({ length: 7 }, (_, index) => ({ status: index < 5 ? "failed" : "running" }) as const),
  );
  const page = listExecutions(store, { status: "failed", limit: 2 });
  expect(page).toMatchObject({ total_count: 5, has_more: true, prev_cursor: null });
  expect(listExecutions(store, { status: "failed", limit: 2, cursor: page.next_cursor }).total_count).toBe(5);
  expect([...countByStatus(store)]).toEqual([
    ["failed", 5],
    ["running", 2],
  ]);
});

describe("filters", () => {
  const store = aStore();
  const [old = "", scheduled = "", odd = "", live = ""] = add(
    store,
    { started_at: day(1), status: "completed", workflow_name: "Ship it", workflow_slug: "ship" },
    {
      started_at: day(2),
      status: "failed",
      trigger: "scheduled",
      workflow_name: "Ship all",
      workflow_slug: "all",
    },
    {
      started_at: day(3),
      status: "cancelled",
      trigger: "api",
      workflow_name: "100%_done\\",
      workflow_slug: "odd",
    },
    { started_at: day(4), status: "paused", workflow_name: "Ünïcode", workflow_slug: "ship" },
  );
  const cases: [ExecutionFilter, string[]][] = [
    [{ status: "failed" }, [scheduled]],
    [{ trigger: "scheduled" }, [scheduled]],
    [{ workflow_slug: "ship" }, [live, old]],
    [{ workflow_slug: "ship", status: "paused" }, [live]],
    [{ workflow_id: "none" }, []],
    [{ live: true }, [live]],
    [{ started_after: day(2) }, [live, odd, scheduled]],
    [{ started_before: day(2) }, [old]],
    [{ started_after: "2026-01-02", started_before: "2026-01-03T01:00:00+01:00" }, [scheduled]],
    [{ search: "SHIP" }, [scheduled, old]],
    [{ search: "ship it" }, [old]],
    [{ search: "%" }, [odd]],
    [{ search: "_" }, [odd]],
    [{ search: "\\" }, [odd]],
    [{ search: "nothing" }, []],
    [{ search: "ship", status: "completed", trigger: "manual", started_after: day(1) }, [old]],
    [{ status: null, search: "", workflow_id: null, cursor: null }, [live, odd, scheduled, old]],
  ];
  test.each(cases)("%j", (filter, expected) => {
    const page = listExecutions(store, filter);
    expect(page.items.map(({ run_id }) => run_id)).toEqual(expected);
    expect(page.total_count).toBe(expected.length);
  });
});

describe("what no list has given out is refused", () => {
  const cases: ExecutionFilter[] = [
    { cursor: "%%%" },
    { cursor: "abc" },
    { cursor: Buffer.from("no-colon").toString("base64url") },
    { cursor: Buffer.from(`x:${day(1)}`).toString("base64url") },
    { cursor: Buffer.from(`x:${day(1)}\n000000000000`).toString("base64url") },
    { limit: 0 },
    { limit: 1.5 },
    { limit: 1_001 },
    { started_after: "yesterday" },
  ];
  test.each(cases)("%j", (filter) => {
    const store = aStore();
    expect(() => listExecutions(store, filter)).toThrow(AppError);
  });
});

test("a cursor is the base64url of id and sort value, and of whose it is", () => {
  const store = aStore();
  const [, newest = ""] = add(store, { started_at: day(1) }, { started_at: day(2) });
  const { next_cursor } = listExecutions(store, { limit: 1 });
  expect(Buffer.from(next_cursor ?? "", "base64url").toString()).toStartWith(`${newest}:${day(2)}\n`);
});

test("an execution is named by its whole id, by the end of it, or by any other part", () => {
  const store = aStore();
  const run_ids = ["abcd-1111-eeee", "abcd-2222-ffff", "1111-3333-abcd"];
  add(store, ...run_ids.map((run_id) => ({ run_id })));
  const named = (part: string) => findExecutions(store, part).map(({ run_id }) => run_id);
  expect(named("abcd-1111-eeee")).toEqual(["abcd-1111-eeee"]);
  expect(named("FFFF")).toEqual(["abcd-2222-ffff"]);
  // People see the end of an id: what else has the part does not count then.
  expect(named("abcd")).toEqual(["1111-3333-abcd"]);
  expect(named("2222")).toEqual(["abcd-2222-ffff"]);
  expect(named("1111")).toEqual(["abcd-1111-eeee", "1111-3333-abcd"]);
  expect(named("a%cd")).toEqual([]);
  expect(named("____")).toEqual([]);
});

describe("a cursor belongs to one list", () => {
  const store = aStore();
  add(store, { started_at: day(1) }, { started_at: day(2) }, { started_at: day(3) });
  const filters: ExecutionFilter[] = [
    {},
    { sort: "started_at" },
    { status: "running" },
    { live: true },
    { started_after: day(1) },
    { workflow_id: "w" },
  ];
  const cursors = filters.map((filter) => listExecutions(store, { ...filter, limit: 1 }).next_cursor);
  test.each(filters.map((filter, at) => [filter, at] as const))("%j", (filter, at) => {
    cursors.forEach((cursor, of) => {
      if (cursor === null) return;
      const again = () => listExecutions(store, { ...filter, limit: 1, cursor });
      if (of === at) expect(again).not.toThrow();
      else expect(again).toThrow("of another list, order or filter");
    });
  });
  test("and to that one however it is asked for", () => {
    const [cursor = null] = cursors;
    const asked: ExecutionFilter = {
      sort: "-started_at",
      search: "",
      status: null,
      live: false,
      limit: 5,
      cursor,
    };
    expect(listExecutions(store, asked).items).toHaveLength(2);
  });
});
