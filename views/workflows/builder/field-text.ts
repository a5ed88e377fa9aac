import type { SourceNode } from "../../../src/workflow/source-node.ts";
import { textOf, valueOf } from "../../../src/workflow/source-node.ts";

/** The text a form's field shows for what a definition holds; what is not there is empty. */
export function scalarText(node: SourceNode | null): string {
  if (node === null) return "";
  if (node.kind !== "scalar") return JSON.stringify(valueOf(node));
  if (node.value === null) return "";
  return typeof node.value === "string" ? node.value : (node.written ?? String(node.value));
}

/** A list as lines, one for each item. */
export function linesOf(node: SourceNode | null): string[] {
  if (node?.kind !== "list") return node === null || scalarText(node) === "" ? [] : [scalarText(node)];
  return node.items.map(anyText);
}

/** A value of any type: text as it is, all else as JSON. */
export function anyText(node: SourceNode | null): string {
  if (node === null) return "";
  return textOf(node) ?? JSON.stringify(valueOf(node));
}

/** The names of a map, in the order of the file; a form's rows are numbered by it. */
export function namesIn(node: SourceNode | null): string[] {
  return node?.kind === "map" ? [...node.entries.keys()] : [];
}
