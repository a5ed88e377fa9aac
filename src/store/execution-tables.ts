import { sql } from "drizzle-orm";
import {
  check,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { eventTypes, logStreams, type StoredEvent } from "../execution/event.ts";
import { skipCauses } from "../execution/record.ts";
import { executionStatuses, pauseReasons, stepStatuses } from "../execution/status.ts";
import { workflows } from "./workflow-tables.ts";

/** When an execution started, or was made if it has not started yet. Lists are sorted by it; it is never null. */
export const startedOrCreated = sql`coalesce(started_at, created_at)`;

/** `status in (…)` is avoided: SQLite would take the index by status for it, and sort. */
export const notEnded = sql`status not in ('completed', 'failed', 'cancelled')`;

/** The definition, agents and modules of an execution; executions that have the same ones share one row. */
export const executionSnapshots = sqliteTable("execution_snapshots", {
  hash: text().primaryKey(),
  definition_json: text().notNull(),
  agents_json: text().notNull(),
  modules_json: text().notNull(),
});

export const workflowExecutions = sqliteTable(
  "workflow_executions",
  {
    id: text().primaryKey(),
    workflow_id: text().references(() => workflows.id, { onDelete: "set null" }),
    workflow_slug: text().notNull(),
    workflow_name: text().notNull(),
    workflow_version: text().notNull(),
    workflow_definition_hash: text().notNull(),
    snapshot_hash: text()
      .notNull()
      .references(() => executionSnapshots.hash),
    status: text({ enum: executionStatuses }).notNull(),
    had_failures: integer().notNull(),
    trigger: text({ enum: ["manual", "scheduled", "api"] }).notNull(),
    parameters_json: text().notNull(),
    overrides_json: text(),
    options_json: text().notNull(),
    progress_done: integer().notNull(),
    progress_total: integer().notNull(),
    waiting_gates_json: text().notNull(),
    started_at: text(),
    completed_at: text(),
    error_message: text(),
    parent_id: text(),
    last_event: integer().notNull(),
    usage_json: text(),
    created_at: text().notNull(),
    updated_at: text().notNull(),
    // The big column is last, so that the columns that are read more often are found without walking over it.
    machine_json: text().notNull(),
    budget_json: text(),
    pause_reason: text({ enum: pauseReasons }),
  },
  (t) => [
    index("executions_started").on(startedOrCreated, t.id),
    index("executions_workflow").on(t.workflow_id, startedOrCreated, t.id),
    index("executions_workflow_status").on(t.workflow_id, t.status, startedOrCreated, t.id),
    index("executions_slug").on(t.workflow_slug, startedOrCreated, t.id),
    index("executions_status").on(t.status, startedOrCreated, t.id),
    index("executions_trigger").on(t.trigger, startedOrCreated, t.id),
    index("executions_name").on(t.workflow_name, startedOrCreated, t.id),
    index("executions_live").on(startedOrCreated, t.id).where(notEnded),
    index("executions_snapshot").on(t.snapshot_hash),
    check(
      "executions_status",
      sql`status in ('pending', 'running', 'paused', 'completed', 'failed', 'cancelled')`,
    ),
    check("executions_trigger", sql`"trigger" in ('manual', 'scheduled', 'api')`),
    // The third is a reason that a later version has.
    check("executions_pause_reason", sql`pause_reason in ('user', 'budget', 'secrets')`),
    check("executions_had_failures", sql`had_failures in (0, 1)`),
  ],
);

export const executionSteps = sqliteTable(
  "execution_steps",
  {
    id: text().primaryKey(),
    execution_id: text()
      .notNull()
      .references(() => workflowExecutions.id, { onDelete: "cascade" }),
    stage_id_ref: text().notNull(),
    stage_name: text().notNull(),
    step_type: text({ enum: ["agent", "gate"] }).notNull(),
    batch: integer().notNull(),
    position: integer().notNull(),
    status: text({ enum: stepStatuses }).notNull(),
    attempt_number: integer().notNull().default(1),
    agent_id: text(),
    model: text(),
    error_message: text(),
    error_class: text(),
    skip_reason: text(),
    started_at: text(),
    completed_at: text(),
    duration_seconds: real(),
    deadline_at: text(),
    recovered: integer().notNull(),
    reused: integer().notNull(),
    decided_by: text(),
    decision_comment: text(),
    usage_json: text(),
    logs_json: text(),
    stdout_offset: integer().notNull().default(0),
    stderr_offset: integer().notNull().default(0),
    created_at: text().notNull(),
    updated_at: text().notNull(),
    attempts_json: text().notNull(),
    context_consumed_json: text(),
    inputs_json: text(),
    outputs_json: text(),
    handoff_summary: text(),
    text: text(),
    machine_json: text().notNull(),
    skip_cause: text({ enum: skipCauses }),
    gate_json: text(),
    workspace_json: text(),
    permission_requests_json: text().notNull().default("[]"),
  },
  (t) => [
    uniqueIndex("execution_steps_stage").on(t.execution_id, t.stage_id_ref),
    index("execution_steps_position").on(t.execution_id, t.position),
    check(
      "execution_steps_status",
      sql`status in ('pending', 'running', 'retry_wait', 'waiting_for_approval',
        'completed', 'failed', 'timed_out', 'cancelled', 'skipped')`,
    ),
    check("execution_steps_type", sql`step_type in ('agent', 'gate')`),
    check("execution_steps_skip_cause", sql`skip_cause in ('condition', 'dependency')`),
    check("execution_steps_flags", sql`recovered in (0, 1) and reused in (0, 1)`),
  ],
);

export const events = sqliteTable(
  "events",
  {
    id: integer().primaryKey(),
    execution_id: text()
      .notNull()
      .references(() => workflowExecutions.id, { onDelete: "cascade" }),
    seq: integer().notNull(),
    type: text({ enum: eventTypes }).notNull().$type<StoredEvent["type"]>(),
    stage_id: text(),
    attempt: integer(),
    at: text().notNull(),
    data_json: text().notNull(),
  },
  (t) => [uniqueIndex("events_seq").on(t.execution_id, t.seq)],
);

export const logLines = sqliteTable(
  "log_lines",
  {
    execution_id: text()
      .notNull()
      .references(() => workflowExecutions.id, { onDelete: "cascade" }),
    seq: integer().notNull(),
    stage_id: text().notNull(),
    attempt: integer().notNull(),
    at: text().notNull(),
    stream: text({ enum: logStreams }).notNull(),
    text: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.execution_id, t.seq] }),
    index("log_lines_stage").on(t.execution_id, t.stage_id, t.seq),
    check("log_lines_stream", sql`stream in ('agent', 'stdout', 'stderr', 'system')`),
  ],
);

export const signals = sqliteTable(
  "signals",
  {
    // The order of posting; two signals of one millisecond are told apart by nothing else.
    number: integer().primaryKey(),
    id: text().notNull(),
    execution_id: text()
      .notNull()
      .references(() => workflowExecutions.id, { onDelete: "cascade" }),
    signal_json: text().notNull(),
    created_at: text().notNull(),
    answer_json: text(),
    answered_at: text(),
  },
  (t) => [
    uniqueIndex("signals_id").on(t.id),
    index("signals_execution").on(t.execution_id),
    index("signals_pending")
      .on(t.execution_id, t.number)
      .where(sql`answer_json is null`),
  ],
);

/** A process that may drive executions. Pid, start time and boot id identify it for good. */
export const holders = sqliteTable("holders", {
  id: text().primaryKey(),
  pid: integer().notNull(),
  process_start: text().notNull(),
  boot_id: text().notNull(),
  kind: text().notNull(),
  heartbeat_at: text().notNull(),
});

/** Which process drives an execution. The revision grows with every commit of that process. */
export const leases = sqliteTable(
  "leases",
  {
    execution_id: text()
      .primaryKey()
      .references(() => workflowExecutions.id, { onDelete: "cascade" }),
    holder_id: text()
      .notNull()
      .references(() => holders.id, { onDelete: "cascade" }),
    revision: integer().notNull(),
  },
  (t) => [index("leases_holder").on(t.holder_id)],
);

/**
 * The request of a start with an `Idempotency-Key`. The row is written before the execution and names the execution's
 * id, so that after a crash in between it is certain whether it was made.
 */
export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    scope: text().notNull(),
    key: text().notNull(),
    request_hash: text().notNull(),
    run_id: text().notNull(),
    created_at: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.scope, t.key] }), index("idempotency_keys_created").on(t.created_at)],
);

/**
 * Executions that have been pruned, as long as something of them is left: events, log lines, files. Nothing refers to
 * them any more.
 */
export const prunedExecutions = sqliteTable("pruned_executions", { execution_id: text().primaryKey() });
