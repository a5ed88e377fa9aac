import { functions, takesCount } from "./functions.ts";
import { partsOf, type Expression } from "./syntax.ts";
import { unknownFunction, unknownNamespace, wrongCount, type WrongName } from "./wrong-name.ts";

/** `offset` is in the expression's source; `hint` is the way out. */
export interface ExpressionProblem {
  message: string;
  offset: number;
  hint: string | null;
}

/** Namespaces and functions that are not there, and calls with a wrong number of arguments; in the source's order. */
export function checkExpression(expression: Expression, namespaces: readonly string[]): ExpressionProblem[] {
  const problems: ExpressionProblem[] = [];
  const open: Expression[] = [expression];
  for (let node = open.pop(); node; node = open.pop()) {
    const problem = problemOf(node, namespaces);
    if (problem) problems.push({ ...problem, offset: node.start });
    open.push(...partsOf(node).toReversed());
  }
  return problems;
}

function problemOf(
  node: Expression,
  namespaces: readonly string[],
): WrongName | { message: string; hint: null } | null {
  if (node.kind === "name" && !namespaces.includes(node.name)) return unknownNamespace(node.name, namespaces);
  if (node.kind !== "call") return null;
  const called = functions.get(node.name);
  if (!called) return unknownFunction(node.name);
  if (takesCount(called, node.args.length)) return null;
  return { message: wrongCount(node.name, called, node.args), hint: null };
}
