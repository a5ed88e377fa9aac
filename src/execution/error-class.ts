import type { Masks } from "./masks.ts";

/** The classes that the engine itself decides by; a secret may well be one of these words. */
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

/** Agents name classes of their own, and classes are never masked, so a class that holds a secret is not accepted. */
export function classWithoutSecret(errorClass: string, masks: Masks): string {
  const isOpen = ownClasses.has(errorClass) || masks.hide(errorClass) === errorClass;
  return isOpen ? errorClass : "agent_error";
}
