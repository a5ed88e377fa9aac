import type { StoredEvent } from "./event.ts";
import type { ExecutionRecord } from "./record.ts";

/** One line of the structured log: what happened to which workflow or execution. */
export interface LifecycleEntry {
  /** ISO 8601, UTC. */
  at: string;
  level: "info" | "error";
  event: string;
  /** The `workflow.id` of the definition; empty where it has none that can be read. */
  workflow_id: string;
  execution_id: string | null;
  stage_id: string | null;
  attempt: number | null;
  message?: string;
}

export type LifecycleLog = (entry: LifecycleEntry) => void;

/** Log lines are not in it: they have their own table. */
export function lifecycleEntry(event: StoredEvent, record: ExecutionRecord): LifecycleEntry | null {
  if (event.type === "log_line") return null;
  const data = event.data as { error_message?: unknown; status?: unknown };
  const failed =
    event.type === "stage_failed" || (event.type === "execution_completed" && data.status === "failed");
  const message = typeof data.error_message === "string" ? { message: data.error_message } : {};
  return {
    at: event.at,
    level: failed ? "error" : "info",
    event: event.type,
    workflow_id: record.workflow_slug,
    execution_id: event.run_id,
    stage_id: event.stage_id,
    attempt: event.attempt,
    ...message,
  };
}
