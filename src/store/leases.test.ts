import { expect, test } from "bun:test";
import type { ExecutionRecord } from "../execution/record.ts";
import { aNewExecution, anUpdate } from "../testing/an-execution.ts";
import { openTestStore } from "../testing/open-test-store.ts";
import type { Store } from "./database.ts";
import {
  deadLeases,
  heartbeat,
  holderOf,
  holders,
  registerHolder,
  registerServer,
  releaseLease,
  removeHolder,
  takeLease,
  takeLeases,
  type Holder,
} from "./leases.ts";
import { commitTransitions } from "./transitions.ts";

const at = (day: number) => ({ started_at: `2026-01-0${day}T00:00:00.000Z` });
const nobody = () => false;
const everybody = () => true;

function aHolder(id: string): Holder {
  return {
    id,
    pid: 7,
    process_start: "123",
    boot_id: "boot",
    kind: "serve",
    heartbeat_at: "2026-01-01T00:00:00.000Z",
  };
}

function aStore(): Store {
  const store = openTestStore();
  for (const id of ["first", "second"]) registerHolder(store, aHolder(id));
  return store;
}

function add(store: Store, execution: Partial<ExecutionRecord> = {}): ReturnType<typeof aNewExecution> {
  const created = aNewExecution({ execution });
  commitTransitions(store, { holder_id: "first", created: [created], updated: [] });
  return created;
}

test("a database has one living server; one that is dead does not count", () => {
  const store = openTestStore();
  const second = { ...aHolder("second"), pid: 8 };
  expect(registerServer(store, aHolder("first"), everybody)).toBeNull();
  expect(registerServer(store, second, everybody)).toEqual(aHolder("first"));
  expect(holders(store).map(({ id }) => id)).toEqual(["first"]);
  expect(registerServer(store, second, nobody)).toBeNull();
  expect(holders(store).map(({ id }) => id)).toEqual(["first", "second"]);
});

test("whoever makes an execution holds its lease", () => {
  const store = aStore();
  const { run_id } = add(store).execution.record;
  expect(holderOf(store, run_id)).toEqual(aHolder("first"));
  expect(holderOf(store, "none")).toBeNull();
});

test("a living holder keeps its lease, a dead one loses it and can commit no more", () => {
  const store = aStore();
  const run = add(store);
  const { run_id } = run.execution.record;
  expect(takeLease(store, run_id, "second", everybody)).toBe("held");
  const asked: Holder[] = [];
  const isAlive = (holder: Holder) => {
    asked.push(holder);
    return false;
  };
  expect(takeLease(store, run_id, "second", isAlive)).toBe("taken");
  expect(asked).toEqual([aHolder("first")]);
  expect(holderOf(store, run_id)?.id).toBe("second");
  expect(
    commitTransitions(store, { holder_id: "first", created: [], updated: [anUpdate(run)] }).lost,
  ).toEqual([run_id]);
  expect(
    commitTransitions(store, { holder_id: "second", created: [], updated: [anUpdate(run)] }).lost,
  ).toEqual([]);
});

test("a lease that was given back is free, and to take one's own again changes nothing", () => {
  const store = aStore();
  const { run_id } = add(store).execution.record;
  releaseLease(store, run_id, "second");
  expect(holderOf(store, run_id)?.id).toBe("first");
  releaseLease(store, run_id, "first");
  expect(takeLease(store, run_id, "second", everybody)).toBe("taken");
  expect(takeLease(store, run_id, "second", everybody)).toBe("taken");
});

test("there is nothing to take of an execution that has ended or is not there", () => {
  const store = aStore();
  const { run_id } = add(store, { status: "completed" }).execution.record;
  expect(takeLease(store, run_id, "second", nobody)).toBe("ended");
  expect(takeLease(store, "none", "second", nobody)).toBe("missing");
});

test("a removed holder gives back what it held and learns of it by its heartbeat", () => {
  const store = aStore();
  const { run_id } = add(store).execution.record;
  expect(heartbeat(store, "first", "2026-01-01T00:00:05.000Z")).toBe(true);
  expect(holders(store)[0]?.heartbeat_at).toBe("2026-01-01T00:00:05.000Z");
  removeHolder(store, "first");
  expect(heartbeat(store, "first", "2026-01-01T00:00:06.000Z")).toBe(false);
  expect(holderOf(store, run_id)).toBeNull();
  expect(holders(store).map(({ id }) => id)).toEqual(["second"]);
});

test("dead leases are those of unended executions that nobody alive drives, oldest first", () => {
  const store = aStore();
  const paused = add(store, { ...at(3), status: "paused" }).execution.record.run_id;
  const running = add(store, at(1)).execution.record.run_id;
  add(store, { ...at(2), status: "failed" });
  const free = add(store, { status: "pending", started_at: null, created_at: at(2).started_at }).execution
    .record.run_id;
  releaseLease(store, free, "first");
  let asked = 0;
  const isAlive = () => {
    asked++;
    return false;
  };
  expect(deadLeases(store, isAlive)).toEqual([running, free, paused]);
  expect(asked).toBe(1);
  expect(deadLeases(store, everybody)).toEqual([free]);
});

test("many leases are taken at once, those of the dead alone, and the commits after it wait for the disk again", () => {
  const store = aStore();
  const [held, free, ended] = [add(store), add(store), add(store, { status: "failed" })].map(
    ({ execution }) => execution.record.run_id,
  );
  if (!held || !free || !ended) throw new Error("three were added");
  releaseLease(store, free, "first");
  const wanted = [held, "none", ended, free];
  expect(takeLeases(store, wanted, "second", everybody)).toEqual([free]);
  expect(takeLeases(store, wanted, "second", nobody)).toEqual([held, free]);
  expect(holderOf(store, held)?.id).toBe("second");
  expect(store.sqlite.query("PRAGMA synchronous").get()).toEqual({ synchronous: 2 });
});
