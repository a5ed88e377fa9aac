import { deepEqual } from "./deep-equal.ts";
import { hasOwnProperty, isArray, isObject, ownProperty } from "./own-property.ts";
import { namesOfStatus } from "./stage-status.ts";
import type { Value, ValueObject } from "./value.ts";

/** A value, and where in it statuses of stages lie: such a text equals its aliases too, any other text does not. */
export interface MarkedValue {
  value: Value;
  marks: Marks;
}

/** `stages` is the namespace, `stage` one of its entries; null: there is no status in it. */
export type Marks = null | "stages" | "stage" | "status" | readonly Marks[] | ReadonlyMap<string, Marks>;

export function plain(value: Value): MarkedValue {
  return { value, marks: null };
}

export function markedArray(items: readonly MarkedValue[]): MarkedValue {
  const marks = items.some((item) => item.marks !== null) ? items.map((item) => item.marks) : null;
  return { value: items.map(({ value }) => value), marks };
}

export function markedObject(entries: readonly (readonly [key: string, item: MarkedValue])[]): MarkedValue {
  const value = Object.fromEntries(entries.map(([key, item]) => [key, item.value]));
  const isMarked = entries.some(([, item]) => item.marks !== null);
  return { value, marks: isMarked ? new Map(entries.map(([key, { marks }]) => [key, marks])) : null };
}

/** An item or a property; null where there is none. A status finds its aliases among the keys. */
export function readFrom({ value: from, marks }: MarkedValue, key: MarkedValue): MarkedValue {
  if (isArray(from)) {
    if (typeof key.value !== "number") return plain(null);
    return { value: from[key.value] ?? null, marks: marksAt(marks, key.value) };
  }
  if (!isObject(from)) return plain(null);
  const name = namesIn(key).find((each) => hasOwnProperty(from, each));
  return name === undefined ? plain(null) : { value: ownProperty(from, name), marks: marksAt(marks, name) };
}

/** Deep equality in which a status and its aliases are the same. Does not recurse. */
export function isSame(left: MarkedValue, right: MarkedValue): boolean {
  if (left.marks === null && right.marks === null) return deepEqual(left.value, right.value);
  const pairs: [MarkedValue, MarkedValue][] = [[left, right]];
  for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
    const [a, b] = pair;
    if (isArray(a.value) && isArray(b.value)) {
      if (a.value.length !== b.value.length) return false;
      for (let at = 0; at < a.value.length; at++)
        pairs.push([readFrom(a, plain(at)), readFrom(b, plain(at))]);
    } else if (isObject(a.value) && isObject(b.value)) {
      const keys = sharedKeys(a.value, b.value);
      if (keys === null) return false;
      for (const key of keys) pairs.push([readFrom(a, plain(key)), readFrom(b, plain(key))]);
    } else if (!isSameLeaf(a, b)) return false;
  }
  return true;
}

/** The texts that a key or a part of a text may be found by: one, or a status with its aliases. */
export function namesIn({ value, marks }: MarkedValue): string[] {
  if (typeof value !== "string") return [];
  return marks === "status" ? namesOfStatus(value) : [value];
}

function isSameLeaf(a: MarkedValue, b: MarkedValue): boolean {
  if (deepEqual(a.value, b.value)) return true;
  return (
    (typeof b.value === "string" && namesIn(a).includes(b.value)) ||
    (typeof a.value === "string" && namesIn(b).includes(a.value))
  );
}

/** Null when the keys differ. */
function sharedKeys(a: ValueObject, b: ValueObject): string[] | null {
  const keys = Object.keys(a);
  const isEqual = keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key));
  return isEqual ? keys : null;
}

function marksAt(marks: Marks, key: string | number): Marks {
  if (marks === null || marks === "status") return null;
  if (marks === "stages") return "stage";
  if (marks === "stage") return key === "status" ? "status" : null;
  if (isList(marks)) return typeof key === "number" ? (marks[key] ?? null) : null;
  return marks.get(String(key)) ?? null;
}

function isList(marks: readonly Marks[] | ReadonlyMap<string, Marks>): marks is readonly Marks[] {
  return Array.isArray(marks);
}
