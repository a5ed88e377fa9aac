import { openRequests, type PermissionRequest } from "../execution/permission.ts";
import type { ExecutionRecord, StepRecord } from "../execution/record.ts";
import type { Store } from "../store/database.ts";
import { waitingSteps } from "../store/executions.ts";
import { listExecutions } from "../store/list-executions.ts";

/** A gate that waits for a person, or an agent that asks for a permission. */
export interface WaitingGate {
  runId: string;
  stageId: string;
  /** ISO 8601. */
  since: string;
  deadlineAt: string | null;
  message: string | null;
  approvers: string[];
  /** What an agent asks for; null for a gate. */
  request: PermissionRequest | null;
}

/** The open gates of an execution, longest first, with what was asked when they opened. */
export function waitingGates(
  store: Store,
  { run_id, waiting_gates }: Pick<ExecutionRecord, "run_id" | "waiting_gates">,
): WaitingGate[] {
  if (waiting_gates.length === 0) return [];
  const gates = waitingSteps(store, run_id).flatMap(gatesOf);
  return gates.toSorted((a, b) => a.since.localeCompare(b.since));
}

function gatesOf(step: StepRecord): WaitingGate[] {
  const { run_id: runId, stage_id: stageId, started_at, deadline_at: deadlineAt, gate } = step;
  if (step.status !== "running") {
    const { message = null, approvers = [] } = gate ?? {};
    return [{ runId, stageId, since: started_at ?? "", deadlineAt, message, approvers, request: null }];
  }
  return openRequests(step).map((request) => ({
    runId,
    stageId,
    since: request.asked_at,
    deadlineAt: request.deadline_at,
    message: `asks for ${request.tool}: ${request.title}`,
    approvers: request.approvers,
    request,
  }));
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
