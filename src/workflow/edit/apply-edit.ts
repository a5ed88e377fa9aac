import type { Value } from "../../expression/value.ts";
import { readSource, type Source } from "../read-source.ts";
import { valueOf } from "../source-node.ts";
import { editGroups } from "./edit-groups.ts";
import type { Edit, EditResult } from "./edit.ts";
import { isSame } from "./edited-value.ts";
import {
  editingOf,
  planInsert,
  planMove,
  planRemove,
  planSet,
  type Editing,
  type PlannedEdit,
} from "./plan-edit.ts";
import { planDuplicateStage } from "./plan-duplicate.ts";
import { planRenameKey, planRenameStage } from "./plan-rename.ts";
import { Refusal } from "./refusal.ts";
import { applySplices, type Splice } from "./splice.ts";
import { layoutOf, placeAt, readsAsJson, type TextLayout } from "./text-layout.ts";
import { rootStages } from "../stage-walk.ts";

const deepest = 64;

/** Splices one edit into a definition's text. All the rest stays byte for byte. */
export function applyEdit(text: string, edit: Edit): EditResult {
  return applyEdits(text, [edit]);
}

/**
 * Several edits, each into the text that the one before left: all of them or none. A refusal's place is in that text.
 */
export function applyEdits(text: string, edits: readonly Edit[]): EditResult {
  let source = readSource(text);
  try {
    for (const group of editGroups(edits)) {
      const all = group.length > 1 ? applyAtOnce(source, group) : null;
      if (all) source = all;
      else for (const edit of group) source = applyChecked(source, edit);
    }
    return { ok: true, text: source.text };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: false, message: error.message, ...source.lines.place(error.offset) };
  }
}

/** Edits that touch different parts, with one reading for all of them. Null where they have to be done one by one. */
function applyAtOnce(source: Source, edits: readonly Edit[]): Source | null {
  try {
    const layout = layoutOf(source);
    const editing = editingOf(source, layout);
    const splices: Splice[] = [];
    const insertedAt = new Set<number>();
    for (const edit of edits) {
      if ("value" in edit) refuseUnfit(edit.value, 0);
      const { expected, ways } = planAny(editing, edit);
      editing.value = expected;
      const own = ways[0]?.() ?? [];
      // Which of two comes first at one place is for the schema to say: it has to see the first one there.
      const inserted = own.filter(({ start, end }) => start === end);
      if (inserted.some(({ start }) => insertedAt.has(start))) return null;
      for (const { start } of inserted) insertedAt.add(start);
      splices.push(...own);
    }
    return readAs(editing.value, source, layout.style.isJson, splices, []);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** The text with the edit in it, read again: it has to read as the edit done to what the old one reads as. */
function applyChecked(source: Source, edit: Edit): Source {
  const layout = layoutOf(source);
  if ("value" in edit) refuseUnfit(edit.value, placeOf(layout, edit));
  const quoted = { ...layout, style: { ...layout.style, hasLiterals: false } };
  const faults: string[] = [];
  for (const each of [layout, quoted]) {
    const { expected, ways } = planAny(editingOf(source, each), edit);
    for (const way of ways) {
      const result = readAs(expected, source, layout.style.isJson, way(), faults);
      if (result) return result;
    }
  }
  const [fault] = faults;
  throw new Refusal(
    `this cannot be changed without breaking how the text is written${fault ? ` (${fault})` : ""}. edit it here`,
    placeOf(layout, edit),
  );
}

/** What is no JSON, or deeper than any definition, cannot be written. Iterative: the depth is anybody's. */
function refuseUnfit(value: Value, offset: number): void {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.depth > deepest) throw new Refusal(`the value is nested deeper than ${deepest} levels`, offset);
    if (typeof next.value === "object" && next.value !== null) {
      for (const part of Object.values(next.value)) open.push({ value: part, depth: next.depth + 1 });
    } else if (!isScalar(next.value)) throw new Refusal("the value is not JSON", offset);
  }
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

/** The text with the splices in it, read again. Null where it does not read as expected: it is thrown away. */
function readAs(
  expected: Value,
  source: Source,
  isJson: boolean,
  splices: readonly Splice[],
  faults: string[],
): Source | null {
  const text = applySplices(source.text, splices);
  if (text === null) return null;
  const result = text === source.text ? source : readSource(text);
  const fault = result.report.findings().find(({ severity }) => severity === "error");
  if (fault) faults.push(fault.message);
  if (fault || !result.root || !isSame(valueOf(result.root), expected)) return null;
  return !isJson || readsAsJson(text) ? result : null;
}

function planAny(editing: Editing, edit: Edit): PlannedEdit {
  switch (edit.kind) {
    case "set":
      return planSet(editing, edit);
    case "remove":
      return planRemove(editing, edit);
    case "insert":
      return planInsert(editing, edit);
    case "move":
      return planMove(editing, edit);
    case "rename_key":
      return planRenameKey(editing, edit);
    case "rename_stage":
      return planRenameStage(editing, edit);
    case "duplicate_stage":
      return planDuplicateStage(editing, edit);
    default:
      return edit satisfies never;
  }
}

function placeOf(layout: TextLayout, edit: Edit): number {
  const place = placeAt(layout, "path" in edit ? edit.path : rootStages);
  return place.entry?.start ?? place.value?.offset ?? 0;
}
