import type { Masks } from "./masks.ts";

/** The classes that the engine itself goes by: a secret may well be one of these words. */
const ownClasses = new Set([
  "agent_error",
  "timeout",
  "auth_failure",
  "rate_limited",
  "invalid_request",
  "output_contract",
  "input_contract",
  "expression_error",
  "not_found",
  "interrupted",
  "cancelled",
  "internal",
]);

/** An agent names classes of its own, and a class is never masked: one that holds a secret is none. */
export function classWithoutSecret(errorClass: string, masks: Masks): string {
  const isOpen = ownClasses.has(errorClass) || masks.hide(errorClass) === errorClass;
  return isOpen ? errorClass : "agent_error";
}
