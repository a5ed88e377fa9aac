import { workflowExecutions } from "../src/store/execution-tables.ts";
import { openStore, runTransaction, type Store } from "../src/store/database.ts";
import { executionRow } from "../src/store/execution-rows.ts";
import { registerHolder } from "../src/store/leases.ts";
import { columnsBut } from "../src/store/row-writer.ts";
import { commitTransitions } from "../src/store/transitions.ts";
import { aNewExecution, anUpdate } from "../src/testing/an-execution.ts";
import { compare, timeWork, type Row } from "./measure.ts";

type Run = ReturnType<typeof aNewExecution>;

const perCommit = 8;
const perRound = 4_000;

/** The cost of the store's own code without a disk: transitions in memory against plain updates of one row. */
export async function measureStore(): Promise<Row[]> {
  const store = openStore(":memory:");
  registerHolder(store, { id: "h", pid: 1, process_start: "1", boot_id: "b", kind: "run", heartbeat_at: "" });
  const runs = Array.from({ length: perCommit }, () => aNewExecution({ stages: 4 }));
  commitTransitions(store, { holder_id: "h", created: runs, updated: [] });
  const updateRows = plainUpdates(store, runs);
  const { figure, limit, ratio } = await compare(9, {
    figure: () => timeWork(() => transitions(store, runs)),
    limit: () => timeWork(updateRows),
  });
  store.close();
  return [
    {
      what: `transitions in memory, ${perCommit} a commit`,
      figure: aSecond(figure),
      limit: `plain updates of its execution: ${aSecond(limit)}`,
      ratio: `${ratio.toFixed(2)} ×`,
      budget: "",
      holds: null,
    },
  ];
}

function aSecond(ms: number): string {
  return `${Math.round((perRound / ms) * 1000)} a second`;
}

/** A small transition writes four rows: the execution, one step, two events. */
function transitions(store: Store, runs: readonly Run[]): void {
  for (let done = 0; done < perRound; done += runs.length) {
    commitTransitions(store, { holder_id: "h", created: [], updated: runs.map((run) => anUpdate(run)) });
  }
}

/** The largest row of a transition, written with bun:sqlite alone, in the same commits. */
function plainUpdates(store: Store, runs: readonly Run[]): () => void {
  const names = columnsBut(workflowExecutions, [
    "id",
    "status",
    "started_at",
    "workflow_id",
    "snapshot_hash",
  ]);
  const update = store.prepare<unknown, (string | number | null)[]>(
    `UPDATE workflow_executions SET ${names.map((name) => `"${name}" = ?`).join(", ")} WHERE id = ?`,
  );
  const values = runs.map(({ execution }) => {
    const row = executionRow(execution.record, execution.machine);
    return [...names.map((name) => row[name]), row.id];
  });
  return () => {
    for (let done = 0; done < perRound; done += runs.length) {
      runTransaction(store, () => {
        for (const row of values) update.run(...row);
      });
    }
  };
}
