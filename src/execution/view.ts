import { spentRatio } from "./budget.ts";
import { isAsking, type PermissionRequest } from "./permission.ts";
import type { AttemptRecord, ExecutionRecord, StepRecord, Usage } from "./record.ts";

/** The API's `Execution`: what `--format json` prints and HTTP answers. */
export type ExecutionView = ReturnType<typeof executionView>;

export function executionView(record: ExecutionRecord, steps: readonly StepRecord[], driver: Driver | null) {
  return { ...listedExecution(record, driver), steps: steps.map(stepView) };
}

/** The process that drives an execution. */
export interface Driver {
  pid: number;
  kind: "serve" | "run" | "background";
  alive: boolean;
}

/** The same as an item of a list, without the steps. */
export function listedExecution(record: ExecutionRecord, driver: Driver | null) {
  return {
    run_id: record.run_id,
    workflow_id: record.workflow_id,
    workflow_name: record.workflow_name,
    workflow_version: record.workflow_version,
    definition_hash: record.definition_hash,
    status: record.status,
    had_failures: record.had_failures,
    trigger: record.trigger,
    parameters: record.parameters,
    overrides: record.overrides,
    workdir: record.options.workdir,
    progress: { done: record.progress_done, total: record.progress_total },
    waiting_gates: record.waiting_gates,
    started_at: record.started_at,
    completed_at: record.completed_at,
    duration_seconds: durationSeconds(record.started_at, record.completed_at),
    error_message: record.error_message,
    pause_reason: record.pause_reason,
    parent_id: record.parent_id,
    last_event: record.last_event,
    driver,
    cost: { ...costView(record.usage), budget: budgetView(record) },
  };
}

/** Null where nothing is limited. */
function budgetView({ budget, usage }: ExecutionRecord) {
  return budget === null ? null : { ...budget, spent_ratio: spentRatio(budget, usage) };
}

export function stepView(step: StepRecord) {
  return {
    stage_id: step.stage_id,
    stage_name: step.stage_name,
    type: step.type,
    batch: step.batch,
    status: step.status,
    attempt_number: step.attempt_number,
    agent_id: step.agent_id,
    model: step.model,
    inputs: step.inputs,
    outputs: step.outputs,
    context_consumed: step.context_consumed,
    text: step.text,
    handoff_summary: step.handoff_summary,
    workspace: step.workspace,
    error_message: step.error_message,
    error_class: step.error_class,
    skip_reason: step.skip_reason,
    started_at: step.started_at,
    completed_at: step.completed_at,
    duration_seconds: durationSeconds(step.started_at, step.completed_at),
    deadline_at: step.deadline_at,
    recovered: step.recovered,
    reused: step.reused,
    waiting_for: isAsking(step) ? ("permission" as const) : null,
    permission_requests: step.permission_requests.map(requestView),
    decided_by: step.decided_by,
    decision_comment: step.decision_comment,
    attempts: step.attempts.map(attemptView),
    cost: costView(step.usage),
  };
}

function requestView({ id, tool, title, input, reason, ...rest }: PermissionRequest) {
  const { asked_at, approvers, deadline_at, status, decided_by, comment } = rest;
  return { id, tool, title, input, reason, asked_at, approvers, deadline_at, status, decided_by, comment };
}

function attemptView({
  number,
  status,
  started_at,
  completed_at,
  error_class,
  error_message,
  handed_in,
  usage,
}: AttemptRecord) {
  const facts = { number, status, started_at, completed_at, error_class, error_message };
  return { ...facts, handed_in: handed_in ?? null, cost: costView(usage) };
}

/** Unknown values are null, never 0; `input_tokens` includes tokens from and to a cache. */
function costView(usage: Usage | null) {
  if (usage === null) {
    return { usd: null, input_tokens: null, output_tokens: null, basis: "unknown" as const };
  }
  return {
    usd: usage.basis === "unknown" ? null : usage.cost_micro_usd / 1_000_000,
    input_tokens: usage.input + usage.cache_read + usage.cache_write,
    output_tokens: usage.output,
    basis: usage.basis,
  };
}

/** Null until both are known; 0 where a clock was set back in between. */
export function durationSeconds(from: string | null, to: string | null): number | null {
  return from === null || to === null ? null : Math.max(0, Date.parse(to) - Date.parse(from)) / 1000;
}
