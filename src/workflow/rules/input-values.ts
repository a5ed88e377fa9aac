import type { Report } from "../report.ts";
import { shortenLine } from "../shape-problems.ts";
import { child, nodeAt, textOf, type Path, type SourceNode, type Spot } from "../source-node.ts";
import { keySpotAt, type Rule, type Subject } from "../subject.ts";

/** An input has a source or a value, and a value is handed on as it is: it holds no expressions. */
export const inputValues: Rule = (subject, report) => {
  subject.stages.forEach(({ stage: { inputs }, path: stagePath }) => {
    for (const name of Object.keys(inputs)) {
      const path = [...stagePath, "inputs", name];
      const node = nodeAt(subject.root, path);
      const value = child(node, "value");
      if (!isGiven(value)) continue;
      if (isGiven(child(node, "source"))) reportBoth(subject, report, name, path);
      reportExpressions(report, value, { path: [...path, "value"], name });
    }
  });
};

function reportBoth(subject: Subject, report: Report, name: string, path: Path): void {
  const place = [...path, "value"];
  const at = keySpotAt(subject, place);
  report.error("schema", {
    code: "source_and_value",
    message: `input "${name}" has both a source and a value`,
    path: place,
    at,
    hint: at.origin
      ? 'where a value is to replace a source, write "source: null" beside it'
      : "take one of the two out: a source is evaluated, a value is handed on as it is",
  });
}

interface Place {
  path: Path;
  name: string;
}

function reportExpressions(report: Report, node: SourceNode, { path, name }: Place): void {
  switch (node.kind) {
    case "scalar": {
      const text = textOf(node);
      if (text?.includes("${{")) refuseExpression(report, { path, name }, node, text);
      return;
    }
    case "list":
      return node.items.forEach((item, at) => reportExpressions(report, item, { path: [...path, at], name }));
    case "map":
      for (const [key, entry] of node.entries) {
        const inside = { path: [...path, key], name };
        if (key.includes("${{")) refuseExpression(report, inside, entry.key, key);
        reportExpressions(report, entry.value, inside);
      }
      return;
    default:
      node satisfies never;
  }
}

function refuseExpression(report: Report, { path, name }: Place, at: Spot, text: string): void {
  const example = path.length === 5 ? `"${shortenLine(text)}"` : '"${{ {key: parameters.name} }}"';
  report.error("schema", {
    code: "expression_in_value",
    message: `the value of input "${name}" holds "\${{", but a value is not evaluated`,
    path,
    at,
    hint: `an expression goes into source, in the place of value: source: ${example}`,
  });
}

function isGiven(node: SourceNode | null): node is SourceNode {
  return node !== null && !(node.kind === "scalar" && node.value === null && !node.isFaulty);
}
