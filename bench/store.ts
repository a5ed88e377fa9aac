import { eq, sql } from "drizzle-orm";
import { commitTransitions } from "../src/store/transitions.ts";
import { workflowExecutions } from "../src/store/execution-tables.ts";
import { openStore, type Store } from "../src/store/database.ts";
import { executionRow } from "../src/store/execution-rows.ts";
import { columnsBut } from "../src/store/row-writer.ts";
import { aNewExecution, anUpdate } from "../src/testing/an-execution.ts";
import { registerHolder } from "../src/store/leases.ts";

// How many small transitions a second the store takes in: one execution, one step, two events; eight to a commit.

const path = process.argv[2] ?? ":memory:";
const store = openStore(path);
registerHolder(store, { id: "h", pid: 1, process_start: "1", boot_id: "b", kind: "run", heartbeat_at: "" });
const runs = Array.from({ length: 8 }, () => aNewExecution({ stages: 4 }));
commitTransitions(store, { holder_id: "h", created: runs, updated: [] });

report("updates", 20_000, (count) => {
  for (let done = 0; done < count; done += runs.length) {
    const updated = runs.map((run) => anUpdate(run));
    commitTransitions(store, { holder_id: "h", created: [], updated });
  }
});
report("steps created, 1,000 a run", 10_000, (count) => {
  for (let done = 0; done < count; done += 1_000) {
    commitTransitions(store, { holder_id: "h", created: [aNewExecution({ stages: 1_000 })], updated: [] });
  }
});
const one = runs[0];
if (one) compareWithDrizzle(store, one);

function compareWithDrizzle(of: Store, run: ReturnType<typeof aNewExecution>): void {
  const row = executionRow(run.execution.record, run.execution.machine);
  const names = columnsBut(workflowExecutions, [
    "id",
    "status",
    "started_at",
    "workflow_id",
    "snapshot_hash",
  ]);
  const raw = of.prepare<unknown, (string | number | null)[]>(
    `UPDATE workflow_executions SET ${names.map((name) => `"${name}" = ?`).join(", ")} WHERE id = ?`,
  );
  report("bun:sqlite updates of a row", 20_000, (count) => {
    for (let done = 0; done < count; done++) raw.run(...names.map((name) => row[name]), row.id);
  });
  const values = Object.fromEntries(names.map((name) => [name, sql.placeholder(name)]));
  const drizzled = of.orm
    .update(workflowExecutions)
    .set(values)
    .where(eq(workflowExecutions.id, sql.placeholder("id")))
    .prepare();
  report("drizzle updates of a row", 20_000, (count) => {
    for (let done = 0; done < count; done++) drizzled.run(row);
  });
}

function report(what: string, count: number, work: (count: number) => void): void {
  work(Math.min(count, 1_000));
  const started = performance.now();
  work(count);
  const seconds = (performance.now() - started) / 1_000;
  console.log(`${what}: ${Math.round(count / seconds)} a second`);
}
