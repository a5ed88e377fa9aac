import { withUsualModels } from "../workflow/used-model.ts";
import type { WorkflowRecord } from "./workflow-record.ts";

/** The API's `Workflow`: what `--format json` prints and HTTP answers. */
export function workflowView(record: WorkflowRecord) {
  const { config, context, id, slug, name, description, version, status, author, tags } = record;
  return {
    id,
    slug,
    name,
    description,
    version,
    status,
    author,
    tags,
    definition: record.definition,
    definition_hash: record.definition_hash,
    parameters: config.parameters,
    stages: withUsualModels(record.stages),
    global_context_modules: context.global_modules,
    created_by: record.created_by,
    created_at: record.created_at,
    updated_at: record.updated_at,
    file: record.file,
    file_problem: record.file_problem,
    last_execution: record.last_execution,
  };
}
