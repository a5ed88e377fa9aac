import type { Value } from "../expression/value.ts";
import type { ArtifactLookup } from "./artifact-lookup.ts";
import { parseDuration } from "./duration.ts";
import type {
  Budget,
  CommitRule,
  EffectiveDefinition,
  EffectiveGate,
  EffectiveRetry,
  EffectiveStage,
  OnFailure,
  Permissions,
  Workspace,
} from "./effective.ts";
import type { Finding, ValidationResult } from "./finding.ts";
import { batchesOf, criticalPath } from "./graph.ts";
import { usedModel } from "./used-model.ts";
import { isSecretName, mask, shownParameter } from "./secret-name.ts";
import { stageKind } from "./stage-kind.ts";

/** What would run: the resolved parameters, with secrets masked, and the stages in batches. Nothing has run. */
export interface Plan {
  workflow: { id: string; name: string; version: string };
  /** Of the whole execution; null: it has none. */
  budget: Budget | null;
  parameters: PlanParameter[];
  batches: PlanBatch[];
  critical_path: string[];
  estimated_seconds: number;
  overrides: AppliedOverride[];
  artifacts: PlanArtifact[];
  validation: ValidationResult;
  /**
   * Why stages could not start here. Absent when the plan was made without a place to run in, so nothing was checked.
   */
  preflight: Finding[];
}

export interface PlanParameter {
  name: string;
  value: Value;
  origin: "given" | "override" | "default";
}

export interface PlanBatch {
  /** Counts from 1. */
  index: number;
  kind: "sequential" | "parallel" | "conditional" | "gate";
  stages: PlanStage[];
}

export interface PlanStage {
  id: string;
  name: string;
  type: "agent" | "gate";
  agent: string | null;
  /** Null for a gate, and where its program is told no model and uses its own. */
  model: string | null;
  tools: string[];
  /** At most one of `source` and `value` is not null. */
  inputs: { name: string; source: string | null; value: Value }[];
  outputs: string[];
  context_modules: string[];
  memory_max_tokens: number | null;
  workspace: Workspace;
  permissions: Permissions;
  commit: CommitRule;
  budget: Budget | null;
  condition: string | null;
  /** As in the definition, such as "90m". */
  timeout: string;
  timeout_seconds: number;
  /** Null when its agent may be silent for any time. */
  idle_timeout: string | null;
  retry: EffectiveRetry | null;
  on_failure: OnFailure;
  depends_on: string[];
  gate: EffectiveGate | null;
  /** Null for a gate, for an agent that is not found, and where the plan was made without a place to run in. */
  start: PlanStart | null;
}

/** What is started for a stage here; its model and its `permissions` are those of the stage. */
export interface PlanStart {
  dispatcher: string;
  /** Absolute path; null: no program is started, or it cannot be. */
  program: string | null;
  /** Null: the program is not asked for its version, or has none. */
  version: string | null;
  /** Those of the agent's file, then the stage's. */
  tools: string[];
  /** What decides which tool calls are allowed: these tools as rules, or a sandbox; null: nothing does. */
  allows: "rules" | "sandbox" | null;
}

export interface AppliedOverride {
  path: string;
  from: Value;
  to: Value;
}

export interface PlanArtifact {
  ref: string;
  resolved: boolean;
  /** The folder or file in which it was found; null when it is missing. */
  origin: string | null;
}

export interface PlanOptions {
  parameters: PlanParameter[];
  overrides: AppliedOverride[];
  validation: ValidationResult;
  /** Without a lookup the plan lists no artifacts. */
  artifacts?: ArtifactLookup;
}

/** Plans a valid definition: what would run, in which order and for how long at most. */
export function planWorkflow(definition: EffectiveDefinition, options: PlanOptions): Plan {
  const { workflow, config, stages } = definition;
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const { path, total } = criticalPath(stages, timeoutOf);
  return {
    workflow: { id: workflow.id, name: workflow.name, version: workflow.version },
    budget: config.budget,
    parameters: options.parameters.map(({ name, value, origin }) => ({
      name,
      value: shownParameter(name, config.parameters[name], value),
      origin,
    })),
    batches: batchesOf(stages).map((ids, at) => {
      const members = ids.flatMap((id) => byId.get(id) ?? []);
      return {
        index: at + 1,
        kind: kindOf(members),
        stages: members.map((stage) => planStage(definition, stage, options.artifacts)),
      };
    }),
    critical_path: path,
    estimated_seconds: total / 1000,
    overrides: options.overrides.map(shownOverride),
    artifacts: options.artifacts ? resolvedRefs(definition, options.artifacts) : [],
    validation: options.validation,
    preflight: [],
  };
}

/** Masks the values when an override changes a secret variable. */
function shownOverride({ path, from, to }: AppliedOverride): AppliedOverride {
  const [, name = ""] = /^config\.(?:env|parameters)\.([^.]+)/.exec(path) ?? [];
  if (!isSecretName(name)) return { path, from, to };
  const maskText = (value: Value): Value => (typeof value === "string" ? mask : value);
  return { path, from: maskText(from), to: maskText(to) };
}

/** The modules for a stage's agent: those of the workflow, if the stage inherits them, then its own. */
export function contextModulesOf(definition: EffectiveDefinition, { context }: EffectiveStage): string[] {
  const inherited = context.inherit_global ? definition.context.global_modules : [];
  return [...new Set([...inherited, ...context.modules])];
}

/** A gate takes no time here: the time that people may take is listed separately. */
function timeoutOf({ type, error_policy }: EffectiveStage): number {
  return stageKind(type).isDecided ? 0 : (parseDuration(error_policy.timeout) ?? 0);
}

function kindOf(stages: readonly EffectiveStage[]): PlanBatch["kind"] {
  const [only] = stages;
  if (stages.length > 1 || !only) return "parallel";
  if (stageKind(only.type).isDecided) return "gate";
  return only.condition === null ? "sequential" : "conditional";
}

function planStage(
  definition: EffectiveDefinition,
  stage: EffectiveStage,
  artifacts: ArtifactLookup | undefined,
): PlanStage {
  const { roles, gate, error_policy: policy, context } = stage;
  const primary = roles?.primary;
  const { step, isDecided } = stageKind(stage.type);
  const memory = context.memory ?? (context.inherit_global ? definition.context.memory : null);
  const timeout = isDecided && gate ? gate.timeout : policy.timeout;
  return {
    id: stage.id,
    name: stage.name,
    type: step,
    agent: primary?.artifact ?? null,
    model: primary ? usedModel(primary, { model: artifacts?.modelOf(primary.artifact) ?? null }) : null,
    tools: roles?.tools ?? [],
    inputs: Object.entries(stage.inputs).map(([name, { source, value = null }]) => ({ name, source, value })),
    outputs: Object.keys(stage.outputs),
    context_modules: isDecided ? [] : contextModulesOf(definition, stage),
    memory_max_tokens: isDecided ? null : (memory?.max_tokens ?? null),
    workspace: stage.workspace,
    permissions: stage.permissions,
    commit: stage.commit,
    budget: stage.budget,
    condition: stage.condition,
    timeout,
    timeout_seconds: (parseDuration(timeout) ?? 0) / 1000,
    idle_timeout: isDecided ? null : policy.idle_timeout,
    retry: isDecided ? null : policy.retry,
    on_failure: policy.on_failure,
    depends_on: stage.depends_on,
    gate,
    start: null,
  };
}

/** `model`: the one that the program is told to use; null: it uses its own. */
export interface StageStart {
  start: PlanStart;
  model: string | null;
}

/** The plan with what is started for each stage, by its id. */
export function planWithStarts(plan: Plan, starts: ReadonlyMap<string, StageStart>): Plan {
  const batches = plan.batches.map((batch) => ({
    ...batch,
    stages: batch.stages.map((stage) => ({ ...stage, ...starts.get(stage.id) })),
  }));
  return { ...plan, batches };
}

function resolvedRefs(definition: EffectiveDefinition, artifacts: ArtifactLookup): PlanArtifact[] {
  const refs = definition.stages.flatMap((stage) => [
    ...(stage.roles ? [stage.roles.primary.artifact, ...stage.roles.tools] : []),
    ...stage.context.modules,
  ]);
  return [...new Set([...definition.context.global_modules, ...refs])].map((ref) => {
    const found = artifacts.find(ref);
    return { ref, resolved: found !== null, origin: found?.origin ?? null };
  });
}
