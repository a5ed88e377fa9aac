import type { Value, ValueObject } from "../../src/expression/value.ts";
import { diffLines, type DiffLine } from "../workflows/diff.ts";

/** A change of a file, as its lines show it. */
export interface FileEdit {
  /** The first of them, where there are very many. */
  lines: DiffLine[];
  added: number;
  removed: number;
}

/** Names that agents give the text before and after an edit. */
const textNames = [
  ["old_string", "new_string"],
  ["old_str", "new_str"],
  ["old_text", "new_text"],
  ["oldText", "newText"],
] as const;
const mostEdits = 50;
/** Finding the least difference takes the square of this, and a page may have hundreds of edits. */
const mostChangedLines = 100;
const mostShownLines = 400;

/** The edits that a call makes by the texts in its input; none where it does not tell them. */
export function editsOfInput(input: Value): FileEdit[] {
  if (!isObject(input)) return [];
  const several = own(input, "edits");
  const parts = Array.isArray(several) ? (several as readonly Value[]).slice(0, mostEdits) : [input];
  return parts.flatMap((part) => (isObject(part) ? editOf(part) : []));
}

/** The names of an input that its diffs show already. */
export function isShownByEdits(name: string): boolean {
  return name === "edits" || textNames.some((names) => names.some((each) => each === name));
}

/** How many lines all edits put in and take away. */
export function countChanges(edits: readonly FileEdit[]): { added: number; removed: number } {
  const sum = (kind: "added" | "removed"): number => edits.reduce((all, edit) => all + edit[kind], 0);
  return { added: sum("added"), removed: sum("removed") };
}

export function isObject(value: Value): value is ValueObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function editOf(part: ValueObject): FileEdit[] {
  for (const [oldName, newName] of textNames) {
    const [before, after] = [own(part, oldName), own(part, newName)];
    if (typeof before !== "string" || typeof after !== "string") continue;
    const lines = withoutNothing(diffLines(before, after, mostChangedLines), before, after);
    const count = (kind: DiffLine["kind"]): number => lines.filter((line) => line.kind === kind).length;
    return [{ lines: firstOf(lines), added: count("added"), removed: count("removed") }];
  }
  return [];
}

function firstOf(lines: DiffLine[]): DiffLine[] {
  const more = lines.length - mostShownLines;
  if (more <= 0) return lines;
  const text = `… ${more} more lines of this change`;
  return [...lines.slice(0, mostShownLines), { kind: "gap", text, from: null, to: null }];
}

/** A text of no characters is no line that was taken away or put in. */
function withoutNothing(lines: DiffLine[], before: string, after: string): DiffLine[] {
  if (before === "") return lines.filter(({ kind }) => kind !== "removed");
  return after === "" ? lines.filter(({ kind }) => kind !== "added") : lines;
}

function own(value: ValueObject, name: string): Value | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
