import type { EffectiveDefinition, EffectiveStage } from "../workflow/effective.ts";
import type { FileProblem, LastExecution, WorkflowRecord, WorkflowStatus } from "./workflow-record.ts";
import type { workflows, workflowStages } from "./workflow-tables.ts";

export type WorkflowRow = typeof workflows.$inferSelect;
export type StageRow = typeof workflowStages.$inferSelect;

/** What is read out of a definition's text. */
export interface SavedDefinition {
  /** The source text, byte for byte. */
  text: string;
  /** sha256 of the text, hex. */
  hash: string;
  effective: EffectiveDefinition;
}

/** The columns that follow from a definition. */
export type DefinitionColumns = Omit<
  WorkflowRow,
  | "id"
  | "status"
  | "file"
  | "file_mark"
  | "file_problem_json"
  | "created_by"
  | "created_at"
  | "updated_at"
  | "last_run_at"
>;

export function definitionColumns({ text, hash, effective }: SavedDefinition): DefinitionColumns {
  const { workflow, config, context, error_policy, hooks } = effective;
  return {
    slug: workflow.id,
    name: workflow.name,
    description: workflow.description,
    version: workflow.version,
    author: workflow.author,
    definition_yaml: text,
    definition_hash: hash,
    tags_json: JSON.stringify(workflow.tags),
    global_context_module_ids_json: JSON.stringify(context.global_modules),
    memory_json: JSON.stringify(context.memory),
    config_json: JSON.stringify(config),
    error_policy_json: JSON.stringify(error_policy),
    hooks_json: JSON.stringify(hooks),
    ui_metadata_json: JSON.stringify(workflow.ui),
  };
}

/** A stage's row; `kept` are those of its row before, if the workflow already had the stage. */
export function stageRow(
  workflowId: string,
  stage: EffectiveStage,
  order: number,
  at: string,
  kept: { id: string; created_at: string } | undefined,
): StageRow {
  return {
    id: kept?.id ?? Bun.randomUUIDv7(),
    workflow_id: workflowId,
    stage_id_ref: stage.id,
    name: stage.name,
    description: stage.description,
    order_index: order,
    depends_on_json: JSON.stringify(stage.depends_on),
    condition: stage.condition,
    stage_type: stage.type,
    roles_json: JSON.stringify(stage.roles),
    inputs_json: JSON.stringify(stage.inputs),
    outputs_json: JSON.stringify(stage.outputs),
    context_json: JSON.stringify(stage.context),
    workspace: stage.workspace,
    error_policy_json: JSON.stringify(stage.error_policy),
    handoff_json: JSON.stringify(stage.handoff),
    gate_json: stage.gate && JSON.stringify(stage.gate),
    ui_metadata_json: stage.ui && JSON.stringify(stage.ui),
    created_at: kept?.created_at ?? at,
    updated_at: at,
  };
}

export function effectiveStage(row: StageRow): EffectiveStage {
  return {
    id: row.stage_id_ref,
    name: row.name,
    description: row.description,
    type: row.stage_type,
    depends_on: parse<EffectiveStage["depends_on"]>(row.depends_on_json),
    condition: row.condition,
    roles: parse<EffectiveStage["roles"]>(row.roles_json),
    inputs: parse<EffectiveStage["inputs"]>(row.inputs_json),
    outputs: parse<EffectiveStage["outputs"]>(row.outputs_json),
    context: parse<EffectiveStage["context"]>(row.context_json),
    workspace: row.workspace,
    error_policy: parse<EffectiveStage["error_policy"]>(row.error_policy_json),
    handoff: parse<EffectiveStage["handoff"]>(row.handoff_json),
    gate: row.gate_json === null ? null : parse<EffectiveStage["gate"]>(row.gate_json),
    ui: row.ui_metadata_json === null ? null : parse<EffectiveStage["ui"]>(row.ui_metadata_json),
  };
}

export function workflowRecord(
  row: WorkflowRow,
  stages: StageRow[],
  last: LastExecution | null,
): WorkflowRecord {
  const status: WorkflowStatus = row.status;
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    description: row.description,
    version: row.version,
    status,
    author: row.author,
    tags: parse<string[]>(row.tags_json),
    definition: row.definition_yaml,
    definition_hash: row.definition_hash,
    config: parse<WorkflowRecord["config"]>(row.config_json),
    context: {
      global_modules: parse<string[]>(row.global_context_module_ids_json),
      memory: parse<WorkflowRecord["context"]["memory"]>(row.memory_json),
    },
    error_policy: parse<WorkflowRecord["error_policy"]>(row.error_policy_json),
    hooks: parse<WorkflowRecord["hooks"]>(row.hooks_json),
    ui: parse<WorkflowRecord["ui"]>(row.ui_metadata_json),
    stages: stages.map(effectiveStage),
    created_by: row.created_by,
    created_at: row.created_at,
    updated_at: row.updated_at,
    file: row.file,
    file_problem: storedProblem(row)?.problem ?? null,
    last_execution: last,
  };
}

/** What a row remembers of trouble with its file. `status`: what the workflow was before its file went. */
export interface StoredProblem {
  problem: FileProblem;
  status: WorkflowStatus;
}

export function storedProblem({ file_problem_json }: Pick<WorkflowRow, "file_problem_json">) {
  return file_problem_json === null ? null : parse<StoredProblem>(file_problem_json);
}

function parse<T>(json: string): T {
  return JSON.parse(json) as T;
}
