import { readSource, type Source } from "../read-source.ts";
import { valueOf } from "../source-node.ts";
import type { Edit, Edited } from "./edit.ts";
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
import { spliced } from "./splice.ts";
import { layoutOf, placeAt, readsAsJson, type TextLayout } from "./text-layout.ts";

/** Splices one edit into a definition's text. All the rest stays byte for byte. */
export function applyEdit(text: string, edit: Edit): Edited {
  return applyEdits(text, [edit]);
}

/** Several edits, each into the text that the one before left: all of them or none. A refusal's place is in that text. */
export function applyEdits(text: string, edits: readonly Edit[]): Edited {
  let source = readSource(text);
  try {
    for (const edit of edits) source = applied(source, edit);
    return { ok: true, text: source.text };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: false, message: error.message, ...source.lines.place(error.offset) };
  }
}

/** The text with the edit in it, read again: it has to read as the edit done to what the old one reads as. */
function applied(source: Source, edit: Edit): Source {
  const layout = layoutOf(source);
  const { expected, ways } = planned(editingOf(source, layout), edit);
  let fault: string | null = null;
  for (const way of ways) {
    const text = spliced(source.text, way());
    if (text === null) continue;
    const result = text === source.text ? source : readSource(text);
    fault = result.report.findings().find(({ severity }) => severity === "error")?.message ?? null;
    if (fault !== null || !result.root || !isSame(valueOf(result.root), expected)) continue;
    if (!layout.style.isJson || readsAsJson(text)) return result;
  }
  throw new Refusal(
    `this cannot be changed without breaking how the text is written${fault === null ? "" : ` (${fault})`}. edit it here`,
    placeOf(layout, edit),
  );
}

function planned(editing: Editing, edit: Edit): PlannedEdit {
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
  const place = placeAt(layout, "path" in edit ? edit.path : ["stages"]);
  return place.entry?.start ?? place.value?.offset ?? 0;
}
