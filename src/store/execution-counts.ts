import type { SQLQueryBindings } from "bun:sqlite";
import { executionStatuses, hasEnded, type ExecutionStatus, type Trigger } from "../execution/status.ts";
import type { Store } from "./database.ts";

/** A filter that can be counted without reading executions; a field that is null or absent does not narrow. */
export interface CountedFilter {
  workflow_id?: string | null;
  workflow_slug?: string | null;
  workflow_name?: string | null;
  /** Any of these names; an empty list counts nothing. */
  names?: readonly string[] | null;
  status?: ExecutionStatus | null;
  /** True: only those that have not ended. */
  live?: boolean;
  trigger?: Trigger | null;
}

/** The number of executions of each status; statuses without executions are left out. */
export function countByStatus(store: Store): Map<ExecutionStatus, number> {
  const rows = store.prepare<{ status: ExecutionStatus; count: number }, []>(selectTotals).all();
  return new Map(rows.map(({ status, count }) => [status, count]));
}

/**
 * The exact number of executions that pass a filter. It takes as long for a million of them as for one, because it adds
 * up counts that triggers keep, a few for each workflow that the filter names.
 */
export function countExecutions(store: Store, filter: CountedFilter): number {
  const { workflow_id, workflow_slug, workflow_name, names, status, live, trigger } = filter;
  const conditions: string[] = [];
  const values: SQLQueryBindings[] = [];
  const narrow = (condition: string, ...bound: SQLQueryBindings[]): void => {
    conditions.push(condition);
    values.push(...bound);
  };
  if (workflow_id) narrow("workflow_id = ?", workflow_id);
  if (workflow_slug) narrow("workflow_slug = ?", workflow_slug);
  if (workflow_name) narrow("workflow_name = ?", workflow_name);
  if (names) narrow("workflow_name IN (SELECT value FROM json_each(?))", JSON.stringify(names));
  // The filter names no workflow: the totals have one row for each status and trigger.
  const table = conditions.length === 0 ? "execution_totals" : "execution_counts";
  if (status) narrow("status = ?", status);
  if (live) narrow(`status NOT IN (${endedStatuses})`);
  if (trigger) narrow('"trigger" = ?', trigger);
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  const text = `SELECT coalesce(sum(count), 0) AS count FROM ${table}${where}`;
  return store.prepare<{ count: number }, SQLQueryBindings[]>(text).get(...values)?.count ?? 0;
}

const endedStatuses = executionStatuses
  .filter(hasEnded)
  .map((status) => `'${status}'`)
  .join(", ");
// The totals are read in the order of their key, so that nothing has to be sorted.
const selectTotals =
  "SELECT status, sum(count) AS count FROM execution_totals GROUP BY status HAVING sum(count) > 0";
