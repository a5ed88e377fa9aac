import { partsOf, type Expression } from "./syntax.ts";

/** A static way from a namespace, such as `stages.scan.outputs.o`; each name with its place in the source. */
export interface Reference {
  path: { name: string; start: number; end: number }[];
  /** The outermost node of the way. */
  node: Expression;
}

/**
 * Every longest static way from a namespace, in the order of the source: dots, and string literals in brackets.
 * What follows a computed index does not belong to a way; the index itself may hold ways of its own.
 */
export function references(expression: Expression): Reference[] {
  const found: Reference[] = [];
  const open: Expression[] = [expression];
  for (let node = open.pop(); node; node = open.pop()) {
    const path = pathOf(node);
    if (path) found.push({ path, node });
    else open.push(...partsOf(node).toReversed());
  }
  return found;
}

/** Null where the node is anything but a name with static steps from it. */
function pathOf(node: Expression): Reference["path"] | null {
  const path: Reference["path"] = [];
  let current = node;
  for (;;) {
    if (current.kind === "name") {
      path.push({ name: current.name, start: current.start, end: current.end });
      return path.toReversed();
    }
    if (current.kind === "member") {
      path.push({ name: current.property, start: current.propertyStart, end: current.end });
    } else if (current.kind === "index" && isText(current.index)) {
      path.push({ name: current.index.value, start: current.index.start, end: current.index.end });
    } else {
      return null;
    }
    current = current.object;
  }
}

function isText(node: Expression): node is Expression & { kind: "literal"; value: string } {
  return node.kind === "literal" && typeof node.value === "string";
}
