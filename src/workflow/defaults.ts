import type { Draft, DraftDefinition, WrittenDefinition } from "./definition.ts";
import type { Value } from "../expression/value.ts";
import type {
  Budget,
  CommitRule,
  EffectiveDefinition,
  EffectiveGate,
  EffectiveHook,
  EffectiveMemory,
  EffectiveRetry,
  EffectiveRole,
  EffectiveStage,
  Permissions,
  Workspace,
} from "./effective.ts";
import { stageKind } from "./stage-kind.ts";

/** The defaults of every stage. */
export const usual = {
  timeout: "30m",
  model: "opus",
  gateTimeout: "24h",
  permissionTimeout: "24h",
  parkAfter: "30m",
} as const;

type WrittenStage = WrittenDefinition["stages"][number];
type DraftStage = Draft<WrittenStage>;
type DraftRetry = NonNullable<NonNullable<DraftDefinition["error_policy"]>["default_retry"]>;
type DraftMemory = NonNullable<NonNullable<DraftDefinition["context"]>["memory"]>;
type DraftBudget = NonNullable<NonNullable<DraftDefinition["config"]>["budget"]>;
type DraftHook = NonNullable<NonNullable<DraftDefinition["hooks"]>["on_start"]>;
type DraftField = Draft<NonNullable<WrittenStage["inputs"]>[string]>;

const builtInRetry: EffectiveRetry = {
  max_attempts: 2,
  initial_interval: "30s",
  backoff_multiplier: 2,
  max_interval: "5m",
  non_retryable_errors: [],
};

/**
 * Fills in every default of a definition. A missing required value becomes an empty one: a finding reports it, and such
 * a definition is neither planned nor run.
 */
export function withDefaults(written: DraftDefinition): EffectiveDefinition {
  const { config, context, error_policy: policy } = written;
  const defaultRetry = withRetryDefaults(policy?.default_retry, builtInRetry);
  const onStageFailure = policy?.on_stage_failure ?? "halt";
  const workspace = config?.workspace ?? "shared";
  const permissions = config?.permissions ?? "deny";
  const commit = config?.commit ?? "never";
  return {
    workflow: workflowDefaults(written.workflow ?? {}),
    config: {
      parameters: mapEntries(config?.parameters, ({ enum: values, secret, ...field }) => ({
        ...fieldDefaults(field, field.required ?? false),
        enum: isList(values) ? values : null,
        ...(secret === true ? { secret } : {}),
      })),
      timeout: config?.timeout ?? "2h",
      env: mapEntries(config?.env, (text) => text),
      max_parallel: config?.max_parallel ?? null,
      scheduling: config?.scheduling ?? "eager",
      allow_overrides: config?.allow_overrides ?? false,
      workspace,
      permissions,
      commit,
      permissions_approvers: config?.permissions_approvers ?? [],
      permission_timeout: config?.permission_timeout ?? usual.permissionTimeout,
      park_after: config?.park_after ?? usual.parkAfter,
      budget: budgetDefaults(config?.budget),
    },
    context: {
      global_modules: context?.global_modules ?? [],
      memory: context?.memory ? memoryDefaults(context.memory) : null,
    },
    stages: (written.stages ?? []).map((stage) =>
      stageDefaults(stage, { defaultRetry, onStageFailure, workspace, commit, permissions }),
    ),
    error_policy: { default_retry: defaultRetry, on_stage_failure: onStageFailure },
    hooks: mapEntries(written.hooks, hookDefaults),
  };
}

function workflowDefaults(
  workflow: NonNullable<DraftDefinition["workflow"]>,
): EffectiveDefinition["workflow"] {
  return {
    id: workflow.id ?? "",
    name: workflow.name ?? "",
    version: workflow.version ?? "1.0.0",
    description: workflow.description ?? null,
    author: workflow.author ?? null,
    tags: workflow.tags ?? [],
    ui: workflow.ui ? withoutUndefined(workflow.ui) : null,
  };
}

/** The settings that a stage takes from its workflow when it has none of its own. */
interface WorkflowDefaults {
  defaultRetry: EffectiveRetry;
  onStageFailure: EffectiveDefinition["error_policy"]["on_stage_failure"];
  workspace: Workspace;
  permissions: Permissions;
  commit: CommitRule;
}

function stageDefaults(
  stage: DraftStage,
  { defaultRetry, onStageFailure, workspace: usualWorkspace, commit, permissions }: WorkflowDefaults,
): EffectiveStage {
  const { context, error_policy: policy, handoff } = stage;
  // A person decides at a gate, so no agent works there.
  const { isDecided } = stageKind(stage.type ?? "agent");
  const workspace = stage.workspace ?? (isDecided ? "shared" : usualWorkspace);
  return {
    id: stage.id ?? "",
    name: stage.name ?? stage.id ?? "",
    description: stage.description ?? null,
    type: stage.type ?? "agent",
    depends_on: stage.depends_on ?? [],
    condition: stage.condition ?? null,
    roles: stage.roles?.primary
      ? { primary: roleDefaults(stage.roles.primary), tools: stage.roles.tools ?? [] }
      : null,
    inputs: mapEntries(stage.inputs, ({ source, value, ...field }) => ({
      ...fieldDefaults(field, field.required ?? true),
      source: source ?? null,
      ...(isValue(value) && value !== null ? { value } : {}),
    })),
    outputs: mapEntries(stage.outputs, (field) => fieldDefaults(field, field.required ?? true)),
    context: {
      modules: context?.modules ?? [],
      inherit_global: context?.inherit_global ?? true,
      memory: context?.memory ? memoryDefaults(context.memory) : null,
    },
    permissions: stage.permissions ?? (isDecided ? "deny" : permissions),
    workspace,
    // What the workflow says holds for its stages with a worktree.
    commit: stage.commit ?? (workspace === "worktree" && !isDecided ? commit : "never"),
    budget: isDecided ? null : budgetDefaults(stage.budget),
    error_policy: {
      retry: withRetryDefaults(policy?.retry, defaultRetry),
      // A later version will roll back. Until then `rollback` stops, like `halt`.
      on_failure: policy?.on_failure ?? (onStageFailure === "continue" ? "continue" : "halt"),
      timeout: policy?.timeout ?? usual.timeout,
      idle_timeout: policy?.idle_timeout ?? null,
    },
    handoff: {
      format: handoff?.format ?? "structured",
      include_run_log: handoff?.include_run_log ?? false,
      summary_prompt: handoff?.summary_prompt ?? null,
    },
    gate: stage.gate ? gateDefaults(stage.gate) : null,
    ui: stage.ui ? withoutUndefined(stage.ui) : null,
  };
}

function roleDefaults(role: NonNullable<NonNullable<DraftStage["roles"]>["primary"]>): EffectiveRole {
  if (typeof role === "string") {
    return { artifact: role, model: null, instructions: null };
  }
  return {
    artifact: role.artifact ?? "",
    model: role.model ?? null,
    instructions: role.instructions ?? null,
  };
}

function gateDefaults(gate: NonNullable<DraftStage["gate"]>): EffectiveGate {
  return {
    kind: gate.kind ?? "manual_approval",
    approvers: gate.approvers ?? [],
    timeout: gate.timeout ?? usual.gateTimeout,
    on_timeout: gate.on_timeout ?? "halt",
    message: gate.message ?? null,
    on_skip: gate.on_skip ?? "skip_dependents",
  };
}

function memoryDefaults(memory: DraftMemory): EffectiveMemory {
  return {
    project_scope: memory.project_scope ?? "current",
    min_confidence: memory.min_confidence ?? 0.7,
    categories: memory.categories ?? [],
    max_tokens: memory.max_tokens ?? 2000,
  };
}

/** A budget that bounds nothing is none. */
function budgetDefaults(budget: DraftBudget | undefined): Budget | null {
  const [usd, tokens] = [budget?.usd ?? null, budget?.tokens ?? null];
  return usd === null && tokens === null ? null : { usd, tokens };
}

function hookDefaults({ notify, run }: DraftHook): EffectiveHook {
  const call = typeof notify === "string" ? { channel: notify } : notify;
  return {
    notify: call ? { channel: call.channel ?? "", message: call.message ?? null } : null,
    run: run ?? null,
  };
}

function withRetryDefaults(own: DraftRetry | undefined, otherwise: EffectiveRetry): EffectiveRetry {
  return {
    max_attempts: own?.max_attempts ?? otherwise.max_attempts,
    initial_interval: own?.initial_interval ?? otherwise.initial_interval,
    backoff_multiplier: own?.backoff_multiplier ?? otherwise.backoff_multiplier,
    max_interval: own?.max_interval ?? otherwise.max_interval,
    non_retryable_errors: own?.non_retryable_errors ?? [...otherwise.non_retryable_errors],
  };
}

function fieldDefaults(
  field: Omit<DraftField, "source" | "value">,
  required: boolean,
): { type: string; required: boolean; description: string | null; default?: Value } {
  return {
    type: field.type ?? "",
    required,
    description: field.description ?? null,
    ...(isValue(field.default) ? { default: field.default } : {}),
  };
}

/** `default`, `value` and `enum` can be any value, because the tree contains only values. */
function isValue(value: unknown): value is Value {
  return value !== undefined;
}

function isList(value: unknown): value is Value[] {
  return Array.isArray(value);
}

function mapEntries<Key extends string, From, To>(
  named: { [key in Key]?: From | undefined } | undefined,
  make: (from: From) => To,
): Record<Key, To>;
function mapEntries<From, To>(
  named: Record<string, From | undefined> | undefined,
  make: (from: From) => To,
): Record<string, To> {
  const made: Record<string, To> = {};
  for (const [name, value] of Object.entries(named ?? {})) if (value !== undefined) made[name] = make(value);
  return made;
}

/** The fields that have a value. */
function withoutUndefined<T extends object>(fields: T): { [Key in keyof T]: Exclude<T[Key], undefined> } & T;
function withoutUndefined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
