import type { StepRecord } from "../execution/record.ts";
import { usedModel } from "../workflow/used-model.ts";
import { agentOf, type Blueprint, type StageBlueprint } from "./blueprint.ts";
import { stageKind } from "../workflow/stage-kind.ts";

/** The record of a step that has not begun. */
export function freshStep(
  runId: string,
  { stage, batch, position }: StageBlueprint,
  agents: Blueprint["agents"],
): StepRecord {
  const role = stage.roles?.primary ?? null;
  return {
    run_id: runId,
    stage_id: stage.id,
    stage_name: stage.name,
    type: stageKind(stage.type).step,
    batch,
    position,
    status: "pending",
    attempt_number: 1,
    agent_id: role?.artifact ?? null,
    model: role ? usedModel(role, agentOf(agents, role.artifact)) : null,
    inputs: null,
    outputs: null,
    context_consumed: [],
    text: null,
    handoff_summary: null,
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
    workspace: null,
  };
}
