import type { Value, ValueObject } from "../../expression/value.ts";
import type { Path } from "../source-node.ts";
import { pathText } from "../source-path.ts";
import { mayBeAbsent, shortFieldAt } from "./schema-place.ts";

/**
 * What edits mean, done to plain values: what the spliced text has to read as. `trouble` is called, with the path it is
 * at, for what cannot be done to this value; it must throw.
 */
export type Trouble = (message: string, path: Path) => never;

/** The value with another at the path; missing parents are made. A text that stands for a map becomes that map. */
export function withValue(root: Value, path: Path, value: Value, trouble: Trouble): Value {
  return put(root, path, 0, () => value, trouble);
}

/** Without a key or an item, and without the parents that this leaves empty, as far as the schema allows. */
export function withoutValue(root: Value, path: Path, trouble: Trouble): Value {
  const removed = removedPath(root, path, trouble);
  const parent = removed.slice(0, -1);
  return put(root, parent, 0, (held) => withoutStep(held, removed.at(-1) ?? ""), trouble);
}

/** The path that goes when one is removed: its own, or that of a parent that would be left empty. */
export function removedPath(root: Value, path: Path, trouble: Trouble): Path {
  if (path.length === 0) trouble("the whole definition cannot be removed", path);
  const way: Value[] = [root];
  for (const [at, step] of path.entries()) {
    const next = stepIn(way[at] ?? null, step);
    if (next === undefined) trouble(`there is no "${pathText(path.slice(0, at + 1))}"`, path.slice(0, at));
    else way.push(next);
  }
  let length = path.length;
  while (length > 1 && countOf(way[length - 1] ?? null) === 1 && mayBeAbsent(path.slice(0, length - 1)))
    length--;
  return path.slice(0, length);
}

export function withItem(root: Value, path: Path, at: number, value: Value, trouble: Trouble): Value {
  const insert = (held: Value): Value => {
    const list = listAt(held, path, trouble);
    if (!Number.isInteger(at) || at < 0 || at > list.length) {
      trouble(`"${pathText(path)}" has no place ${at}: it has ${list.length} items`, path);
    }
    return list.toSpliced(at, 0, value);
  };
  return put(root, path, 0, insert, trouble);
}

export function withMoved(root: Value, path: Path, from: number, to: number, trouble: Trouble): Value {
  const move = (held: Value): Value => {
    const list = listAt(held, path, trouble);
    for (const at of [from, to]) {
      if (!Number.isInteger(at) || at < 0 || at >= list.length) {
        trouble(`"${pathText(path)}" has no item ${at}: it has ${list.length}`, path);
      }
    }
    return list.toSpliced(from, 1).toSpliced(to, 0, ...list.slice(from, from + 1));
  };
  return put(root, path, 0, move, trouble);
}

export function withKey(root: Value, path: Path, to: string, trouble: Trouble): Value {
  const from = path.at(-1);
  const rename = (held: Value): Value => {
    if (!isMap(held) || typeof from !== "string" || !Object.hasOwn(held, from)) {
      return trouble(`there is no "${pathText(path)}"`, path.slice(0, -1));
    }
    if (Object.hasOwn(held, to) && to !== from) {
      trouble(`"${pathText([...path.slice(0, -1), to])}" exists already. choose another name`, path);
    }
    return Object.fromEntries(Object.entries(held).map(([key, value]) => [key === from ? to : key, value]));
  };
  return put(root, path.slice(0, -1), 0, rename, trouble);
}

/** Plain values that read as the same: the order of keys does not count. */
export function isSame(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item: Value, at) => isSame(item, (b as readonly Value[])[at] ?? null));
  }
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && isSame(a[key] ?? null, b[key] ?? null));
}

export function isMap(value: Value): value is ValueObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Own properties only; undefined where there is none. */
export function stepIn(value: Value, step: string | number): Value | undefined {
  if (Array.isArray(value)) return typeof step === "number" ? (value as readonly Value[])[step] : undefined;
  return isMap(value) && typeof step === "string" && Object.hasOwn(value, step) ? value[step] : undefined;
}

function put(held: Value, path: Path, depth: number, change: (old: Value) => Value, trouble: Trouble): Value {
  const step = path[depth];
  if (step === undefined) return change(held);
  const here = path.slice(0, depth);
  const holder = held ?? (typeof step === "number" ? [] : {});
  const putInside = (old: Value): Value => put(old, path, depth + 1, change, trouble);
  if (Array.isArray(holder) && typeof step === "number") {
    if (step < 0 || step > holder.length || !Number.isInteger(step)) {
      trouble(`"${pathText(here)}" has no item ${step}: it has ${holder.length}`, here);
    }
    const list: readonly Value[] = holder;
    return list.toSpliced(step, 1, putInside(list[step] ?? null));
  }
  const short = typeof holder === "string" ? shortFieldAt(here) : null;
  const map = short === null ? holder : { [short]: holder };
  if (!isMap(map) || typeof step !== "string") {
    return trouble(`"${pathText(here)}" is ${kindOf(holder)}: it cannot hold "${step}"`, here);
  }
  return withField(map, step, putInside(stepIn(map, step) ?? null));
}

/** Defines, never assigns: a key `__proto__` is a key. */
function withField(map: ValueObject, key: string, value: Value): Value {
  const entries = Object.entries(map);
  const at = entries.findIndex(([name]) => name === key);
  return Object.fromEntries(at < 0 ? [...entries, [key, value]] : entries.toSpliced(at, 1, [key, value]));
}

function withoutStep(held: Value, step: string | number): Value {
  if (Array.isArray(held)) return held.filter((_, at) => at !== step);
  return isMap(held) ? Object.fromEntries(Object.entries(held).filter(([key]) => key !== step)) : held;
}

function listAt(held: Value, path: Path, trouble: Trouble): readonly Value[] {
  if (held === null) return [];
  return Array.isArray(held) ? held : trouble(`"${pathText(path)}" is ${kindOf(held)}, not a list`, path);
}

function countOf(value: Value): number {
  if (Array.isArray(value)) return value.length;
  return isMap(value) ? Object.keys(value).length : 0;
}

function kindOf(value: Value): string {
  if (Array.isArray(value)) return "a list";
  if (isMap(value)) return "a map";
  return value === null ? "empty" : `a ${typeof value === "string" ? "text" : typeof value}`;
}
