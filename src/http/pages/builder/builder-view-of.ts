import { diffLines } from "../../../../views/workflows/diff.ts";
import type { BuilderOpen, BuilderView } from "../../../../views/workflows/builder/builder-view.ts";
import { openArtifacts } from "../../../collection/artifacts.ts";
import type { Surroundings } from "../../../collection/artifact-places.ts";
import { nextSteps } from "./draft-changes.ts";
import type { OpenDraft } from "./open-draft.ts";
import { planOf, readDraft, findStage, type DraftReading } from "./read-draft.ts";

/** Where the artifacts of a draft may lie. */
export type DraftPlace = Surroundings;

const mostReadings = 16;
const readings = new Map<string, DraftReading>();

/** A text that was read. The last one of each draft is cached, because the next request begins with it. */
export function readingOf(place: DraftPlace, { row, workflow }: OpenDraft, text = row.text): DraftReading {
  const last = readings.get(row.id);
  if (last?.text === text && last.baseText === row.base_text) return last;
  const base = { text: row.base_text, isNew: workflow === null };
  const reading = readDraft(text, { artifacts: openArtifacts(place), base });
  if (text !== row.text) return reading;
  readings.delete(row.id);
  readings.set(row.id, reading);
  for (const oldest of readings.keys()) {
    if (readings.size <= mostReadings) break;
    readings.delete(oldest);
  }
  return reading;
}

export function viewOf(where: DraftPlace, draft: OpenDraft): BuilderView {
  const { path, workflow, row, changes, theirs } = draft;
  const reading = readingOf(where, draft);
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

/** What an address says is open. */
export function openOf(where: DraftPlace, draft: OpenDraft, query: URLSearchParams): BuilderOpen {
  const reading = readingOf(where, draft);
  const findNamed = (name: string) => findStage(reading, query.get(name) ?? "\n");
  const line = Number(query.get("line"));
  return {
    tab: query.get("tab") === "yaml" ? "yaml" : "stages",
    line: Number.isSafeInteger(line) && line > 0 ? line : null,
    reason: null,
    editing: findNamed("stage"),
    moving: findNamed("move"),
  };
}
