import type { Value } from "../expression/value.ts";
import type { ValidationResult } from "./finding.ts";
import type { EffectiveGate, EffectiveRetry, OnFailure } from "./effective.ts";

/** What would run: parameters resolved, stages in batches. Nothing has run. */
export interface Plan {
  workflow: { id: string; name: string; version: string };
  parameters: PlanParameter[];
  batches: PlanBatch[];
  critical_path: string[];
  estimated_seconds: number;
  overrides: AppliedOverride[];
  artifacts: PlanArtifact[];
  validation: ValidationResult;
}

export interface PlanParameter {
  name: string;
  value: Value;
  origin: "given" | "override" | "default";
}

export interface PlanBatch {
  /** From 1. */
  index: number;
  kind: "sequential" | "parallel" | "conditional" | "gate";
  stages: PlanStage[];
}

export interface PlanStage {
  id: string;
  name: string;
  type: "agent" | "gate";
  agent: string | null;
  model: string | null;
  tools: string[];
  inputs: { name: string; source: string | null }[];
  outputs: string[];
  context_modules: string[];
  memory_max_tokens: number | null;
  condition: string | null;
  timeout_seconds: number;
  retry: EffectiveRetry | null;
  on_failure: OnFailure;
  depends_on: string[];
  gate: EffectiveGate | null;
}

export interface AppliedOverride {
  path: string;
  from: Value;
  to: Value;
}

export interface PlanArtifact {
  ref: string;
  resolved: boolean;
  /** The folder or file it was found in; null when missing. */
  origin: string | null;
}
