import type { StartRequest } from "../engine/engine.ts";
import { aDefinition, aStage } from "../testing/a-definition.ts";
import type { Budget, EffectiveDefinition, EffectiveStage } from "../workflow/effective.ts";
import type { StagePlan, WorkflowPlan } from "./scenario.ts";

/** What a start of one of a scenario's workflows takes. `number`: its place among them, which its agents bear. */
export function startRequest(plan: WorkflowPlan, number: number, runId: string): StartRequest {
  return {
    definition: workflowDefinition(plan, number),
    definition_hash: "d".repeat(64),
    workflow_id: null,
    parameters: {},
    overrides: null,
    trigger: "manual",
    agents: {},
    modules: {},
    run_id: runId,
    options: {
      workdir: "/nowhere",
      dispatcher: "scripted",
      script: null,
      sim_delay_ms: 0,
      env: {},
      context_modules: [],
    },
  };
}

/** The place of an agent's workflow among those of its scenario. */
export function workflowOf(agentRef: string): number {
  return Number(agentRef.split(":")[1]);
}

function workflowDefinition(plan: WorkflowPlan, number: number): EffectiveDefinition {
  const { scheduling, max_parallel, timeout_ms, stages } = plan;
  const plain = aDefinition(
    { id: `simulated-${number}` },
    stages.map((stage) => stageDefinition(stage, number)),
  );
  const limits = { max_parallel, timeout: `${timeout_ms}ms`, budget: budgetOf(plan) };
  const config = { ...plain.config, scheduling, ...limits };
  const notify = { notify: { channel: "all", message: null }, run: null };
  return { ...plain, config, hooks: { on_start: notify, on_complete: notify, on_failure: notify } };
}

function budgetOf({ budget: tokens = null }: WorkflowPlan | StagePlan): Budget | null {
  return tokens === null ? null : { usd: null, tokens };
}

function stageDefinition(stage: StagePlan, number: number): EffectiveStage {
  const { id, depends_on, condition, gate } = stage;
  const common = { id, name: id, depends_on, condition };
  const error_policy = {
    retry: {
      max_attempts: stage.retry.attempts,
      initial_interval: `${stage.retry.wait_ms}ms`,
      backoff_multiplier: 2,
      max_interval: "1h",
      non_retryable_errors: [],
    },
    on_failure: stage.on_failure,
    timeout: `${stage.timeout_ms}ms`,
    idle_timeout: null,
  };
  if (gate) {
    const { on_timeout, on_skip, approvers } = gate;
    const plan = {
      kind: "manual",
      approvers,
      timeout: `${stage.timeout_ms}ms`,
      on_timeout,
      message: null,
      on_skip,
    };
    return aStage({ ...common, type: "gate", roles: null, gate: plan, error_policy });
  }
  const source = stage.input_from === null ? null : `stages.${stage.input_from}.outputs.given`;
  const text = { type: "string", required: true, description: null };
  return aStage({
    ...common,
    roles: { primary: { artifact: `agent:${number}`, model: "sonnet", instructions: null }, tools: [] },
    inputs: source === null ? {} : { given: { ...text, source } },
    outputs: { given: text },
    budget: budgetOf(stage),
    error_policy,
    handoff: {
      format: "structured",
      include_run_log: false,
      summary_prompt: stage.has_summary ? "Sum it up" : null,
    },
  });
}
