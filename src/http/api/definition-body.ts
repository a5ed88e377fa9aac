import { invalidDefinition } from "../../workflow/findings-error.ts";
import { checkText } from "../../operation/check-text.ts";
import type { EffectiveDefinition } from "../../workflow/effective.ts";

/** The source text of a definition that came as text or as an object. */
export function definitionText(given: string | Record<string, unknown>): string {
  return typeof given === "string" ? given : `${JSON.stringify(given, null, 2)}\n`;
}

/** The effective definition of a text that is to be stored. Throws `FindingsError` when it does not hold. */
export async function effectiveOf(text: string): Promise<EffectiveDefinition> {
  const job = { text, file: "definition", isStrict: false, surroundings: null, overridesOf: null };
  const { validation, definition } = await checkText(job);
  if (!validation.valid || !definition) throw invalidDefinition(validation, { text, file: "definition" });
  return definition;
}
