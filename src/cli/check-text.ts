import type { EffectiveDefinition } from "../workflow/effective.ts";
import { invalidDefinition } from "../workflow/findings-error.ts";
import { checkWorkflow } from "../workflow/validate.ts";

/** The effective definition of a text that is to be stored. Throws `FindingsError` when it does not hold. */
export function checkText(text: string, file: string): EffectiveDefinition {
  const { validation, definition } = checkWorkflow(text, { file });
  if (validation.valid && definition) return definition;
  throw invalidDefinition(validation, { text, file });
}
