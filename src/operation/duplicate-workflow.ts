import { slugOf } from "../collection/workflow-files.ts";
import { freeWorkflowName, freeWorkflowSlug, getWorkflowBySlug } from "../store/read-workflows.ts";
import type { WorkflowRecord } from "../store/workflow-record.ts";
import { renameDefinition } from "../workflow/edit/rename-definition.ts";
import { saveWorkflow, takenError, type OpenHome } from "./save-workflow.ts";

/** A request for a copy. */
interface Copy {
  original: WorkflowRecord;
  /** Null: the original's, with "(copy)". */
  name: string | null;
  created_by: string;
}

/** Stores a copy of a workflow under another name. Throws `AppError("conflict")` for a name that is taken. */
export async function duplicateWorkflow(
  home: OpenHome,
  { original, name, created_by }: Copy,
): Promise<WorkflowRecord> {
  const { store } = home;
  const copyName = name ?? freeWorkflowName(store, original.name, created_by);
  const slug = name === null ? freeWorkflowSlug(store, original.slug) : slugOf(name);
  if (getWorkflowBySlug(store, slug)) throw takenError(slug, "give another name");
  const text = renameDefinition(original.definition, slug, copyName);
  return saveWorkflow(home, { text, over: null, expected: null, status: null, created_by });
}
