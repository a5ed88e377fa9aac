import { localMoment, zoneName } from "../../execution/local-time.ts";
import type { ExecutionRecord } from "../../execution/record.ts";
import { shortId } from "../../execution/short-id.ts";
import { hasEnded } from "../../execution/status.ts";
import { driverOf } from "../../operation/describe-execution.ts";
import { waitingGates } from "../../operation/waiting-gates.ts";
import type { Store } from "../../store/database.ts";
import { soundSteps } from "../../store/executions.ts";
import { elapsedText } from "./elapsed.ts";
import type { Output } from "./output.ts";
import { costText } from "./cost-text.ts";
import { paintStatus } from "./paint.ts";
import { tableLines } from "./table.ts";

/** Executions, one a line, with what matters of each as its status. */
export function runTable(
  store: Store,
  records: readonly ExecutionRecord[],
  { output, nowMs }: { output: Output; nowMs: number },
): string[] {
  const startOf = ({ started_at, created_at }: ExecutionRecord): string => started_at ?? created_at;
  const [first] = records;
  const zone = first ? ` (${zoneName(startOf(first))})` : "";
  const columns = [
    { title: "run" },
    { title: "workflow", shrinks: true as const },
    { title: "status", paint: (said: string) => paintState(output, said) },
    { title: "done", align: "right" as const },
    { title: `started${zone}` },
    { title: "time", align: "right" as const },
    { title: "cost", align: "right" as const },
  ];
  const rows = records.map((record) => [
    shortId(record.run_id),
    `${record.workflow_name} v${record.workflow_version}`,
    runState(store, record, nowMs),
    `${record.progress_done}/${record.progress_total}`,
    localMoment(startOf(record)),
    spanOf(record, nowMs),
    costText(record.usage),
  ]);
  return tableLines(columns, rows, output.columns);
}

/** `waiting: approval 3m 05s`, `completed, 1 failed`, `no engine`; else the status itself. */
export function runState(store: Store, record: ExecutionRecord, nowMs: number): string {
  const { status, had_failures } = record;
  if (hasEnded(status)) return had_failures && status === "completed" ? withFailures(store, record) : status;
  const isDriven = driverOf(store, record)?.alive === true;
  const [longest] = waitingGates(store, record);
  if (longest) {
    const waited = elapsedText(nowMs - Date.parse(longest.since));
    return `waiting: ${longest.request === null ? "approval" : "permission"} ${waited}${isDriven ? "" : ", no engine"}`;
  }
  if (record.pause_reason === "budget") return "paused: budget";
  return isDriven || status === "paused" ? status : "no engine";
}

function withFailures(store: Store, { run_id, status }: ExecutionRecord): string {
  const failed = soundSteps(store, run_id)?.filter((step) => /^(failed|timed_out)$/.test(step.status));
  if (!failed) return `${status}, damaged`;
  return `${status}, ${failed.length} failed`;
}

function paintState({ paint }: Output, said: string): string {
  if (said.startsWith("waiting") || said.startsWith("paused:")) return paint.waiting(said);
  return said.includes(", ") || said === "no engine" ? paint.warn(said) : paintStatus(paint, said);
}

function spanOf({ started_at, completed_at }: ExecutionRecord, nowMs: number): string {
  if (started_at === null) return "";
  return elapsedText((completed_at === null ? nowMs : Date.parse(completed_at)) - Date.parse(started_at));
}
