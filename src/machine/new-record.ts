import type { ExecutionRecord } from "../execution/record.ts";
import type { Blueprint } from "./blueprint.ts";

type StartFacts = Pick<
  ExecutionRecord,
  "definition_hash" | "workflow_id" | "parameters" | "overrides" | "trigger" | "options"
>;

/** The record of an execution that has not begun. `at`: ISO 8601 UTC. */
export function newRecord(
  { runId, at }: { runId: string; at: string },
  { definition, hash, stages }: Blueprint,
  { definition_hash, workflow_id, parameters, overrides, trigger, options }: StartFacts,
): ExecutionRecord {
  const { workflow } = definition;
  return {
    run_id: runId,
    workflow_id,
    workflow_slug: workflow.id,
    workflow_name: workflow.name,
    workflow_version: workflow.version,
    definition_hash,
    snapshot_hash: hash,
    status: "pending",
    had_failures: false,
    trigger,
    parameters,
    overrides,
    options,
    progress_done: 0,
    progress_total: stages.length,
    waiting_gates: [],
    started_at: null,
    completed_at: null,
    error_message: null,
    parent_id: null,
    last_event: 0,
    usage: null,
    budget: definition.config.budget ?? null,
    pause_reason: null,
    created_at: at,
    updated_at: at,
  };
}
