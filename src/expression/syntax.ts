/** A parsed expression. `start` and `end` are offsets in its source, in UTF-16 units; `end` is exclusive. */
export type Expression =
  Literal | Name | Member | Index | Call | ArrayLiteral | ObjectLiteral | Not | Binary | Conditional;

interface Place {
  start: number;
  end: number;
}

export interface Literal extends Place {
  kind: "literal";
  value: null | boolean | number | string;
}

/** A bare identifier: a namespace. */
export interface Name extends Place {
  kind: "name";
  name: string;
}

export interface Member extends Place {
  kind: "member";
  object: Expression;
  property: string;
  propertyStart: number;
}

export interface Index extends Place {
  kind: "index";
  object: Expression;
  index: Expression;
}

export interface Call extends Place {
  kind: "call";
  name: string;
  args: Expression[];
}

export interface ArrayLiteral extends Place {
  kind: "array";
  items: Expression[];
}

export interface ObjectLiteral extends Place {
  kind: "object";
  entries: { key: string; value: Expression }[];
}

export interface Not extends Place {
  kind: "not";
  operand: Expression;
}

export interface Binary extends Place {
  kind: "binary";
  operator: BinaryOperator;
  left: Expression;
  right: Expression;
}

export type BinaryOperator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "&&" | "||";

export interface Conditional extends Place {
  kind: "conditional";
  test: Expression;
  then: Expression;
  otherwise: Expression;
}

/** The direct parts of a node, in the order of the source. */
export function partsOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case "literal":
    case "name":
      return [];
    case "member":
      return [node.object];
    case "index":
      return [node.object, node.index];
    case "call":
      return node.args;
    case "array":
      return node.items;
    case "object":
      return node.entries.map(({ value }) => value);
    case "not":
      return [node.operand];
    case "binary":
      return [node.left, node.right];
    case "conditional":
      return [node.test, node.then, node.otherwise];
    default:
      return node satisfies never;
  }
}
