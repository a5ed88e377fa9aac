import { AppError } from "../errors.ts";
import { listExecutions, type ExecutionFilter } from "../store/list-executions.ts";
import type { Library } from "./refresh-index.ts";
import { openWorkflow } from "./open-workflow.ts";

type OneWorkflowFilter = Pick<ExecutionFilter, "workflow_id" | "workflow_slug" | "workflow_name">;

/**
 * Narrows a list to the executions of the workflow with an id, slug or name. Executions of files that were run without
 * being stored have no stored workflow: they are found by their `workflow.id`, else by their name.
 */
export function executionsOf(library: Library, named: string): OneWorkflowFilter {
  try {
    return { workflow_id: openWorkflow(library, named).id };
  } catch (error) {
    if (!(error instanceof AppError && error.code === "not_found")) throw error;
  }
  const isId = listExecutions(library.store, { workflow_slug: named, limit: 1 }).items.length > 0;
  return isId ? { workflow_slug: named } : { workflow_name: named };
}
