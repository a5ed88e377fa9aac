import { dirname } from "node:path";
import { AppError } from "../errors.ts";
import type { WorkflowRecord } from "../store/workflow-record.ts";

/** A definition's text and where it came from. */
export interface DefinitionText {
  text: string;
  /** As findings show it: the path as it was given, or `<stdin>`. */
  file: string;
  /** Absolute folder in which its artifacts may lie. */
  beside: string;
}

/** A definition that somebody named, from a path or from the store. */
export interface FoundDefinition extends DefinitionText {
  /** The stored workflow's id; null for a file that is not stored. */
  workflow_id: string | null;
}

/**
 * The definition of a workflow as it was opened. Throws `AppError` when its file cannot be run because it is missing.
 */
export function storedDefinition(workflow: WorkflowRecord, workdir: string): FoundDefinition {
  refuseWithoutFile(workflow);
  const text = workflow.definition;
  const file = workflow.file ?? `${workflow.slug}/WORKFLOW.yaml`;
  const beside = workflow.file === null ? workdir : dirname(workflow.file);
  return { text, file, beside, workflow_id: workflow.id };
}

function refuseWithoutFile({ slug, file_problem }: WorkflowRecord): void {
  if (file_problem === null) return;
  const said = `workflow "${slug}": ${file_problem.message}`;
  switch (file_problem.kind) {
    case "name":
    // What does not hold is said with all its findings by whoever checks it.
    // falls through
    case "invalid":
      return;
    case "missing":
      throw new AppError("not_found", said);
    case "unreadable":
    case "link":
      throw new AppError("unavailable", said);
    case "duplicate":
      throw new AppError("invalid_definition", said);
    default:
      file_problem.kind satisfies never;
  }
}
