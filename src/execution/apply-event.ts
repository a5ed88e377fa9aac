import type {
  ExecutionCompleted,
  ExecutionEvent,
  GateResolved,
  GateWaiting,
  StageEvent,
  StageFailed,
  StageRetrying,
} from "./event.ts";
import {
  openRequests,
  withDecision,
  withdrawAll,
  withRequest,
  type PermissionAsked,
  type PermissionDecided,
} from "./permission.ts";
import type { AttemptRecord, ExecutionRecord, StepRecord, Usage } from "./record.ts";
import { isDone, isSettled } from "./status.ts";
import { addUsage } from "./usage.ts";

/** Records follow from events alone: only these two functions change them. */

/** The step after one event of its stage. `at` is ISO time. */
export function applyToStep(step: StepRecord, event: StageEvent, at: string): StepRecord {
  switch (event.type) {
    case "stage_started":
      return startAttempt(step, event.attempt ?? 1, event.data, at);
    case "stage_completed": {
      const { outputs, text, handoff_summary, usage, workspace } = event.data;
      return {
        ...step,
        ...settledFields("completed", at),
        permission_requests: withdrawAll(step),
        outputs,
        text,
        handoff_summary,
        workspace: workspace ?? null,
        usage: addUsage(step.usage, usage),
        attempts: closeAttempt(step.attempts, { status: "completed", at, usage }),
      };
    }
    case "stage_failed":
      return failStep(step, event.data, at);
    case "stage_retrying":
      return waitForRetry(step, event.data, at);
    case "stage_skipped":
      return {
        ...step,
        ...settledFields("skipped", at),
        skip_reason: event.data.reason,
        skip_cause: event.data.cause,
        outputs: event.data.outputs,
      };
    case "gate_waiting":
      return beginToWait(step, event.data, at);
    case "gate_resolved":
      return takeDecision(step, event.data, at);
    case "budget_warning":
      return step;
    default:
      return event satisfies never;
  }
}

/** The execution after one event of its own or of one of its stages. */
export function applyToExecution(
  execution: ExecutionRecord,
  event: ExecutionEvent,
  at: string,
): ExecutionRecord {
  switch (event.type) {
    case "execution_started":
      return { ...execution, status: "running", started_at: at };
    case "execution_paused":
      return { ...execution, status: "paused", pause_reason: event.data.reason };
    case "execution_resumed": {
      const { budget = execution.budget } = event.data;
      return { ...execution, status: "running", budget, pause_reason: null };
    }
    case "budget_warning":
      return execution;
    case "execution_completed":
      return endExecution(execution, event.data, at);
    case "stage_started":
      return withoutGate(
        { ...execution, usage: addUsage(execution.usage, event.data.usage ?? null) },
        event.stage_id,
      );
    case "gate_waiting":
      if (execution.waiting_gates.includes(event.stage_id)) return execution;
      return { ...execution, waiting_gates: [...execution.waiting_gates, event.stage_id] };
    case "stage_retrying":
      return withoutGate(
        { ...execution, usage: addUsage(execution.usage, event.data.usage) },
        event.stage_id,
      );
    case "stage_completed":
      return withoutGate(
        { ...oneMoreDone(execution), usage: addUsage(execution.usage, event.data.usage) },
        event.stage_id,
      );
    case "stage_failed":
      return withoutGate(
        {
          ...(isDone(event.data.status) ? oneMoreDone(execution) : execution),
          usage: addUsage(execution.usage, event.data.usage),
        },
        event.stage_id,
      );
    case "stage_skipped":
      return oneMoreDone(execution);
    case "gate_resolved":
      if ("request_id" in event.data)
        return event.data.still_open > 0 ? execution : withoutGate(execution, event.stage_id);
      return withoutGate(oneMoreDone(execution), event.stage_id);
    default:
      return event satisfies never;
  }
}

function endExecution(
  execution: ExecutionRecord,
  { status, had_failures, error_message }: ExecutionCompleted,
  at: string,
): ExecutionRecord {
  const ended = { status, had_failures, error_message, completed_at: at };
  return { ...execution, ...ended, waiting_gates: [], pause_reason: null };
}

/** A step that had not begun when its execution ended never will. */
export function endStep(step: StepRecord, at: string): StepRecord {
  return isSettled(step.status) ? step : { ...step, ...settledFields("cancelled", at) };
}

function beginToWait(step: StepRecord, data: GateWaiting | PermissionAsked, at: string): StepRecord {
  if ("request_id" in data) {
    const deadline_at = openRequests(step).length === 0 ? data.deadline_at : step.deadline_at;
    return { ...step, deadline_at, permission_requests: withRequest(step, data, at) };
  }
  const { deadline_at, message, approvers } = data;
  return {
    ...step,
    status: "waiting_for_approval",
    started_at: at,
    deadline_at,
    gate: { message, approvers },
  };
}

function takeDecision(step: StepRecord, data: GateResolved | PermissionDecided, at: string): StepRecord {
  if ("request_id" in data) {
    return { ...step, deadline_at: data.deadline_at, permission_requests: withDecision(step, data) };
  }
  const { status, actor, comment, error_class } = data;
  const error = status === "failed" ? { error_class, error_message: gateError(data) } : {};
  return { ...step, ...settledFields(status, at), decided_by: actor, decision_comment: comment, ...error };
}

function startAttempt(
  step: StepRecord,
  attempt: number,
  data: Extract<StageEvent, { type: "stage_started" }>["data"],
  at: string,
): StepRecord {
  const goesOn = step.attempts.at(-1)?.number === attempt;
  const opened: AttemptRecord = {
    number: attempt,
    status: "running",
    started_at: at,
    completed_at: null,
    error_class: null,
    error_message: null,
    usage: null,
  };
  return {
    ...step,
    status: "running",
    attempt_number: attempt,
    agent_id: data.agent_id,
    model: data.model,
    inputs: data.inputs,
    context_consumed: data.context_consumed,
    deadline_at: data.deadline_at,
    permission_requests: withdrawAll(step),
    recovered: step.recovered || data.recovered,
    started_at: step.started_at ?? at,
    error_class: null,
    error_message: null,
    usage: addUsage(step.usage, data.usage ?? null),
    attempts: goesOn ? reopenAttempt(step.attempts, data.usage ?? null) : [...step.attempts, opened],
  };
}

/** An attempt that was interrupted goes on; what it has used stays. */
function reopenAttempt(attempts: AttemptRecord[], more: Usage | null): AttemptRecord[] {
  const last = attempts.at(-1);
  if (!last) return attempts;
  const { number, started_at } = last;
  const usage = addUsage(last.usage, more);
  if (last.completed_at === null) return [...attempts.slice(0, -1), { ...last, usage }];
  const open = { number, started_at, usage, completed_at: null, error_class: null, error_message: null };
  return [...attempts.slice(0, -1), { ...open, status: "running" }];
}

function failStep(step: StepRecord, data: StageFailed, at: string): StepRecord {
  const { status, error_class, error_message, usage } = data;
  return {
    ...step,
    ...settledFields(status, at),
    permission_requests: withdrawAll(step),
    error_class,
    error_message,
    usage: addUsage(step.usage, usage),
    attempts: closeAttempt(step.attempts, { ...data, at }),
  };
}

function waitForRetry(step: StepRecord, data: StageRetrying, at: string): StepRecord {
  const { error_class, error_message, due_at, usage } = data;
  return {
    ...step,
    status: "retry_wait",
    permission_requests: withdrawAll(step),
    deadline_at: due_at,
    error_class,
    error_message,
    usage: addUsage(step.usage, usage),
    attempts: closeAttempt(step.attempts, { ...data, at }),
  };
}

function settledFields<S extends StepRecord["status"]>(status: S, at: string) {
  return { status, completed_at: at, deadline_at: null };
}

interface AttemptEnd extends Pick<AttemptRecord, "status" | "usage" | "findings" | "handed_in"> {
  at: string;
  error_class?: string;
  error_message?: string;
}

/** Only a running attempt is closed: one that waits for its next try was closed when it failed. */
function closeAttempt(attempts: AttemptRecord[], closing: AttemptEnd): AttemptRecord[] {
  const last = attempts.at(-1);
  if (!last || last.completed_at !== null) return attempts;
  const { status, at, usage, error_class = null, error_message = null, findings, handed_in } = closing;
  const closed = {
    ...last,
    status,
    completed_at: at,
    usage: addUsage(last.usage, usage),
    error_class,
    error_message,
  };
  return [
    ...attempts.slice(0, -1),
    { ...closed, ...(findings ? { findings } : {}), ...(handed_in ? { handed_in } : {}) },
  ];
}

function gateError({
  decision,
  actor,
  comment,
}: {
  decision: string;
  actor: string;
  comment: string | null;
}): string {
  if (decision === "timed_out") return "nobody decided before the deadline";
  return `rejected by ${actor}${comment ? `: ${comment}` : ""}`;
}

function oneMoreDone(execution: ExecutionRecord): ExecutionRecord {
  return { ...execution, progress_done: execution.progress_done + 1 };
}

function withoutGate(execution: ExecutionRecord, stageId: string): ExecutionRecord {
  if (!execution.waiting_gates.includes(stageId)) return execution;
  return { ...execution, waiting_gates: execution.waiting_gates.filter((id) => id !== stageId) };
}
