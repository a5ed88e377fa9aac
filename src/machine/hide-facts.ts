import { hideValues, type Masks } from "../execution/masks.ts";
import type { Value } from "../expression/value.ts";

/**
 * Hides every secret in the event of a machine. Everything that is recorded of an execution comes with such an event,
 * so secrets are hidden in this one place. Fields that machines and records decide by stay as they are: a secret may
 * well be the word "completed".
 */
export function hideFacts<E extends { type: string }>(event: E, masks: Masks): E {
  return masks.secrets.size === 0 ? event : (hideFact(event, masks) as E);
}

const goneBy = new Set([
  "type",
  "status",
  "class",
  "error_class",
  "decision",
  "request_id",
  "deadline_at",
  "due_at",
  "onTimeout",
  "policy",
  "seed",
  "usage",
  "session",
  "pauseReason",
  "agent_id",
  "model",
  "context_consumed",
  "approvers",
]);
/** In values from people and agents, nested names and numbers are hidden as well. */
const values = new Set(["input", "inputs", "outputs"]);

function hideFact(fact: unknown, masks: Masks): unknown {
  if (typeof fact === "string") return masks.hide(fact);
  if (typeof fact !== "object" || fact === null) return fact;
  if (Array.isArray(fact)) return fact.map((item) => hideFact(item, masks));
  return Object.fromEntries(
    Object.entries(fact).map(([key, value]) => {
      if (goneBy.has(key)) return [key, value];
      return [key, values.has(key) ? hideValues(value as Value, masks) : hideFact(value, masks)];
    }),
  );
}
