import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { AppError } from "../errors.ts";
import type { Store } from "../store/database.ts";
import { listWorkflows } from "../store/list-workflows.ts";
import { findWorkflow } from "../store/read-workflows.ts";
import type { WorkflowRecord } from "../store/workflow-record.ts";
import type { Invocation } from "./command.ts";
import { nearest } from "../expression/nearest.ts";
import { withStore } from "./open-home.ts";
import { readDefinition, type DefinitionText } from "./read-input.ts";

/** A definition somebody named, from a path or from the store. */
export interface FoundDefinition extends DefinitionText {
  /** The stored workflow's id; null for a file as it is. */
  workflow_id: string | null;
}

/** The definition at a path, else of a stored workflow. Throws `AppError("not_found")`. */
export async function findDefinition(invocation: Invocation, name: string): Promise<FoundDefinition> {
  const read = await readDefinition(name, invocation.workdir);
  if (read) return { ...read, workflow_id: null };
  if (looksLikePath(name)) throw new AppError("not_found", `there is no file or folder "${name}"`);
  return withStore(invocation.home, (store) =>
    storedDefinition(storedWorkflow(store, name), invocation.workdir),
  );
}

/** A stored workflow by name, id or slug. Throws `AppError("not_found")` with what was probably meant. */
export function storedWorkflow(store: Store, name: string): WorkflowRecord {
  try {
    return findWorkflow(store, name);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "not_found") throw error;
    const known = listWorkflows(store, { limit: 1000 }).items.flatMap((workflow) => [
      workflow.slug,
      workflow.name,
    ]);
    const meant = nearest(name, known);
    const wayOut = meant === null ? '"skillmeat workflow list" lists them' : `did you mean "${meant}"?`;
    throw new AppError("not_found", `there is no workflow "${name}". ${wayOut}`);
  }
}

/** The file is the truth; the row's copy is used when the file is gone. */
function storedDefinition(workflow: WorkflowRecord, workdir: string): FoundDefinition {
  const text = fileText(workflow) ?? workflow.definition;
  const file = workflow.file ?? `${workflow.slug}/WORKFLOW.yaml`;
  const beside = workflow.file === null ? workdir : dirname(workflow.file);
  return { text, file, beside, workflow_id: workflow.id };
}

/** The present text of a workflow's file; null when it has none any more. */
export function fileText(workflow: WorkflowRecord): string | null {
  if (workflow.file === null) return null;
  try {
    return readFileSync(workflow.file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw new AppError("unavailable", `${workflow.file} cannot be read: ${String(error)}`);
  }
}

function looksLikePath(name: string): boolean {
  return name.includes("/") || /\.(ya?ml|json)$/i.test(name);
}
