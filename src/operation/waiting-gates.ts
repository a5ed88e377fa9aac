import type { ExecutionRecord } from "../execution/record.ts";
import type { Store } from "../store/database.ts";
import { waitingSteps } from "../store/executions.ts";
import { listExecutions } from "../store/list-executions.ts";

/** A gate that waits for a person. */
export interface WaitingGate {
  runId: string;
  stageId: string;
  /** ISO 8601. */
  since: string;
  deadlineAt: string | null;
  message: string | null;
  approvers: string[];
}

/** The open gates of an execution, longest first, with what was asked when they opened. */
export function waitingGates(
  store: Store,
  { run_id, waiting_gates }: Pick<ExecutionRecord, "run_id" | "waiting_gates">,
): WaitingGate[] {
  if (waiting_gates.length === 0) return [];
  const gates = waitingSteps(store, run_id).map(({ stage_id, started_at, deadline_at, gate }) => ({
    runId: run_id,
    stageId: stage_id,
    since: started_at ?? "",
    deadlineAt: deadline_at,
    message: gate?.message ?? null,
    approvers: gate?.approvers ?? [],
  }));
  return gates.toSorted((a, b) => a.since.localeCompare(b.since));
}

/** Every execution that waits for a person, the one that has waited longest first. */
export function waitingRuns(
  store: Store,
  filter: Parameters<typeof listExecutions>[1],
): { record: ExecutionRecord; gates: WaitingGate[] }[] {
  const found: { record: ExecutionRecord; gates: WaitingGate[] }[] = [];
  let cursor: string | null = null;
  do {
    const page = listExecutions(store, { ...filter, live: true, limit: 1000, cursor });
    for (const record of page.items) {
      const gates = waitingGates(store, record);
      if (gates.length > 0) found.push({ record, gates });
    }
    cursor = page.next_cursor;
  } while (cursor !== null);
  const waitingSince = ({ gates }: { gates: WaitingGate[] }): string => gates[0]?.since ?? "";
  return found.toSorted((a, b) => waitingSince(a).localeCompare(waitingSince(b)));
}
