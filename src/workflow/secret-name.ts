import type { Value } from "../expression/value.ts";

const secretName = /TOKEN|KEY|SECRET|PASSWORD/i;
/** What a variable of such a name may hold without being a secret; hiding it would make every log unreadable. */
const ordinary = new Set(["true", "false", "null", "none"]);
/** A shorter text stands in too many others to be hidden. */
export const shortestSecret = 4;

/** True for the names of variables and parameters whose values are secrets. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/**
 * True for a parameter whose values are secrets: one that says so, or one that holds texts and has such a name. A
 * number is none: `max_tokens` is far more common than a secret number.
 */
export function isSecretParameter(
  name: string,
  { type, secret = false }: { type: string; secret?: boolean },
): boolean {
  return secret || (isSecretName(name) && !/^(integer|number|boolean)/.test(type));
}

/** True for a text that can be hidden: neither too short nor an everyday word. */
export function isHidable(text: string): boolean {
  return text.trim().length >= shortestSecret && !ordinary.has(text.trim().toLowerCase());
}

/** What people are shown in the place of a secret. */
export const mask = "***";

/** A parameter's value as people see it. */
export function shownParameter(
  name: string,
  parameter: { type: string; secret?: boolean } | undefined,
  value: Value,
): Value {
  return parameter && value !== null && isSecretParameter(name, parameter) ? mask : value;
}
