import type { StoredEvent } from "./event.ts";
import type { ExecutionRecord } from "./record.ts";

/** One line of the structured log: what happened to which workflow or execution. */
export interface LifecycleEntry {
  /** ISO 8601, UTC. */
  at: string;
  /** `warn`: somebody may want to look, although nothing has failed for good. */
  level: "info" | "warn" | "error";
  event: string;
  /** The `workflow.id` of the definition; empty where it has none that can be read. */
  workflow_id: string;
  execution_id: string | null;
  stage_id: string | null;
  attempt: number | null;
  /** Of an execution or a stage that has ended, or a gate that was decided. */
  status?: string;
  error_class?: string;
  /** Why it failed, was cancelled, skipped or is tried again. */
  message?: string;
}

export type LifecycleLog = (entry: LifecycleEntry) => void;

/** Log lines are not in it: they have their own table. */
export function lifecycleEntry(event: StoredEvent, record: ExecutionRecord): LifecycleEntry | null {
  if (event.type === "log_line") return null;
  const isTold = !("request_id" in event.data) && ("status" in event.data || "reason" in event.data);
  const data: Data = isTold ? (event.data as Data) : {};
  const message = data.error_message ?? data.reason ?? data.comment;
  return {
    at: event.at,
    level: levelOf(event.type, data),
    event: event.type === "stage_failed" && data.status === "cancelled" ? "stage_cancelled" : event.type,
    workflow_id: record.workflow_slug,
    execution_id: event.run_id,
    stage_id: event.stage_id,
    attempt: event.attempt,
    ...(data.status === undefined ? {} : { status: data.status }),
    ...(typeof data.error_class === "string" ? { error_class: data.error_class } : {}),
    ...(typeof message === "string" ? { message } : {}),
  };
}

/** What events say of how something ended; each has some of it. */
interface Data {
  status?: string;
  had_failures?: boolean;
  error_class?: string | null;
  error_message?: string | null;
  reason?: string;
  comment?: string | null;
}

/** A step that a cancel ends has not failed; a failure after which the execution goes on deserves a look. */
function levelOf(type: StoredEvent["type"], { status, had_failures }: Data): LifecycleEntry["level"] {
  if (type === "stage_retrying" || type === "budget_warning") return "warn";
  if (type !== "stage_failed" && type !== "execution_completed" && type !== "gate_resolved") return "info";
  // What an agent asked for was decided: nothing has ended with it.
  if (type === "gate_resolved" && status === undefined) return "info";
  if (status === "cancelled" || (status === "completed" && had_failures === true)) return "warn";
  return status === "completed" ? "info" : "error";
}
