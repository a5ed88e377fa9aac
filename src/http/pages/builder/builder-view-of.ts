import { diffLines } from "../../../../views/workflows/diff.ts";
import type { BuilderOpen, BuilderView } from "../../../../views/workflows/builder/builder-view.ts";
import type { Context } from "../../server/server-parts.ts";
import { artifactsOf } from "../page-frame.ts";
import { nextSteps } from "./draft-changes.ts";
import type { OpenDraft } from "./open-draft.ts";
import { planOf, readDraft, stageNamed, type DraftReading } from "./read-draft.ts";

const mostReadings = 16;
const readings = new WeakMap<Context, Map<string, DraftReading>>();

/** A text, read; the last one of each draft is kept, for the next request begins with it. */
export function readingOf(context: Context, { row, workflow }: OpenDraft, text = row.text): DraftReading {
  const known = readings.get(context) ?? new Map<string, DraftReading>();
  readings.set(context, known);
  const last = known.get(row.id);
  if (last?.text === text && last.baseText === row.base_text) return last;
  const base = { text: row.base_text, isNew: workflow === null };
  const reading = readDraft(text, { artifacts: artifactsOf(context), base });
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
  const { root, definition, findings, stages, rows } = reading;
  const { undo, redo } = nextSteps(changes);
  return {
    path,
    root,
    definition,
    findings,
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
