import { isMap, isScalar, parseDocument, type Scalar } from "yaml";
import { AppError } from "../errors.ts";

/** The text with another `workflow.id` and `workflow.name`; every other byte stays. YAML or JSON. */
export function renameDefinition(text: string, id: string, name: string): string {
  const workflow = parseDocument(text).get("workflow");
  const places = isMap(workflow) ? [workflow.get("id", true), workflow.get("name", true)] : [];
  const values = [id, name];
  const splices = places.flatMap((node, at) =>
    isScalar(node) && node.range ? [spliceOf(node, values[at] ?? "")] : [],
  );
  if (splices.length !== 2) {
    throw new AppError(
      "invalid_definition",
      'the definition has no "workflow.id" or "workflow.name" to change',
    );
  }
  splices.sort((a, b) => b.start - a.start);
  let renamed = text;
  for (const { start, end, value } of splices) renamed = renamed.slice(0, start) + value + renamed.slice(end);
  return renamed;
}

function spliceOf(node: Scalar, value: string): { start: number; end: number; value: string } {
  const [start = 0, end = 0] = node.range ?? [];
  const isPlain =
    node.type === "PLAIN" && /^[A-Za-z][\w -]*\w$/.test(value) && !/^(true|false|null)$/i.test(value);
  const written = isPlain ? value : JSON.stringify(value);
  // A block scalar's range takes the line end along.
  return { start, end, value: node.type?.startsWith("BLOCK") ? `${written}\n` : written };
}
