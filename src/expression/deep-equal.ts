import { isArray, isObject } from "./own-property.ts";
import type { Value, ValueObject } from "./value.ts";

/** Whether two values are the same all the way down; the order of keys does not count. Does not recurse. */
export function deepEqual(left: Value, right: Value): boolean {
  const pairs: [Value, Value][] = [[left, right]];
  for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
    const [a, b] = pair;
    if (a === b) continue;
    if (isArray(a) && isArray(b)) {
      if (a.length !== b.length) return false;
      a.forEach((item, at) => pairs.push([item, b[at] ?? null]));
    } else if (isObject(a) && isObject(b)) {
      const inner = pairsOf(a, b);
      if (inner === null) return false;
      for (const each of inner) pairs.push(each);
    } else {
      return false;
    }
  }
  return true;
}

/** The values that must be equal for two objects to be; null when their keys differ. */
function pairsOf(a: ValueObject, b: ValueObject): [Value, Value][] | null {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length || !keys.every((key) => Object.hasOwn(b, key))) return null;
  return keys.map((key) => [a[key] ?? null, b[key] ?? null]);
}
