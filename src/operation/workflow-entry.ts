import type { LifecycleEntry } from "../execution/lifecycle.ts";
import type { ValidationResult } from "../workflow/finding.ts";
import type { Plan } from "../workflow/plan.ts";

/** What was done with a workflow itself, for the lifecycle log. */
export function workflowEntry(
  event: `workflow_${"created" | "updated" | "deleted" | "validated" | "planned"}`,
  workflow_id: string,
  said: Pick<LifecycleEntry, "message"> & Partial<Pick<LifecycleEntry, "level">> = {},
): LifecycleEntry {
  const at = new Date().toISOString();
  return {
    at,
    level: "info",
    event,
    workflow_id,
    execution_id: null,
    stage_id: null,
    attempt: null,
    ...said,
  };
}

/** An error where the definition does not hold. */
export function validatedEntry(workflow_id: string, { errors, warnings }: ValidationResult): LifecycleEntry {
  const [first] = errors;
  const message = first
    ? `${countText(errors.length, "error")}, the first: ${first.message}`
    : `valid, ${countText(warnings.length, "warning")}`;
  return workflowEntry("workflow_validated", workflow_id, { level: first ? "error" : "info", message });
}

export function plannedEntry(workflow_id: string, { batches }: Plan): LifecycleEntry {
  const stages = batches.reduce((sum, batch) => sum + batch.stages.length, 0);
  const message = `${countText(stages, "stage")} in ${countText(batches.length, "batch", "batches")}`;
  return workflowEntry("workflow_planned", workflow_id, { message });
}

function countText(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
