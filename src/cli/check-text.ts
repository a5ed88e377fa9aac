import { checkWorkflow } from "../workflow/validate.ts";
import type { EffectiveDefinition } from "../workflow/effective.ts";
import type { Invocation } from "./command.ts";
import { findingsText } from "./print-findings.ts";

/** The effective definition of a text that is to be stored; null when it does not hold, its findings then on stderr. */
export function checkText({ output }: Invocation, text: string, file: string): EffectiveDefinition | null {
  const { validation, definition } = checkWorkflow(text, { file });
  if (validation.valid && definition) return definition;
  output.note(findingsText(validation, text, file, output.notePaint));
  return null;
}
