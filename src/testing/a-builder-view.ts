import type { BuilderView } from "../../views/workflows/builder/builder-view.ts";
import { planOf, readDraft } from "../http/pages/builder/read-draft.ts";

/** The view of a new definition with this text in the builder. */
export function aBuilderView(
  text: string,
  given: Partial<BuilderView> = {},
  base = { text, isNew: true },
): BuilderView {
  const reading = readDraft(text, { base });
  const { root, definition, findings, stages, rows } = reading;
  return {
    path: "/workflows/new/draft",
    workflow: null,
    name: definition?.workflow.name ?? "",
    text,
    revision: 0,
    isDirty: false,
    root,
    definition,
    findings,
    stages,
    rows,
    plan: planOf(reading),
    undo: null,
    redo: null,
    theirs: null,
    ...given,
  };
}
