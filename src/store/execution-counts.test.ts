import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { executionStatuses, type ExecutionStatus } from "../execution/status.ts";
import { aDefinition } from "../testing/a-definition.ts";
import { aNewExecution, anUpdate } from "../testing/an-execution.ts";
import { openStore, type Store } from "./database.ts";
import { countByStatus, countExecutions, type CountedFilter } from "./execution-counts.ts";
import { registerHolder, takeLease } from "./leases.ts";
import { listExecutions, mostCounted } from "./list-executions.ts";
import { migrate } from "./migrate.ts";
import { migrations } from "./migrations.ts";
import { openForPruning, takeOutExecution } from "./prune.ts";
import { commitTransitions, type NewExecution } from "./transitions.ts";
import { createWorkflow, deleteWorkflow } from "./workflows.ts";

const root = mkdtempSync(join(tmpdir(), "counts-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const at = "2026-01-01T00:00:00.000Z";
const workflows = ["w0", "w1"];
const triggers = ["manual", "scheduled", "api"] as const;

/** Two engines and somebody who prunes, each with a connection of its own to one database. */
interface World {
  engines: [Store, Store];
  pruner: Store;
  path: string;
  runs: NewExecution[];
}

function aWorld(): World {
  const path = join(mkdtempSync(join(root, "d-")), "workflows.db");
  const engines: [Store, Store] = [openStore(path), openStore(path)];
  const pruner = openForPruning(path);
  // What is on disk after a power loss is not what is tested here.
  for (const store of [...engines, pruner]) store.sqlite.run("PRAGMA synchronous = OFF");
  engines.forEach((store, number) => {
    const holder = { id: `h${number}`, pid: number, process_start: "1", boot_id: "b", kind: "run" as const };
    registerHolder(store, { ...holder, heartbeat_at: at });
  });
  for (const id of workflows) putWorkflow(engines[0], id);
  return { engines, pruner, path, runs: [] };
}

function putWorkflow(store: Store, id: string): void {
  const effective = aDefinition({ id, name: `Flow ${id}` });
  const definition = { text: id, hash: id, effective };
  createWorkflow(store, { id, definition, status: "draft", created_by: null, file: id, at });
}

function close({ engines, pruner }: World): void {
  for (const store of [...engines, pruner]) store.close();
}

type Act =
  | { act: "start"; engine: 0 | 1; workflow: number; name: number; status: number; trigger: number }
  | { act: "move"; engine: 0 | 1; run: number; status: number; recovers: boolean }
  | { act: "prune"; run: number }
  | { act: "delete"; workflow: number }
  | { act: "migrate"; target: number };

const whole = (most: number) => fc.nat({ max: most });
const engine = fc.constantFrom(0 as const, 1 as const);
const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constant("start" as const),
      engine,
      workflow: whole(2),
      name: whole(1),
      status: whole(5),
      trigger: whole(2),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      act: fc.constant("move" as const),
      engine,
      run: whole(30),
      status: whole(5),
      recovers: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ act: fc.constant("prune" as const), run: whole(30) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("delete" as const), workflow: whole(1) }) },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant("migrate" as const), target: fc.constantFrom(4, 7) }),
  },
);

function perform(world: World, act: Act): void {
  const { engines, pruner, path, runs } = world;
  switch (act.act) {
    case "start": {
      const workflow = workflows[act.workflow] ?? null;
      const execution = {
        workflow_id: workflow,
        workflow_slug: workflow ?? "file",
        workflow_name: `Name ${act.name}`,
        status: statusAt(act.status),
        trigger: triggers[act.trigger] ?? "manual",
      };
      const run = aNewExecution({ stages: 1, execution });
      commitTransitions(engines[act.engine], { holder_id: `h${act.engine}`, created: [run], updated: [] });
      runs.push(run);
      return;
    }
    case "move": {
      const run = runs[act.run % Math.max(1, runs.length)];
      if (!run) return;
      const holder = `h${act.engine}`;
      const { record } = run.execution;
      if (act.recovers) takeLease(engines[act.engine], record.run_id, holder, () => false);
      const before = { ...record };
      record.status = statusAt(act.status);
      const update = anUpdate(run);
      const { lost } = commitTransitions(engines[act.engine], {
        holder_id: holder,
        created: [],
        updated: [update],
      });
      if (lost.length > 0) Object.assign(record, before);
      return;
    }
    case "prune": {
      const run = runs[act.run % Math.max(1, runs.length)];
      if (run && takeOutExecution(pruner, run.execution.record.run_id)) runs.splice(runs.indexOf(run), 1);
      return;
    }
    case "delete": {
      const id = workflows[act.workflow] ?? "";
      if (countExecutions(engines[0], { workflow_id: id, live: true }) > 0) return;
      deleteWorkflow(engines[0], id);
      putWorkflow(engines[0], id);
      return;
    }
    case "migrate":
      migrate(engines[0].sqlite, path, migrations, act.target);
      migrate(engines[0].sqlite, path, migrations);
      return;
    default:
      act satisfies never;
  }
}

function statusAt(place: number): ExecutionStatus {
  return executionStatuses[place] ?? "running";
}

const filters: CountedFilter[] = [
  {},
  { live: true },
  { status: "failed" },
  { trigger: "api", live: true },
  { workflow_id: "w0" },
  { workflow_id: "w1", status: "running", trigger: "manual" },
  { workflow_slug: "file", live: true },
  { workflow_name: "Name 1", status: "completed" },
  { names: ["Name 0", "Name 1"], trigger: "scheduled" },
  { names: [] },
];

function expectExact(store: Store): void {
  const rows = store.sqlite
    .query<Record<string, string | null>, []>(
      'SELECT workflow_id, workflow_slug, workflow_name, status, "trigger" FROM workflow_executions',
    )
    .all();
  for (const filter of filters) {
    const { names, live, ...equal } = filter;
    const kept = rows.filter(
      (row) =>
        Object.entries(equal).every(([column, value]) => row[column] === value) &&
        (!names || names.includes(row["workflow_name"] ?? "")) &&
        (!live || !["completed", "failed", "cancelled"].includes(row["status"] ?? "")),
    );
    expect([filter, countExecutions(store, filter)]).toEqual([filter, kept.length]);
  }
  const byStatus = Map.groupBy(rows, ({ status }) => status);
  const expected = new Map([...byStatus].map(([status, of]) => [status, of.length]));
  expect(countByStatus(store)).toEqual(expected as Map<ExecutionStatus, number>);
  // A workflow none of whose executions is left must not leave rows behind for good.
  const known = new Set(rows.map((row) => `${row["workflow_id"] ?? ""}/${row["workflow_name"]}`));
  const counted = store.sqlite
    .query<{ key: string }, []>("SELECT workflow_id || '/' || workflow_name AS key FROM execution_counts")
    .all();
  expect(new Set(counted.map(({ key }) => key))).toEqual(known);
}

test("counts equal a fresh count after any history of starts, moves, recoveries, prunes and migrations", () => {
  fc.assert(
    fc.property(fc.array(acts, { minLength: 1, maxLength: 40 }), (history) => {
      const world = aWorld();
      try {
        for (const act of history) perform(world, act);
        expectExact(world.engines[1]);
      } finally {
        close(world);
      }
    }),
    { numRuns: 40 },
  );
});

test("a transaction that is undone counts nothing", () => {
  const world = aWorld();
  const run = aNewExecution();
  commitTransitions(world.engines[0], { holder_id: "h0", created: [run], updated: [] });
  const again = () => commitTransitions(world.engines[0], { holder_id: "h0", created: [run], updated: [] });
  expect(again).toThrow("UNIQUE constraint failed");
  expect(countExecutions(world.engines[1], {})).toBe(1);
  close(world);
});

test("a list that is narrowed by time tells that there are more than it counted", () => {
  const store = openStore(":memory:");
  const holder = { id: "h", pid: 1, process_start: "1", boot_id: "b", kind: "run" as const };
  registerHolder(store, { ...holder, heartbeat_at: at });
  const created = (many: number) => Array.from({ length: many }, () => aNewExecution({ stages: 0 }));
  const filter = { started_after: at, limit: 1 };
  commitTransitions(store, { holder_id: "h", created: created(mostCounted), updated: [] });
  expect(listExecutions(store, filter)).toMatchObject({ total_count: mostCounted });
  expect(listExecutions(store, filter)).not.toHaveProperty("total_is_least");
  commitTransitions(store, { holder_id: "h", created: created(1), updated: [] });
  expect(listExecutions(store, filter)).toMatchObject({ total_count: mostCounted, total_is_least: true });
  expect(listExecutions(store, { limit: 1 }).total_count).toBe(mostCounted + 1);
  store.close();
});
