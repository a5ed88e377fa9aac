import { Definition } from "../definition.ts";
import { compileShape, type Shape } from "../shape.ts";
import type { Path } from "../source-node.ts";

let definitionShape: Shape | null = null;

/** What the schema says of a place; null where it says nothing. `isFull`: the long form where there is a short one. */
export function shapeAt(path: Path): Shape | null {
  let shape: Shape | null = (definitionShape ??= compileShape(Definition));
  for (const step of path)
    shape = shape ? shapeBelow(shape.kind === "short" ? shape.full : shape, step) : null;
  return shape;
}

/** The keys of a map in the schema's order; empty for a map of names. */
export function keysAt(path: Path): readonly string[] {
  const shape = shapeAt(path);
  const full = shape?.kind === "short" ? shape.full : shape;
  return full?.kind === "object" ? [...full.fields.keys()] : [];
}

/** The field that a text stands for where the schema lets a map be written as one; null where it does not. */
export function shortFieldAt(path: Path): string | null {
  const shape = shapeAt(path);
  return shape?.kind === "short" && shape.full.kind === "object" ? (shape.full.required[0] ?? null) : null;
}

/** Whether the schema knows a field and lets it be absent. */
export function mayBeAbsent(path: Path): boolean {
  const holder = shapeAt(path.slice(0, -1));
  const full = holder?.kind === "short" ? holder.full : holder;
  const key = String(path.at(-1));
  return full?.kind === "object" && full.fields.has(key) && !full.required.includes(key);
}

function shapeBelow(shape: Shape, step: string | number): Shape | null {
  if (shape.kind === "object") return shape.fields.get(String(step)) ?? null;
  if (shape.kind === "names") return shape.value;
  return shape.kind === "list" || shape.kind === "pair" ? shape.item : null;
}
