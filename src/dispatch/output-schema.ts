import type { Value, ValueObject } from "../expression/value.ts";

/** True when the stage has outputs that its agent has to hand in. */
export function declaresOutputs(schema: Value): boolean {
  const properties = isObject(schema) ? schema["properties"] : undefined;
  return isObject(properties) && Object.keys(properties).length > 0;
}

export function isObject(value: Value | undefined): value is ValueObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
