import { readFileSync } from "node:fs";
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

/** A definition somebody named, from a path or from the store. */
export interface FoundDefinition extends DefinitionText {
  /** The stored workflow's id; null for a file as it is. */
  workflow_id: string | null;
}

/** The file is the truth; the row's copy is used when the file is gone. */
export function storedDefinition(workflow: WorkflowRecord, workdir: string): FoundDefinition {
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
