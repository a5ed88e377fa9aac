import type { StoredEvent } from "../../execution/event.ts";
import type { StepRecord } from "../../execution/record.ts";
import { isDone, isSettled, type StepStatus } from "../../execution/status.ts";

/** One stage of an execution as the live table shows it. */
export interface RunRow {
  batch: number;
  stage_id: string;
  type: "agent" | "gate";
  status: StepStatus;
  /** 0 before the first. */
  attempt: number;
  started_at: string | null;
  completed_at: string | null;
  /** The newest log line, or why it is as it is. */
  says: string;
}

/** The stages of one execution, kept up to date by its events. */
export interface RunRows {
  rows: readonly RunRow[];
  apply(event: StoredEvent): void;
  done(): number;
}

export function rowsOf(steps: readonly StepRecord[]): RunRows {
  const rows = steps.map(rowOf).toSorted((a, b) => a.batch - b.batch);
  const byStage = new Map(rows.map((row) => [row.stage_id, row]));
  return {
    rows,
    apply: (event) => {
      const row = event.stage_id === null ? undefined : byStage.get(event.stage_id);
      if (row) applyToRow(row, event);
      else if (event.type === "execution_completed") endRows(rows, event.at);
    },
    done: () => rows.filter((row) => isDone(row.status)).length,
  };
}

function rowOf(step: StepRecord): RunRow {
  return {
    batch: step.batch,
    stage_id: step.stage_id,
    type: step.type,
    status: step.status,
    attempt: step.status === "pending" ? 0 : step.attempt_number,
    started_at: step.started_at,
    completed_at: step.completed_at,
    says: step.error_message ?? step.skip_reason ?? "",
  };
}

function applyToRow(row: RunRow, event: StoredEvent): void {
  const data = fields(event.data);
  row.attempt = event.attempt ?? row.attempt;
  switch (event.type) {
    case "log_line":
      row.says = String(data["text"] ?? "");
      return;
    case "stage_started":
      Object.assign(row, { status: "running", started_at: row.started_at ?? event.at, says: "" });
      return;
    case "gate_waiting":
      Object.assign(row, {
        status: "waiting_for_approval",
        started_at: event.at,
        says: data["message"] ?? "",
      });
      return;
    case "stage_retrying":
      Object.assign(row, { status: "retry_wait", says: data["error_message"] ?? "" });
      return;
    case "stage_skipped":
      Object.assign(row, { status: "skipped", completed_at: event.at, says: data["reason"] ?? "" });
      return;
    case "stage_completed":
      Object.assign(row, { status: "completed", completed_at: event.at });
      return;
    case "stage_failed":
      Object.assign(row, {
        status: data["status"],
        completed_at: event.at,
        says: data["error_message"] ?? "",
      });
      return;
    case "gate_resolved":
      Object.assign(row, { status: data["status"], completed_at: event.at, says: decision(data) });
      return;
    case "execution_started":
    case "execution_paused":
    case "execution_resumed":
    case "execution_completed":
      return;
    default:
      event.type satisfies never;
  }
}

function decision(data: Record<string, unknown>): string {
  const comment = data["comment"] ? `: ${String(data["comment"])}` : "";
  return `${String(data["decision"])} by ${String(data["actor"])}${comment}`;
}

/** What had not begun when the execution ended never will. */
function endRows(rows: readonly RunRow[], at: string): void {
  for (const row of rows) {
    if (!isSettled(row.status)) Object.assign(row, { status: "cancelled", completed_at: at });
  }
}

/** An event's data, whose shape its type tells, as fields to read. */
export function fields(data: unknown): Record<string, unknown> {
  return typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
}
