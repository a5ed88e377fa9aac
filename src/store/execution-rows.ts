import type { Value, ValueObject } from "../expression/value.ts";
import type { PermissionRequest } from "../execution/permission.ts";
import type {
  AttemptRecord,
  ContextConsumed,
  ExecutionRecord,
  GateQuestion,
  RunOptions,
  StepRecord,
  StepWorkspace,
  Usage,
} from "../execution/record.ts";
import type { Budget } from "../workflow/effective.ts";
import { rowCheck, storedJson } from "./damaged-row.ts";
import { executionSteps, workflowExecutions } from "./execution-tables.ts";

export type ExecutionRow = typeof workflowExecutions.$inferSelect;
export type StepRow = typeof executionSteps.$inferSelect;

/** The columns that follow from a step's record; the store itself counts logs and offsets. */
export type WrittenStepRow = Omit<StepRow, "id" | "logs_json" | "stdout_offset" | "stderr_offset">;

export function executionRow(record: ExecutionRecord, machine: string): ExecutionRow {
  return {
    id: record.run_id,
    workflow_id: record.workflow_id,
    workflow_slug: record.workflow_slug,
    workflow_name: record.workflow_name,
    workflow_version: record.workflow_version,
    workflow_definition_hash: record.definition_hash,
    snapshot_hash: record.snapshot_hash,
    status: record.status,
    had_failures: record.had_failures ? 1 : 0,
    trigger: record.trigger,
    parameters_json: JSON.stringify(record.parameters),
    overrides_json: jsonOrNull(record.overrides),
    options_json: JSON.stringify(record.options),
    progress_done: record.progress_done,
    progress_total: record.progress_total,
    waiting_gates_json: JSON.stringify(record.waiting_gates),
    started_at: record.started_at,
    completed_at: record.completed_at,
    error_message: record.error_message,
    parent_id: record.parent_id,
    last_event: record.last_event,
    usage_json: jsonOrNull(record.usage),
    budget_json: jsonOrNull(record.budget),
    pause_reason: record.pause_reason,
    created_at: record.created_at,
    updated_at: record.updated_at,
    machine_json: machine,
  };
}

/** Throws `DamagedRow`. */
export function executionRecord(row: Omit<ExecutionRow, "machine_json">): ExecutionRecord {
  const what = `execution "${row.id}"`;
  checkExecution(row, what);
  return {
    run_id: row.id,
    workflow_id: row.workflow_id,
    workflow_slug: row.workflow_slug,
    workflow_name: row.workflow_name,
    workflow_version: row.workflow_version,
    definition_hash: row.workflow_definition_hash,
    snapshot_hash: row.snapshot_hash,
    status: row.status,
    had_failures: row.had_failures === 1,
    trigger: row.trigger,
    parameters: storedJson<ValueObject>("parameters_json", row.parameters_json, what),
    overrides: storedJson<ValueObject | null>("overrides_json", row.overrides_json, what),
    options: storedJson<RunOptions>("options_json", row.options_json, what),
    progress_done: row.progress_done,
    progress_total: row.progress_total,
    waiting_gates: storedJson<string[]>("waiting_gates_json", row.waiting_gates_json, what),
    started_at: row.started_at,
    completed_at: row.completed_at,
    error_message: row.error_message,
    parent_id: row.parent_id,
    last_event: row.last_event,
    usage: storedJson<Usage | null>("usage_json", row.usage_json, what),
    budget: storedJson<Budget | null>("budget_json", row.budget_json, what),
    pause_reason: row.pause_reason,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

/** `at` is the instant of the transition; a step's record has no times of its own for its row. */
export function stepRow(record: StepRecord, machine: string, at: string): WrittenStepRow {
  return {
    execution_id: record.run_id,
    stage_id_ref: record.stage_id,
    stage_name: record.stage_name,
    step_type: record.type,
    batch: record.batch,
    position: record.position,
    status: record.status,
    attempt_number: record.attempt_number,
    agent_id: record.agent_id,
    model: record.model,
    error_message: record.error_message,
    error_class: record.error_class,
    skip_reason: record.skip_reason,
    skip_cause: record.skip_cause,
    started_at: record.started_at,
    completed_at: record.completed_at,
    duration_seconds: secondsBetween(record.started_at, record.completed_at),
    deadline_at: record.deadline_at,
    recovered: record.recovered ? 1 : 0,
    reused: record.reused ? 1 : 0,
    decided_by: record.decided_by,
    decision_comment: record.decision_comment,
    gate_json: jsonOrNull(record.gate),
    permission_requests_json: JSON.stringify(record.permission_requests),
    usage_json: jsonOrNull(record.usage),
    created_at: at,
    updated_at: at,
    attempts_json: JSON.stringify(record.attempts),
    context_consumed_json: JSON.stringify(record.context_consumed),
    inputs_json: jsonOrNull(record.inputs),
    outputs_json: jsonOrNull(record.outputs),
    handoff_summary: record.handoff_summary,
    text: record.text,
    workspace_json: jsonOrNull(record.workspace),
    machine_json: machine,
  };
}

/** Throws `DamagedRow` that names the execution, which is not whole without one of its steps. */
export function stepRecord(row: Omit<StepRow, "machine_json">): StepRecord {
  const what = `execution "${row.execution_id}" (its stage "${row.stage_id_ref}")`;
  checkStep(row, what);
  return {
    run_id: row.execution_id,
    stage_id: row.stage_id_ref,
    stage_name: row.stage_name,
    type: row.step_type,
    batch: row.batch,
    position: row.position,
    status: row.status,
    attempt_number: row.attempt_number,
    agent_id: row.agent_id,
    model: row.model,
    inputs: storedJson<ValueObject | null>("inputs_json", row.inputs_json, what),
    outputs: storedJson<ValueObject | null>("outputs_json", row.outputs_json, what),
    context_consumed:
      storedJson<ContextConsumed[] | null>("context_consumed_json", row.context_consumed_json, what) ?? [],
    text: row.text,
    handoff_summary: row.handoff_summary,
    error_message: row.error_message,
    error_class: row.error_class,
    skip_reason: row.skip_reason,
    skip_cause: row.skip_cause,
    started_at: row.started_at,
    completed_at: row.completed_at,
    deadline_at: row.deadline_at,
    recovered: row.recovered === 1,
    reused: row.reused === 1,
    decided_by: row.decided_by,
    decision_comment: row.decision_comment,
    gate: storedJson<GateQuestion | null>("gate_json", row.gate_json, what),
    permission_requests: storedJson<PermissionRequest[]>(
      "permission_requests_json",
      row.permission_requests_json,
      what,
    ),
    attempts: storedJson<AttemptRecord[]>("attempts_json", row.attempts_json, what),
    usage: storedJson<Usage | null>("usage_json", row.usage_json, what),
    workspace: storedJson<StepWorkspace | null>("workspace_json", row.workspace_json, what),
  };
}

function secondsBetween(from: string | null, to: string | null): number | null {
  return from === null || to === null ? null : Math.max(0, Date.parse(to) - Date.parse(from)) / 1000;
}

type JsonField = Value | Usage | Budget | GateQuestion | StepWorkspace;

function jsonOrNull(value: JsonField | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

const checkExecution = rowCheck(workflowExecutions);
const checkStep = rowCheck(executionSteps);
