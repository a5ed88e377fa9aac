import type { ExecutionStatus } from "../execution/status.ts";
import type { EffectiveDefinition, EffectiveStage } from "../workflow/effective.ts";
import type { Finding } from "../workflow/finding.ts";

export const workflowStatuses = ["draft", "published", "archived"] as const;
export type WorkflowStatus = (typeof workflowStatuses)[number];

/**
 * Why a file is not a workflow's valid file. Besides its text, the workflow's fields are then those of the last valid
 * text. `invalid`: the definition has errors; `unreadable`: there is no text to read; `missing`: the file is gone;
 * `link`: it is a link that is not followed; `duplicate`: another file has its `workflow.id`; `name`: another workflow
 * has its name, which prevents nothing.
 */
export interface FileProblem {
  kind: "invalid" | "unreadable" | "missing" | "link" | "duplicate" | "name";
  message: string;
  findings: Finding[];
}

/** A workflow as it is stored: the index entry of a file, and what was read from it. */
export interface WorkflowRecord {
  id: string;
  /** `workflow.id` of the definition. */
  slug: string;
  name: string;
  description: string | null;
  version: string;
  status: WorkflowStatus;
  author: string | null;
  tags: string[];
  /** The source text, byte for byte. */
  definition: string;
  /** sha256 of the source text, hex. */
  definition_hash: string;
  config: EffectiveDefinition["config"];
  context: EffectiveDefinition["context"];
  error_policy: EffectiveDefinition["error_policy"];
  hooks: EffectiveDefinition["hooks"];
  ui: EffectiveDefinition["workflow"]["ui"];
  stages: EffectiveStage[];
  created_by: string | null;
  created_at: string;
  updated_at: string;
  /** Absolute path of its file; null when it has none. */
  file: string | null;
  /** Null: there is no problem with the file. */
  file_problem: FileProblem | null;
  last_execution: LastExecution | null;
}

export interface LastExecution {
  run_id: string;
  status: ExecutionStatus;
  started_at: string | null;
  completed_at: string | null;
}

/** One saved definition; `number` counts from 1 in each workflow. */
export interface WorkflowVersion {
  workflow_id: string;
  number: number;
  version: string;
  definition: string;
  definition_hash: string;
  created_at: string;
}
