import type { Value } from "../expression/value.ts";

/** A list of texts, or a text with commas. Text in brackets belongs together. */
export function textsOf(value: Value | undefined): string[] {
  if (typeof value === "string") return value.match(/(?:\([^)]*\)|[^\s,(])+/g) ?? [];
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: Value) => (typeof item === "string" && item.trim() !== "" ? item.trim() : []));
}
