import { aDefinition } from "./a-definition.ts";
import type { StoredEvent } from "../execution/event.ts";
import { storedEvent, type EventParts } from "../execution/stored-event.ts";
import type { ExecutionRecord, StepRecord } from "../execution/record.ts";
import type { ExecutionUpdate, NewExecution } from "../store/transitions.ts";

export interface ExecutionShape {
  stages?: number;
  execution?: Partial<ExecutionRecord>;
  step?: Partial<StepRecord>;
}

/** A new execution with its steps, its first event and a unique id; the given fields replace its own. */
export function aNewExecution({ stages = 2, execution = {}, step = {} }: ExecutionShape = {}): NewExecution {
  const record: ExecutionRecord = { ...plainExecution(stages), ...execution };
  return {
    execution: { record, machine: '{"value":"running"}' },
    steps: Array.from({ length: stages }, (_, position) => ({
      record: { ...plainStep(record.run_id, position), ...step },
      machine: '{"value":"pending"}',
    })),
    snapshot: { hash: record.snapshot_hash, definition: definitionOf(record), agents: {}, modules: {} },
    events: [anEvent(record.run_id, 1, { type: "execution_started", data: { total: stages } })],
    held: true,
  };
}

/** A small transition of a run: its first step starts, with two events. It changes `run` like the engine would. */
export function anUpdate(run: NewExecution, given: Partial<ExecutionUpdate> = {}): ExecutionUpdate {
  const { record, machine } = run.execution;
  const first = run.steps[0];
  const seq = record.last_event;
  const events = [
    anEvent(record.run_id, seq + 1, { type: "stage_completed", stage_id: "stage-0", attempt: 1 }),
    anEvent(record.run_id, seq + 2, { type: "stage_started", stage_id: "stage-0", attempt: 1 }),
  ];
  const kept = given.events ?? events;
  record.last_event = seq + kept.length + (given.logs?.length ?? 0);
  return {
    execution: { record: { ...record }, machine },
    steps: first ? [first] : [],
    events: kept,
    logs: [],
    offsets: [],
    answers: [],
    release: false,
    ...given,
  };
}

export function anEvent(runId: string, seq: number, given: Partial<EventParts> = {}): StoredEvent {
  return storedEvent({
    seq,
    run_id: runId,
    type: "stage_started",
    stage_id: null,
    attempt: null,
    at: "2026-01-02T03:04:05.006Z",
    data: {},
    ...given,
  });
}

function plainExecution(stages: number): ExecutionRecord {
  return {
    run_id: Bun.randomUUIDv7(),
    workflow_id: null,
    workflow_slug: "ship",
    workflow_name: "Ship it",
    workflow_version: "1.0.0",
    definition_hash: "d".repeat(64),
    snapshot_hash: "5".repeat(64),
    status: "running",
    had_failures: false,
    trigger: "manual",
    parameters: { feature: "search" },
    overrides: null,
    options: {
      workdir: "/tmp",
      dispatcher: null,
      script: null,
      sim_delay_ms: 0,
      env: {},
      context_modules: [],
    },
    progress_done: 0,
    progress_total: stages,
    waiting_gates: [],
    started_at: "2026-01-02T03:04:05.006Z",
    completed_at: null,
    error_message: null,
    parent_id: null,
    last_event: 1,
    usage: null,
    budget: null,
    pause_reason: null,
    created_at: "2026-01-02T03:04:05.000Z",
    updated_at: "2026-01-02T03:04:05.006Z",
  };
}

function plainStep(runId: string, position: number): StepRecord {
  return {
    run_id: runId,
    stage_id: `stage-${position}`,
    stage_name: `Stage ${position}`,
    type: "agent",
    batch: position + 1,
    position,
    status: "pending",
    attempt_number: 1,
    agent_id: "agent:writer",
    model: "sonnet",
    inputs: null,
    outputs: null,
    context_consumed: [],
    text: null,
    handoff_summary: null,
    workspace: null,
    error_message: null,
    error_class: null,
    skip_reason: null,
    skip_cause: null,
    gate: null,
    started_at: null,
    completed_at: null,
    deadline_at: null,
    recovered: false,
    reused: false,
    permission_requests: [],
    decided_by: null,
    decision_comment: null,
    attempts: [],
    usage: null,
  };
}

function definitionOf(record: ExecutionRecord): NewExecution["snapshot"]["definition"] {
  const { workflow_slug: id, workflow_name: name, workflow_version: version } = record;
  return aDefinition({ id, name, version });
}
