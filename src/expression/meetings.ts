import { partsOf, type Expression } from "./syntax.ts";

/** Two parts of an expression that are compared: for being equal, or for the right one being in the left one. */
export interface Meeting {
  left: Expression;
  right: Expression;
  use: "equal" | "contains";
}

/** More alternatives than these on one side are not followed. */
const mostLeaves = 64;

/** Whatever is compared with whatever, through parentheses, alternatives, arrays and `contains`. */
export function meetings(expression: Expression): Meeting[] {
  const found: Meeting[] = [];
  const open: Expression[] = [expression];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.kind === "binary" && (node.operator === "==" || node.operator === "!="))
      meet(found, node.left, node.right);
    else if (node.kind === "call" && node.name === "contains") meetInside(found, node.args);
    open.push(...partsOf(node).toReversed());
  }
  return found;
}

/** `stages.<id>.status`, in dots or brackets; the stage may be any expression that yields one. */
export function isStageStatus(node: Expression): boolean {
  if (node.kind !== "member" && node.kind !== "index") return false;
  if (nameOfStep(node) !== "status") return false;
  return leavesOf(node.object).some(
    (stage) =>
      (stage.kind === "member" || stage.kind === "index") &&
      stage.object.kind === "name" &&
      stage.object.name === "stages",
  );
}

function meet(found: Meeting[], left: Expression, right: Expression): void {
  const others = leavesOf(right);
  for (const a of leavesOf(left)) {
    for (const b of others) {
      if (a.kind === "array" && b.kind === "array") {
        if (a.items.length === b.items.length)
          a.items.forEach((item, at) => meet(found, item, b.items[at] ?? item));
      } else if (a.kind === "object" && b.kind === "object") {
        for (const { key, value } of a.entries) {
          const other = b.entries.find((entry) => entry.key === key);
          if (other) meet(found, value, other.value);
        }
      } else found.push({ left: a, right: b, use: "equal" });
    }
  }
}

function meetInside(found: Meeting[], [inside, item]: readonly Expression[]): void {
  if (!inside || !item) return;
  for (const held of leavesOf(inside)) {
    if (held.kind === "array") for (const each of held.items) meet(found, each, item);
    else for (const leaf of leavesOf(item)) found.push({ left: held, right: leaf, use: "contains" });
  }
}

/** The parts that may be the value of an expression, which is itself where it decides nothing. */
function leavesOf(expression: Expression): Expression[] {
  const leaves: Expression[] = [];
  const open: Expression[] = [expression];
  for (let node = open.pop(); node && leaves.length < mostLeaves; node = open.pop()) {
    const next = alternativesOf(node);
    if (next) open.push(...next.toReversed());
    else leaves.push(node);
  }
  return leaves;
}

function alternativesOf(node: Expression): readonly Expression[] | null {
  if (node.kind === "conditional") return [node.then, node.otherwise];
  if (node.kind === "binary" && (node.operator === "&&" || node.operator === "||"))
    return [node.left, node.right];
  if (node.kind === "call" && node.name === "coalesce") return node.args;
  return node.kind === "member" || node.kind === "index" ? itemsOf(node) : null;
}

/** What an index into a literal may give. */
function itemsOf(node: Expression & { kind: "member" | "index" }): readonly Expression[] | null {
  const { object } = node;
  if (object.kind === "array") {
    const at = node.kind === "index" && node.index.kind === "literal" ? node.index.value : null;
    const item = typeof at === "number" ? object.items[at] : undefined;
    return item ? [item] : object.items;
  }
  if (object.kind !== "object") return null;
  const name = nameOfStep(node);
  const chosen = object.entries.filter(({ key }) => name === null || key === name);
  return chosen.map(({ value }) => value);
}

function nameOfStep(node: Expression & { kind: "member" | "index" }): string | null {
  if (node.kind === "member") return node.property;
  return node.index.kind === "literal" && typeof node.index.value === "string" ? node.index.value : null;
}
