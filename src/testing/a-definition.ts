import type { EffectiveDefinition, EffectiveStage } from "../workflow/effective.ts";

/** A definition with every default; the given fields replace its own. */
export function aDefinition(
  given: Partial<EffectiveDefinition["workflow"]> = {},
  stages = [aStage()],
): EffectiveDefinition {
  return {
    workflow: {
      id: "ship",
      name: "Ship it",
      version: "1.0.0",
      description: null,
      author: null,
      tags: [],
      ui: null,
      ...given,
    },
    config: {
      parameters: {},
      timeout: "1h",
      env: {},
      max_parallel: null,
      scheduling: "batch",
      allow_overrides: true,
      workspace: "shared",
      permissions: "deny",
      commit: "never",
      permissions_approvers: [],
      permission_timeout: "24h",
      park_after: "30m",
      budget: null,
    },
    context: { global_modules: [], memory: null },
    stages,
    error_policy: { default_retry: oneAttempt, on_stage_failure: "halt" },
    hooks: {},
  };
}

export function aStage(given: Partial<EffectiveStage> = {}): EffectiveStage {
  return {
    id: "write",
    name: "Write",
    description: null,
    type: "agent",
    depends_on: [],
    condition: null,
    roles: {
      primary: { artifact: "agent:writer", model: "sonnet", instructions: null },
      tools: [],
    },
    inputs: {},
    outputs: {},
    context: { modules: [], inherit_global: true, memory: null },
    workspace: "shared",
    permissions: "deny",
    commit: "never",
    budget: null,
    error_policy: { retry: oneAttempt, on_failure: "halt", timeout: "30m", idle_timeout: null },
    handoff: { format: "structured", include_run_log: false, summary_prompt: null },
    gate: null,
    ui: null,
    ...given,
  };
}

const oneAttempt = {
  max_attempts: 1,
  initial_interval: "1s",
  backoff_multiplier: 2,
  max_interval: "1m",
  non_retryable_errors: [],
};
