import type { FileProblem } from "../store/workflow-record.ts";
import type { EffectiveDefinition } from "../workflow/effective.ts";
import type { ValidationResult } from "../workflow/finding.ts";
import { AppError } from "../errors.ts";
import { checkWorkflow } from "../workflow/validate.ts";
import { definitionHash } from "../workflow/definition-hash.ts";
import type { SeenFile } from "./look-at-files.ts";
import { readTextFile } from "./read-text-file.ts";

/** What was read from a file's text. */
export interface ReadDefinition {
  text: string;
  /** sha256, hex. */
  hash: string;
  /** `workflow.id`, even of an invalid definition; "" when none can be read. */
  id: string;
  /** Null when the definition is invalid. */
  effective: EffectiveDefinition | null;
  validation: ValidationResult;
}

/** A file that is new or differs from the index, with its text or the reason why it has none. */
export type ReadFile = { file: string; mark: string | null } & (
  { trouble: FileProblem; definition: null } | { trouble: null; definition: ReadDefinition }
);

/** A file's text and its sha256, or the reason why they cannot be read. */
export type FileText = { text: string; hash: string } | FileProblem;

export function textOf({ file, trouble }: SeenFile): FileText {
  if (trouble) return trouble;
  try {
    const text = readTextFile(file, file);
    return { text, hash: definitionHash(text) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { kind: "unreadable", message: error.message, findings: [] };
  }
}

/** Reads a text as a definition. */
export function readFile({ file, mark }: SeenFile, found: FileText): ReadFile {
  if ("kind" in found) return { file, mark, trouble: found, definition: null };
  const { id, validation, definition } = checkWorkflow(found.text, { file });
  return { file, mark, trouble: null, definition: { ...found, id, effective: definition, validation } };
}
