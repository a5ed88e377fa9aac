import { diffLines } from "../../../../views/workflows/diff.ts";
import type { BuilderOpen, BuilderView } from "../../../../views/workflows/builder/builder-view.ts";
import { nodeAt } from "../../../workflow/source-node.ts";
import type { Context } from "../../server-parts.ts";
import { artifactsOf } from "../page-frame.ts";
import { nextSteps } from "./draft-changes.ts";
import type { OpenDraft } from "./open-draft.ts";
import { planOf, readDraft, stageNamed, type DraftReading } from "./read-draft.ts";

const mostReadings = 16;
const readings = new WeakMap<Context, Map<string, DraftReading>>();

/** A text, read; the last one of each draft is kept, for the next request begins with it. */
export function readingOf(context: Context, { row }: OpenDraft, text = row.text): DraftReading {
  const known = readings.get(context) ?? new Map<string, DraftReading>();
  readings.set(context, known);
  const last = known.get(row.id);
  if (last?.text === text) return last;
  const reading = readDraft(text, artifactsOf(context));
  if (text !== row.text) return reading;
  known.delete(row.id);
  known.set(row.id, reading);
  for (const oldest of known.keys()) {
    if (known.size <= mostReadings) break;
    known.delete(oldest);
  }
  return reading;
}

export function viewOf(context: Context, draft: OpenDraft): BuilderView {
  const { path, workflow, row, changes, theirs } = draft;
  const reading = readingOf(context, draft);
  const { root, definition, validation, stages, rows } = reading;
  const { undo, redo } = nextSteps(changes);
  return {
    path,
    root,
    definition,
    validation: workflow ? validation : withoutMissingStages(reading),
    stages,
    rows,
    workflow: workflow && {
      slug: workflow.slug,
      name: workflow.name,
      status: workflow.status,
      file_problem: workflow.file_problem,
    },
    name: definition?.workflow.name || workflow?.name || row.name,
    text: row.text,
    revision: row.revision,
    isDirty: row.text !== row.base_text,
    plan: planOf(reading),
    undo: undo?.label ?? null,
    redo: redo?.label ?? null,
    theirs: theirs === null ? null : { text: theirs, lines: diffLines(theirs, row.text) },
  };
}

/** A new workflow begins without stages: the place for them says what to do, and a save says what is missing. */
function withoutMissingStages({ validation, root, stages }: DraftReading): DraftReading["validation"] {
  const list = root && nodeAt(root, ["stages"]);
  const isEmptyList = stages.length === 0 && list?.kind === "list" && list.items.length === 0;
  if (!isEmptyList) return validation;
  return { ...validation, errors: validation.errors.filter(({ path }) => path !== "stages") };
}

/** What an address asks to be open. */
export function openOf(context: Context, draft: OpenDraft, query: URLSearchParams): BuilderOpen {
  const reading = readingOf(context, draft);
  const named = (name: string) => stageNamed(reading, query.get(name) ?? "\n");
  const line = Number(query.get("line"));
  return {
    tab: query.get("tab") === "yaml" ? "yaml" : "stages",
    line: Number.isSafeInteger(line) && line > 0 ? line : null,
    reason: null,
    editing: named("stage"),
    moving: named("move"),
  };
}
