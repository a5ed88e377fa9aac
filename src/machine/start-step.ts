import type { ContextConsumed } from "../execution/record.ts";
import { usedModel } from "../workflow/used-model.ts";
import { agentOf } from "./blueprint.ts";
import type { ExecutionState, StepState, StopReason } from "./execution-state.ts";
import { isoTime, type Moment } from "./moment.ts";
import { tellStep } from "./tell-actor.ts";

/** Begins the next attempt of a step that has a place; its agent starts once that is on disk. */
export function startStep(
  execution: ExecutionState,
  step: StepState,
  moment: Moment,
  context_consumed: ContextConsumed[],
): void {
  const role = step.plan.stage.roles?.primary;
  const facts = {
    agent_id: role?.artifact ?? "",
    model: role ? usedModel(role, agentOf(execution.blueprint.agents, role.artifact)) : "",
    inputs: step.inputs ?? {},
    context_consumed,
    deadline_at: isoTime(moment.atMs + step.plan.timeoutMs),
  };
  step.attempt = { stopping: null, spent: null };
  tellStep(execution, step, { type: "START", facts }, moment.at);
  execution.changes.effects.push({ kind: "dispatch", stage_id: step.record.stage_id, recovered: false });
}

/** Takes over the attempt of a running step from an engine that is gone. */
export function adoptStep(execution: ExecutionState, step: StepState): void {
  step.attempt = { stopping: null, spent: null };
  execution.changes.effects.push({ kind: "dispatch", stage_id: step.record.stage_id, recovered: true });
}

/** Tells a running step's agent to stop. */
export function stopStep(execution: ExecutionState, step: StepState, why: StopReason): void {
  if (!step.attempt) return;
  if (step.attempt.stopping === null)
    execution.changes.effects.push({ kind: "stop", stage_id: step.record.stage_id });
  step.attempt.stopping = why;
}
