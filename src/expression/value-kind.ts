import { isArray } from "./own-property.ts";
import type { Value } from "./value.ts";

/** What a value is, in words for people: `a string`, `null`. */
export function kindOf(value: Value): string {
  if (value === null) return "null";
  if (isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Everything but `false`, `null`, `0`, `""`, `[]` and `{}`. */
export function isTruthy(value: Value): boolean {
  if (isArray(value)) return value.length > 0;
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}
