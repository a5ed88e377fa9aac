import type { ExecutionStatus } from "../execution/status.ts";
import type { Store } from "./database.ts";

export interface ExecutionState {
  status: ExecutionStatus;
  workflow_slug: string;
}

/** The status and the workflow of those of the executions that are there; nothing else of them is read. */
export function executionStates(
  store: Store,
  runIds: readonly string[],
): ReadonlyMap<string, ExecutionState> {
  const rows = store
    .prepare<ExecutionState & { id: string }, [string]>(selectStates)
    .all(JSON.stringify(runIds));
  return new Map(rows.map(({ id, ...state }) => [id, state]));
}

const selectStates = `SELECT id, status, workflow_slug FROM workflow_executions
  WHERE id IN (SELECT value FROM json_each(?))`;
