import type { Value } from "../expression/value.ts";

/** The definition with every default filled in, which the plan and the engine use. Fields are named as in the file. */
export interface EffectiveDefinition {
  workflow: {
    id: string;
    name: string;
    version: string;
    description: string | null;
    author: string | null;
    tags: string[];
    ui: { color?: string; icon?: string } | null;
  };
  config: {
    parameters: Record<string, EffectiveParameter>;
    timeout: string;
    env: Record<string, string>;
    max_parallel: number | null;
    scheduling: "batch" | "eager";
    allow_overrides: boolean;
    workspace: Workspace;
    permissions: Permissions;
    commit: CommitRule;
    /** Who may decide what agents ask for; empty: everybody. */
    permissions_approvers: string[];
    /** After this time such a request is rejected. */
    permission_timeout: string;
    /** After this time an agent that waits for an answer is stopped; the answer starts it again. */
    park_after: string;
    /** Of the whole execution; null: it has none. */
    budget: Budget | null;
  };
  context: { global_modules: string[]; memory: EffectiveMemory | null };
  stages: EffectiveStage[];
  error_policy: { default_retry: EffectiveRetry; on_stage_failure: "halt" | "continue" | "rollback" };
  hooks: Partial<Record<HookName, EffectiveHook>>;
}

export interface EffectiveParameter {
  type: string;
  required: boolean;
  default?: Value;
  description: string | null;
  enum: Value[] | null;
  /** Present only when true. */
  secret?: true;
}

export const stageTypes = ["agent", "gate", "fan_out"] as const;
export type StageType = (typeof stageTypes)[number];

export interface EffectiveStage {
  id: string;
  name: string;
  description: string | null;
  type: StageType;
  depends_on: string[];
  condition: string | null;
  roles: { primary: EffectiveRole; tools: string[] } | null;
  inputs: Record<string, EffectiveInput>;
  outputs: Record<string, EffectiveOutput>;
  context: { modules: string[]; inherit_global: boolean; memory: EffectiveMemory | null };
  workspace: Workspace;
  permissions: Permissions;
  commit: CommitRule;
  /** Of all attempts of the stage; null: it has none of its own. */
  budget: Budget | null;
  /** `idle_timeout`: null when an agent may be silent for any time. */
  error_policy: {
    retry: EffectiveRetry;
    on_failure: OnFailure;
    timeout: string;
    idle_timeout: string | null;
  };
  handoff: {
    format: "structured" | "markdown" | "raw";
    include_run_log: boolean;
    summary_prompt: string | null;
  };
  gate: EffectiveGate | null;
  ui: { position?: [number, number]; color?: string; icon?: string } | null;
}

/**
 * Where an agent works: in the run's working directory together with the others, or in its stage's own git worktree.
 */
export type Workspace = "shared" | "worktree";

/**
 * What follows when an agent wants to do something that no rule of its tools allows. `deny`: it is denied, and the
 * agent goes on; `fail`: it is denied, and the attempt fails when it ends; `ask`: people decide while the agent waits.
 */
export type Permissions = "deny" | "fail" | "ask";
/** When the engine commits what a stage has changed in its worktree. */
export type CommitRule = "never" | "success";

/** What may be spent: dollars, and tokens that were not read from a cache. Null: as much as it takes. */
export interface Budget {
  usd: number | null;
  tokens: number | null;
}

export type OnFailure = "halt" | "continue" | "skip_dependents";

export interface EffectiveRole {
  artifact: string;
  /** Null when the stage names none: then the agent's model is used, else the default one. */
  model: string | null;
  instructions: string | null;
}

export interface EffectiveInput {
  type: string;
  source: string | null;
  /** A literal instead of a source; never null. */
  value?: Value;
  required: boolean;
  description: string | null;
  default?: Value;
}

export interface EffectiveOutput {
  type: string;
  required: boolean;
  description: string | null;
  default?: Value;
}

export interface EffectiveRetry {
  max_attempts: number;
  initial_interval: string;
  backoff_multiplier: number;
  max_interval: string;
  non_retryable_errors: string[];
}

export interface EffectiveMemory {
  project_scope: string;
  min_confidence: number;
  categories: string[];
  max_tokens: number;
}

export interface EffectiveGate {
  kind: string;
  approvers: string[];
  timeout: string;
  on_timeout: "halt" | "auto_approve" | "reject";
  message: string | null;
  on_skip: "skip_dependents" | "proceed";
}

export const hookNames = ["on_start", "on_complete", "on_failure", "on_gate"] as const;
export type HookName = (typeof hookNames)[number];

export interface EffectiveHook {
  notify: { channel: string; message: string | null } | null;
  run: string | null;
}
