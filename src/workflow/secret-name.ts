import type { Value } from "../expression/value.ts";

const secretName = /TOKEN|KEY|SECRET|PASSWORD/i;
/** Values that are no secrets even in a variable with such a name: hiding them would make every log unreadable. */
const ordinary = new Set(["true", "false", "null", "none"]);
/** A shorter text occurs in too many other texts to be hidden. */
export const shortestSecret = 4;

/** True for a name of a variable or a parameter whose value is a secret. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/**
 * True for a parameter whose value is a secret: it is declared as one, or it is a text and has such a name. A number is
 * not a secret because of its name: `max_tokens` is far more common than a secret number.
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

/** The text that is shown instead of a secret. */
export const mask = "***";

/** A parameter's value as it is shown to people. */
export function shownParameter(
  name: string,
  parameter: { type: string; secret?: boolean } | undefined,
  value: Value,
): Value {
  return parameter && value !== null && isSecretParameter(name, parameter) ? mask : value;
}
