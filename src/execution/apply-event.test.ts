import { describe, expect, test } from "bun:test";
import { aNewExecution } from "../testing/an-execution.ts";
import { applyToExecution, applyToStep, endStep } from "./apply-event.ts";
import type { ExecutionEvent, StageEvent } from "./event.ts";
import type { ExecutionRecord, StepRecord, Usage } from "./record.ts";

const at = "2026-01-02T03:05:00.000Z";
const usage: Usage = {
  input: 1,
  cache_read: 0,
  cache_write: 0,
  output: 2,
  cost_micro_usd: 3,
  basis: "reported",
};
const gone = { error_class: "agent_error", error_message: "it broke", usage };
const begun = {
  agent_id: "agent:writer",
  model: "sonnet",
  inputs: { topic: "sea" },
  context_consumed: [],
  deadline_at: "2026-01-02T03:35:00.000Z",
  recovered: false,
};
const stage = { stage_id: "stage-0", attempt: 1 };

const events = {
  started: { ...stage, type: "stage_started", data: begun },
  "started again": { ...stage, type: "stage_started", data: { ...begun, recovered: true } },
  completed: {
    ...stage,
    type: "stage_completed",
    data: { outputs: { text: "hi" }, text: "Hi.", handoff_summary: "short", usage, warnings: [] },
  },
  failed: { ...stage, type: "stage_failed", data: { status: "failed", ...gone } },
  "timed out": { ...stage, type: "stage_failed", data: { status: "timed_out", ...gone } },
  cancelled: { ...stage, type: "stage_failed", data: { status: "cancelled", ...gone } },
  retrying: { ...stage, type: "stage_retrying", data: { status: "failed", ...gone, due_at: at } },
  skipped: {
    ...stage,
    type: "stage_skipped",
    data: { cause: "condition", reason: "no need", outputs: { text: null } },
  },
  waiting: {
    stage_id: "stage-0",
    attempt: null,
    type: "gate_waiting",
    data: { deadline_at: begun.deadline_at, message: "Ship it?", approvers: ["ann"] },
  },
  approved: {
    stage_id: "stage-0",
    attempt: null,
    type: "gate_resolved",
    data: { decision: "approved", status: "completed", error_class: null, actor: "ann", comment: "fine" },
  },
  rejected: {
    stage_id: "stage-0",
    attempt: null,
    type: "gate_resolved",
    data: { decision: "rejected", status: "failed", error_class: "rejected", actor: "ann", comment: "no" },
  },
} satisfies Record<string, StageEvent>;
type Name = keyof typeof events;

const ended = { completed_at: at, deadline_at: null };
const failure = { error_class: "agent_error", error_message: "it broke" };

describe("a step, after", () => {
  const table: [Name[], Partial<StepRecord>, attempts: string[]][] = [
    [
      ["started"],
      { status: "running", started_at: at, inputs: begun.inputs, recovered: false },
      ["1 running"],
    ],
    [["started", "started again"], { status: "running", recovered: true, attempt_number: 1 }, ["1 running"]],
    [
      ["started", "completed"],
      {
        status: "completed",
        ...ended,
        outputs: { text: "hi" },
        text: "Hi.",
        handoff_summary: "short",
        usage,
      },
      ["1 completed"],
    ],
    [["started", "failed"], { status: "failed", ...ended, ...failure, usage }, ["1 failed"]],
    [["started", "timed out"], { status: "timed_out", ...ended, ...failure }, ["1 timed_out"]],
    [["started", "cancelled"], { status: "cancelled", ...ended, ...failure }, ["1 cancelled"]],
    [
      ["started", "retrying"],
      { status: "retry_wait", deadline_at: at, completed_at: null, ...failure },
      ["1 failed"],
    ],
    [["started", "retrying", "cancelled"], { status: "cancelled", ...ended }, ["1 failed"]],
    [["failed"], { status: "failed", ...ended, ...failure }, []],
    [
      ["skipped"],
      {
        status: "skipped",
        ...ended,
        skip_cause: "condition",
        skip_reason: "no need",
        outputs: { text: null },
      },
      [],
    ],
    [
      ["waiting"],
      {
        status: "waiting_for_approval",
        deadline_at: begun.deadline_at,
        gate: { message: "Ship it?", approvers: ["ann"] },
      },
      [],
    ],
    [
      ["waiting", "approved"],
      { status: "completed", ...ended, decided_by: "ann", decision_comment: "fine" },
      [],
    ],
    [
      ["waiting", "rejected"],
      { status: "failed", ...ended, error_class: "rejected", error_message: "rejected by ann: no" },
      [],
    ],
  ];

  test.each(table)("%j: %o, attempts %j", (names, expected, attempts) => {
    const step = names.reduce((record, name) => applyToStep(record, events[name], at), pendingStep());
    expect(step).toMatchObject(expected);
    expect(step.attempts.map(({ number, status }) => `${number} ${status}`)).toEqual(attempts);
  });

  test("the end of its execution, is cancelled where it had not settled, and stays what it was else", () => {
    expect(endStep(pendingStep(), at)).toMatchObject({ status: "cancelled", completed_at: at });
    const completed = applyToStep(pendingStep(), events.completed, at);
    expect(endStep(completed, "2026-02-02T00:00:00.000Z")).toBe(completed);
  });
});

describe("an execution, after", () => {
  const whole = {
    paused: { type: "execution_paused", data: { reason: "user" } },
    resumed: { type: "execution_resumed", data: {} },
    over: {
      type: "execution_completed",
      data: { status: "failed", had_failures: true, error_message: "it broke" },
    },
    begun: { type: "execution_started", data: { total: 2 } },
  } satisfies Record<string, ExecutionEvent>;
  const table: [(Name | keyof typeof whole)[], Partial<ExecutionRecord>][] = [
    [["begun"], { status: "running", started_at: at }],
    [["begun", "paused"], { status: "paused" }],
    [["begun", "paused", "resumed"], { status: "running" }],
    [
      ["begun", "over"],
      { status: "failed", had_failures: true, error_message: "it broke", completed_at: at },
    ],
    [["begun", "started"], { progress_done: 0, usage: null }],
    [["begun", "completed"], { progress_done: 1, usage }],
    [["begun", "failed"], { progress_done: 1, usage }],
    [["begun", "cancelled"], { progress_done: 0, usage }],
    [["begun", "retrying"], { progress_done: 0, usage }],
    [["begun", "skipped"], { progress_done: 1, usage: null }],
    [["begun", "waiting"], { progress_done: 0, waiting_gates: ["stage-0"] }],
    [["begun", "waiting", "approved"], { progress_done: 1, waiting_gates: [] }],
    [["begun", "waiting", "cancelled"], { progress_done: 0, waiting_gates: [] }],
    [["begun", "waiting", "over"], { waiting_gates: [] }],
  ];

  test.each(table)("%j: %o", (names, expected) => {
    const all: Record<string, ExecutionEvent> = { ...events, ...whole };
    const execution = names.reduce((record, name) => {
      const event = all[name];
      return event ? applyToExecution(record, event, at) : record;
    }, pendingExecution());
    expect(execution).toMatchObject(expected);
  });
});

function pendingStep(): StepRecord {
  const step = {
    status: "pending",
    started_at: null,
    completed_at: null,
    attempts: [],
    usage: null,
  } as const;
  const [first] = aNewExecution({ stages: 1, step: { ...step, attempts: [] } }).steps;
  if (!first) throw new Error("it has a step");
  return first.record;
}

function pendingExecution(): ExecutionRecord {
  return aNewExecution({ execution: { status: "pending", started_at: null } }).execution.record;
}
