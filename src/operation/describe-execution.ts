import type { ExecutionRecord } from "../execution/record.ts";
import { hasEnded } from "../execution/status.ts";
import { executionView, listedExecution, type Driver } from "../execution/view.ts";
import type { Store } from "../store/database.ts";
import { getExecution, getSteps } from "../store/executions.ts";
import { isProcessAlive } from "../store/holder-process.ts";
import { holderOf } from "../store/leases.ts";

/** An execution with its steps, and who drives it. Throws `AppError("not_found")`. */
export function describeRun(store: Store, runId: string) {
  const record = getExecution(store, runId);
  return executionView(record, getSteps(store, runId), driverOf(store, record));
}

/** Executions as items of a list. */
export function describeRuns(store: Store, records: readonly ExecutionRecord[]) {
  return records.map((record) => listedExecution(record, driverOf(store, record)));
}

/** The process that drives an execution, dead or alive; null when it has ended, or none has taken it. */
export function driverOf(store: Store, { run_id, status }: ExecutionRecord): Driver | null {
  const holder = hasEnded(status) ? null : holderOf(store, run_id);
  // A process of kind `command` runs no stages, so it does not count.
  if (!holder || holder.kind === "command") return null;
  return { pid: holder.pid, kind: holder.kind, alive: isProcessAlive(holder) };
}
