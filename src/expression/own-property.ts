import type { Value, ValueObject } from "./value.ts";

const hidden: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Keys that no expression reaches, whatever the object holds: they lead out of the data. */
export function isHiddenKey(key: string): boolean {
  return hidden.has(key);
}

/** Whether an object holds the key itself, as something an expression may see. */
export function hasOwnProperty(object: ValueObject, key: string): boolean {
  return !isHiddenKey(key) && Object.hasOwn(object, key);
}

/** The object's own value; null when there is none. */
export function ownProperty(object: ValueObject, key: string): Value {
  return hasOwnProperty(object, key) ? (object[key] ?? null) : null;
}

/** Whether a value is an object, which an array is not. */
export function isObject(value: Value): value is ValueObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is an array; unlike `Array.isArray` it tells the checker that it may not be written to. */
export function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
