import type { EffectiveDefinition, EffectiveStage } from "../workflow/effective.ts";
import {
  workflowStatuses,
  type FileProblem,
  type LastExecution,
  type WorkflowRecord,
  type WorkflowStatus,
} from "./workflow-record.ts";
import { DamagedRow, rowCheck, storedJson } from "./damaged-row.ts";
import { workflows, workflowStages } from "./workflow-tables.ts";

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

function effectiveStage(row: StageRow, what: string): EffectiveStage {
  checkStage(row, what);
  return {
    id: row.stage_id_ref,
    name: row.name,
    description: row.description,
    type: row.stage_type,
    depends_on: storedJson<EffectiveStage["depends_on"]>("depends_on_json", row.depends_on_json, what),
    condition: row.condition,
    roles: storedJson<EffectiveStage["roles"]>("roles_json", row.roles_json, what),
    inputs: storedJson<EffectiveStage["inputs"]>("inputs_json", row.inputs_json, what),
    outputs: storedJson<EffectiveStage["outputs"]>("outputs_json", row.outputs_json, what),
    context: storedJson<EffectiveStage["context"]>("context_json", row.context_json, what),
    workspace: row.workspace,
    error_policy: storedJson<EffectiveStage["error_policy"]>(
      "error_policy_json",
      row.error_policy_json,
      what,
    ),
    handoff: storedJson<EffectiveStage["handoff"]>("handoff_json", row.handoff_json, what),
    gate: storedJson<EffectiveStage["gate"]>("gate_json", row.gate_json, what),
    ui: storedJson<EffectiveStage["ui"]>("ui_metadata_json", row.ui_metadata_json, what),
  };
}

/** Throws `DamagedRow`, for its stages, too. */
export function workflowRecord(
  row: WorkflowRow,
  stages: StageRow[],
  last: LastExecution | null,
): WorkflowRecord {
  const what = `workflow "${row.slug}"`;
  checkWorkflow(row, what);
  const status: WorkflowStatus = row.status;
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    description: row.description,
    version: row.version,
    status,
    author: row.author,
    tags: storedJson<string[]>("tags_json", row.tags_json, what),
    definition: row.definition_yaml,
    definition_hash: row.definition_hash,
    config: storedJson<WorkflowRecord["config"]>("config_json", row.config_json, what),
    context: {
      global_modules: storedJson<string[]>(
        "global_context_module_ids_json",
        row.global_context_module_ids_json,
        what,
      ),
      memory: storedJson<WorkflowRecord["context"]["memory"]>("memory_json", row.memory_json, what),
    },
    error_policy: storedJson<WorkflowRecord["error_policy"]>(
      "error_policy_json",
      row.error_policy_json,
      what,
    ),
    hooks: storedJson<WorkflowRecord["hooks"]>("hooks_json", row.hooks_json, what),
    ui: storedJson<WorkflowRecord["ui"]>("ui_metadata_json", row.ui_metadata_json, what),
    stages: stages.map((stage) => effectiveStage(stage, what)),
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

/** Null: none. Throws `DamagedRow`. */
export function storedProblem({ slug, file_problem_json }: Pick<WorkflowRow, "slug" | "file_problem_json">) {
  const what = `workflow "${slug}"`;
  const stored = storedJson<Partial<StoredProblem> | null>("file_problem_json", file_problem_json, what);
  if (stored === null) return null;
  const { problem, status } = stored;
  const isWhole = typeof problem?.message === "string" && Array.isArray(problem.findings);
  if (!isWhole || !workflowStatuses.some((word) => word === status)) throw new DamagedRow(what);
  return { problem, status } as StoredProblem;
}

const checkWorkflow = rowCheck(workflows);
const checkStage = rowCheck(workflowStages);
