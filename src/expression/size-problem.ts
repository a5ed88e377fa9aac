import type { Value } from "./value.ts";

/** Collections in one another. */
export const deepestValue = 512;
/** In characters of JSON. */
export const longestValue = 16 * 1024 * 1024;

/**
 * Why a value cannot be written as JSON within bounds: nested too deep, too long, or a number that JSON has not.
 * Null when it can. Ends early where the value is too large; does not recurse.
 */
export function sizeProblem(value: Value): string | null {
  let size = 0;
  const open: { value: Value; depth: number }[] = [{ value, depth: 0 }];
  for (let each = open.pop(); each; each = open.pop()) {
    const { value: current, depth } = each;
    if (typeof current === "number" && !Number.isFinite(current))
      return "it holds a number that is too large";
    size += typeof current === "string" ? current.length + 2 : 2;
    if (typeof current === "object" && current !== null) {
      if (depth === deepestValue) return `it is nested deeper than ${deepestValue} levels`;
      if (!Array.isArray(current)) for (const key of Object.keys(current)) size += key.length + 2;
      for (const inner of Object.values(current)) open.push({ value: inner, depth: depth + 1 });
    }
    if (size > longestValue) return "it is longer than 16 MiB";
  }
  return null;
}
