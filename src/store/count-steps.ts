import type { StepStatus } from "../execution/status.ts";
import type { Store } from "./database.ts";

/**
 * The number of steps of each status in executions that have not ended; statuses without steps are left out. An agent
 * that asks for a permission counts among those that wait for approval.
 */
export function countLiveSteps(store: Store): Map<StepStatus, number> {
  const rows = store.prepare<{ status: StepStatus; count: number }, []>(selectCounts).all();
  const counts = new Map<StepStatus, number>();
  for (const { status, count } of rows) counts.set(status, (counts.get(status) ?? 0) + count);
  return counts;
}

// The rows are grouped here because SQL would sort them. CROSS JOIN begins with the executions, few of which are live;
// without the name of the index SQLite reads the status of all executions.
const selectCounts =
  "SELECT CASE WHEN s.status = 'running' AND s.permission_requests_json <> '[]' AND " +
  "instr(e.waiting_gates_json, '\"' || s.stage_id_ref || '\"') > 0 " +
  "THEN 'waiting_for_approval' ELSE s.status END AS status, 1 AS count " +
  "FROM workflow_executions e INDEXED BY executions_live " +
  "CROSS JOIN execution_steps s ON s.execution_id = e.id " +
  "WHERE e.status NOT IN ('completed', 'failed', 'cancelled')";
