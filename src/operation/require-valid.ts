import type { EffectiveDefinition } from "../workflow/effective.ts";
import { invalidDefinition } from "../workflow/findings-error.ts";
import { checkText } from "./check-text.ts";

/**
 * The effective definition of a text that is to be stored; `file` names it in messages. Throws `FindingsError` when it
 * has errors.
 */
export async function requireValid(text: string, file: string): Promise<EffectiveDefinition> {
  const job = { text, file, isStrict: false, surroundings: null, overridesOf: null };
  const { validation, definition } = await checkText(job);
  if (!validation.valid || !definition) throw invalidDefinition(validation, { text, file });
  return definition;
}
