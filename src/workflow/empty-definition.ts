import type { EffectiveDefinition } from "./effective.ts";
import { checkDraft } from "./validate.ts";

/** The definition of a workflow whose file has never been valid: its id and defaults. */
export function emptyDefinition(id: string): EffectiveDefinition {
  const text = JSON.stringify({ workflow: { id, name: id }, stages: [] });
  const { definition } = checkDraft(text, { file: "definition" });
  if (!definition) throw new Error("the empty definition cannot be read");
  return definition;
}
