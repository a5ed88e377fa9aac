import type { EffectiveDefinition } from "./effective.ts";
import { checkDraft } from "./validate.ts";

/** What is known of a workflow whose file has never held: its id, and nothing else but defaults. */
export function emptyDefinition(id: string): EffectiveDefinition {
  const text = JSON.stringify({ workflow: { id, name: id }, stages: [] });
  const { definition } = checkDraft(text, { file: "definition" });
  if (!definition) throw new Error("the empty definition cannot be read");
  return definition;
}
