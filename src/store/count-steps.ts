import type { StepStatus } from "../execution/status.ts";
import type { Store } from "./database.ts";

/** The number of steps of each status in executions that have not ended; statuses that none has are left out. */
export function countLiveSteps(store: Store): Map<StepStatus, number> {
  const rows = store.prepare<{ status: StepStatus; count: number }, []>(selectCounts).all();
  const counts = new Map<StepStatus, number>();
  for (const { status, count } of rows) counts.set(status, (counts.get(status) ?? 0) + count);
  return counts;
}

// Grouped here, not by SQL: that would sort. CROSS JOIN begins with the executions, of which few are live; without the
// name of the index SQLite reads the status of every execution there ever was.
const selectCounts =
  "SELECT s.status, 1 AS count FROM workflow_executions e INDEXED BY executions_live " +
  "CROSS JOIN execution_steps s ON s.execution_id = e.id " +
  "WHERE e.status NOT IN ('completed', 'failed', 'cancelled')";
