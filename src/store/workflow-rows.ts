import { stageTypes, type EffectiveDefinition, type EffectiveStage } from "../workflow/effective.ts";
import {
  completeConfig,
  completeStage,
  type StoredConfig,
  type StoredStage,
} from "../workflow/stored-stage.ts";
import {
  workflowStatuses,
  type FileProblem,
  type LastExecution,
  type WorkflowRecord,
  type WorkflowStatus,
} from "./workflow-record.ts";
import { DamagedRow, rowCheck, storedJson } from "./damaged-row.ts";
import { workflows, type workflowStages } from "./workflow-tables.ts";

export type WorkflowRow = typeof workflows.$inferSelect;
export type StageRow = typeof workflowStages.$inferSelect;

/** What is read from a definition's text. */
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

/** A stage's row; `order` is its place in the definition, from 0. */
export function stageRow(workflowId: string, stage: EffectiveStage, order: number): StageRow {
  const stage_json = JSON.stringify(stage);
  return { workflow_id: workflowId, order_index: order, stage_id_ref: stage.id, stage_json };
}

/** The stages of the workflow with this slug. Throws `DamagedRow`. */
export function stagesOf(rows: readonly StageRow[], slug: string): EffectiveStage[] {
  const what = `workflow "${slug}"`;
  return rows.map(({ stage_id_ref, stage_json }) => {
    const stage = completeStage(storedJson<StoredStage>("stage_json", stage_json, what));
    if (stage.id !== stage_id_ref || !stageTypes.includes(stage.type)) throw new DamagedRow(what);
    return stage;
  });
}

/** SQL that is true for a damaged row of `workflow_stages`. */
export const wrongStage =
  "CASE WHEN json_valid(stage_json) THEN stage_json ->> '$.id' IS NOT stage_id_ref OR " +
  `coalesce(stage_json ->> '$.type', '') NOT IN (${stageTypes.map((type) => `'${type}'`).join(", ")}) END`;

/** Throws `DamagedRow`. */
export function workflowRecord(
  row: WorkflowRow,
  stages: EffectiveStage[],
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
    config: completeConfig(storedJson<StoredConfig>("config_json", row.config_json, what)),
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
    stages,
    created_by: row.created_by,
    created_at: row.created_at,
    updated_at: row.updated_at,
    file: row.file,
    file_problem: storedProblem(row)?.problem ?? null,
    last_execution: last,
  };
}

/** What a row notes of trouble with its file. `status`: the workflow's status before its file disappeared. */
export interface StoredProblem {
  problem: FileProblem;
  status: WorkflowStatus;
}

/** Null: there is no trouble. Throws `DamagedRow`. */
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
