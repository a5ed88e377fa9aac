import { logStreams } from "../../execution/event.ts";
import { Type } from "@sinclair/typebox";
import { executionStatuses, pauseReasons, stepStatuses } from "../../execution/status.ts";
import { longestActor, longestComment } from "../../operation/decide-gate.ts";
import { closed, Id, Json, JsonObject, nullable, oneOf, pageOf, Time } from "./schemas.ts";

const Cost = Type.Object(
  {
    usd: nullable(Type.Number({ description: "null: unknown, which is not 0" })),
    input_tokens: nullable(Type.Integer()),
    output_tokens: nullable(Type.Integer()),
    basis: oneOf(["reported", "price_table", "unknown"]),
  },
  closed,
);

const ExecutionCost = Type.Object(
  {
    ...Cost.properties,
    budget: nullable(
      Type.Object(
        {
          usd: nullable(Type.Number()),
          tokens: nullable(Type.Integer()),
          spent_ratio: nullable(
            Type.Number({ description: "of the limit that is used most; null: unknown" }),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
);

const Attempt = Type.Object(
  {
    number: Type.Integer({ description: "from 1" }),
    status: oneOf(stepStatuses),
    started_at: Time,
    completed_at: nullable(Time),
    error_class: nullable(Type.String()),
    error_message: nullable(Type.String()),
    handed_in: nullable(
      Type.Object(
        {
          outputs: Type.Unknown({
            description: "as they were given; a text where they are none, or too long",
          }),
          text: nullable(Type.String()),
          exit_code: nullable(Type.Integer()),
        },
        { ...closed, description: "what an attempt that failed had handed in, each at most 64 KiB" },
      ),
    ),
    cost: Cost,
  },
  closed,
);

const PermissionRequest = Type.Object(
  {
    id: Type.String(),
    tool: Type.String(),
    title: Type.String(),
    input: Json,
    reason: nullable(Type.String()),
    asked_at: Time,
    approvers: Type.Array(Type.String(), { description: "who may decide; empty: everybody" }),
    deadline_at: Time,
    status: oneOf(["waiting", "approved", "rejected", "withdrawn"]),
    decided_by: nullable(Type.String()),
    comment: nullable(Type.String()),
  },
  { $id: "PermissionRequest", ...closed },
);

export const Step = Type.Object(
  {
    stage_id: Type.String(),
    stage_name: Type.String(),
    type: oneOf(["agent", "gate"]),
    batch: Type.Integer({ description: "from 1" }),
    status: oneOf(stepStatuses),
    attempt_number: Type.Integer(),
    agent_id: nullable(Type.String()),
    model: nullable(Type.String()),
    inputs: nullable(JsonObject),
    outputs: nullable(JsonObject),
    context_consumed: Type.Array(
      Type.Object(
        { module_id: Type.String(), name: Type.String(), tokens: Type.Number(), bytes: Type.Number() },
        closed,
      ),
    ),
    text: nullable(Type.String({ description: "the agent's own text, or its summary" })),
    handoff_summary: nullable(Type.String()),
    workspace: nullable(
      Type.Object(
        {
          branch: Type.String(),
          commit: nullable(Type.String({ description: "null where the branch has no commit of its own" })),
          changed_files: Type.Array(Type.String(), {
            description: "paths in the repository; at most 1,000, and 64 KiB of them",
          }),
        },
        { ...closed, description: "what a stage with a git worktree of its own has changed" },
      ),
    ),
    error_message: nullable(Type.String()),
    error_class: nullable(Type.String()),
    skip_reason: nullable(Type.String()),
    started_at: nullable(Time),
    completed_at: nullable(Time),
    duration_seconds: nullable(Type.Number()),
    deadline_at: nullable(Time),
    recovered: Type.Boolean(),
    reused: Type.Boolean(),
    waiting_for: nullable(
      Type.Literal("permission", { description: "a running step that waits for people" }),
    ),
    permission_requests: Type.Array(PermissionRequest, {
      description: "those that wait, and the last decided ones",
    }),
    decided_by: nullable(Type.String()),
    decision_comment: nullable(Type.String()),
    attempts: Type.Array(Attempt),
    cost: Cost,
  },
  { $id: "Step", ...closed },
);

export const Execution = Type.Object(
  {
    run_id: Id,
    workflow_id: nullable(Id),
    workflow_name: Type.String(),
    workflow_version: Type.String(),
    definition_hash: Type.String(),
    status: oneOf(executionStatuses),
    had_failures: Type.Boolean(),
    trigger: oneOf(["manual", "scheduled", "api"]),
    parameters: JsonObject,
    overrides: nullable(JsonObject),
    workdir: Type.String({ description: "where its agents work" }),
    progress: Type.Object({ done: Type.Integer(), total: Type.Integer() }, closed),
    waiting_gates: Type.Array(Type.String()),
    started_at: nullable(Time),
    completed_at: nullable(Time),
    duration_seconds: nullable(Type.Number()),
    error_message: nullable(Type.String()),
    pause_reason: nullable(oneOf(pauseReasons)),
    parent_id: nullable(Id),
    last_event: Type.Integer({ description: "number of the newest event" }),
    driver: nullable(
      Type.Object(
        { pid: Type.Integer(), kind: oneOf(["serve", "run", "background"]), alive: Type.Boolean() },
        { ...closed, description: "the process that drives it; null when it has ended, or none does" },
      ),
    ),
    cost: ExecutionCost,
    steps: Type.Array(Step, { description: "in the order of the file" }),
  },
  { $id: "Execution", ...closed },
);
const ListedExecution = Type.Omit(Execution, ["steps"], {
  $id: "ListedExecution",
  ...closed,
  description: "as an item of a list: without steps",
});
export const ExecutionPage = pageOf(ListedExecution, "ExecutionPage");

export const Event = Type.Object(
  {
    seq: Type.Integer({ description: "from 1, without gap in one execution" }),
    run_id: Id,
    type: oneOf([
      "execution_started",
      "stage_started",
      "stage_completed",
      "stage_failed",
      "stage_skipped",
      "stage_retrying",
      "gate_waiting",
      "gate_resolved",
      "log_line",
      "execution_paused",
      "execution_resumed",
      "execution_completed",
      "budget_warning",
    ]),
    stage_id: nullable(Type.String()),
    attempt: nullable(Type.Integer()),
    at: Time,
    data: Json,
  },
  { $id: "Event", ...closed },
);

export const LogPage = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          seq: Type.Integer({ description: "of the execution's sequence of events" }),
          run_id: Id,
          stage_id: Type.String(),
          attempt: Type.Integer(),
          at: Time,
          stream: oneOf(logStreams),
          text: Type.String(),
        },
        closed,
      ),
      { description: "oldest first" },
    ),
    has_more: Type.Boolean({
      description: "true: there are more lines of the kind (before these, with tail)",
    }),
    next_after: nullable(Type.Integer({ description: "give it as after to go on" })),
    total_lines: Type.Integer({ description: "of the whole log, unfiltered" }),
    total_bytes: Type.Integer(),
    cut: Type.Object(
      { lines: Type.Integer(), bytes: Type.Integer() },
      { ...closed, description: "what was too much to keep" },
    ),
  },
  { $id: "LogPage", ...closed },
);

export const DecisionBody = Type.Object(
  {
    actor: Type.Optional(Type.String({ minLength: 1, maxLength: longestActor, description: "who decides" })),
    comment: Type.Optional(nullable(Type.String({ maxLength: longestComment }))),
    request_id: Type.Optional(
      nullable(
        Type.String({ maxLength: 500, description: "of what an agent asks for; without it: the oldest one" }),
      ),
    ),
    always: Type.Optional(
      Type.Boolean({ description: "an approval covers the same tool for the rest of the stage" }),
    ),
  },
  { $id: "DecisionRequest", ...closed },
);
export const CancelBody = Type.Object(
  { reason: Type.Optional(nullable(Type.String({ maxLength: 1000 }))) },
  { $id: "CancelRequest", ...closed },
);
export const ResumeBody = Type.Object(
  {
    budget: Type.Optional(
      Type.Object(
        {
          usd: Type.Optional(Type.Number({ minimum: 0.000001, maximum: 1_000_000 })),
          tokens: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 })),
        },
        { ...closed, minProperties: 1, description: "what the execution may spend in all from now on" },
      ),
    ),
  },
  { $id: "ResumeRequest", ...closed },
);
export const EmptyBody = Type.Object({}, { $id: "Nothing", ...closed });
export const RerunBody = Type.Object(
  {
    from_failed: Type.Optional(Type.Boolean({ description: "keep what completed" })),
    from_stage: Type.Optional(Type.String({ description: "keep what completed before this stage" })),
    fresh: Type.Optional(
      Type.Boolean({
        description:
          "with from_failed: agents that had used up their budget or time do not go on in their sessions",
      }),
    ),
    parameters: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: "the secret ones, which are not kept once an execution has ended",
      }),
    ),
  },
  { $id: "RerunRequest", ...closed },
);
