import type { BuilderView } from "../../views/workflows/builder/builder-view.ts";
import { planOf, readDraft } from "../http/pages/builder/read-draft.ts";

/** A new definition with this text in the builder, as its page would draw it. */
export function aBuilderView(text: string, given: Partial<BuilderView> = {}): BuilderView {
  const reading = readDraft(text);
  const { root, definition, validation, stages, rows } = reading;
  return {
    path: "/workflows/new/draft",
    workflow: null,
    name: definition?.workflow.name ?? "",
    text,
    revision: 0,
    isDirty: false,
    root,
    definition,
    validation,
    stages,
    rows,
    plan: planOf(reading),
    undo: null,
    redo: null,
    theirs: null,
    ...given,
  };
}
