import { domId, type StageFacts } from "../../../../views/workflows/builder/builder-view.ts";
import { AppError } from "../../../errors.ts";
import { applyEdits } from "../../../workflow/edit/apply-edit.ts";
import type { Edit } from "../../../workflow/edit/edit.ts";
import { kebabOf } from "../../../workflow/identifier.ts";
import { nodeAt, type Path } from "../../../workflow/source-node.ts";
import { stageOfPath } from "../../../workflow/stage-walk.ts";
import type { ChangeResult } from "./builder-answer.ts";
import { readingOf, type DraftPlace } from "./builder-view-of.ts";
import { mergedText, nextSteps, textAt } from "./draft-changes.ts";
import { labelOf } from "./edit-label.ts";
import { formEdits, rootShape, sentText, stageShape } from "./form-edits.ts";
import { changeText, textOfRevision, type OpenDraft } from "./open-draft.ts";
import { findStage, type DraftReading } from "./read-draft.ts";
import { RefusedEdit } from "./refused-edit.ts";
import * as stages from "./stage-edits.ts";

/** A form that the builder has sent. */
export interface ActCall {
  form: URLSearchParams;
  place: DraftPlace;
  now: Date;
}

/** Does what a form of the builder asks, on the draft it belongs to. Throws `AppError` and `RefusedEdit`. */
export type BuilderAct = (call: ActCall, draft: OpenDraft) => ChangeResult;

export const builderActs: Readonly<Record<string, BuilderAct>> = {
  stage: changeStage,
  settings: changeSettings,
  depend: (call, draft) => {
    const key = call.form.get("stage") ?? "";
    const choice = call.form.get("choice") === "parallel" ? "parallel" : "sequential";
    const edits = stages.quickDependencies(readingOf(call.place, draft), key, choice);
    const label = `Make it ${choice}`;
    return { draft: changeDraft(call, draft, edits, label), said: `It is ${choice} now`, editing: key };
  },
  add,
  duplicate: (call, draft) => {
    const reading = readingOf(call.place, draft);
    const { stage } = stages.stageOf(reading, keyIn(call));
    const { id, edits } = stages.duplicateStage(reading, keyIn(call));
    const label = `Duplicate ${stage.name}`;
    return {
      draft: changeDraft(call, draft, edits, label),
      said: `Made a copy: ${id}`,
      focus: `name-${domId(id)}`,
    };
  },
  remove,
  move,
  undo: (call, draft) => step(call, draft, "undo"),
  redo: (call, draft) => step(call, draft, "redo"),
  text: (call, draft) => {
    const base = textOfRevision(draft, Number(call.form.get("revision")));
    const sent = sentText(call.form, "text");
    const text = mergedText(base, sent, draft.row.text);
    if (text !== null) return { draft: putText(call, draft, text, "Edit the YAML"), said: "", text: sent };
    const message =
      "the form has changed the same place meanwhile. load the page again, then repeat the change";
    throw new AppError("conflict", message);
  },
};

function changeStage(call: ActCall, draft: OpenDraft): ChangeResult {
  const { place, form } = call;
  const key = keyIn(call);
  const base = readingOf(place, draft, textOfRevision(draft, Number(form.get("revision"))));
  const now = readingOf(place, draft);
  const from = stages.stageOf(base, key);
  const to = stages.stageOf(now, key);
  const made = formEdits({
    fields: form,
    from: nodeAt(base.root, from.path),
    to: to.path,
    shape: stageShape,
  });
  const edits = withConsequences(draft, now, to, made);
  const renamed = edits.find((edit) => edit.kind === "rename_stage");
  const changed = changeDraft(call, draft, edits, labelOf(edits, to.stage.name));
  const isOpen = form.get("part") === "editor";
  const newKey = readingOf(place, changed).stages[to.at]?.key ?? key;
  return { draft: changed, said: renamed ? `Its id is ${newKey} now` : "", editing: isOpen ? newKey : null };
}

/** An id is renamed everywhere. A made-up id follows the name. A gate has no agent, and an agent no gate. */
function withConsequences(
  draft: OpenDraft,
  now: DraftReading,
  facts: StageFacts,
  made: readonly Edit[],
): Edit[] {
  const { stage, key, path } = facts;
  const type = settingOf(made, "type");
  const edits = made.flatMap((edit) =>
    edit === type ? [edit, ...typeChange(type.value === "gate", now, path)] : [edit],
  );
  const id = settingOf(edits, "id");
  const others = edits.filter((edit) => edit !== id);
  const to = id ? String(id.value) : idFromName(draft, now, stage.id, edits);
  if (to === null) return others;
  if (stage.id === "" || key !== stage.id)
    return [...others, { kind: "set", path: [...path, "id"], value: to }];
  return [...others, { kind: "rename_stage", id: stage.id, to }];
}

/** The edit that sets a field of a stage itself. */
function settingOf(edits: readonly Edit[], field: string): Extract<Edit, { kind: "set" }> | undefined {
  return edits
    .filter((edit) => edit.kind === "set")
    .find(({ path }) => stageOfPath(path)?.rest.join(".") === field);
}

function typeChange(isGate: boolean, { root }: DraftReading, stage: Path): Edit[] {
  const path = (field: string): Path => [...stage, field];
  const has = (field: string) => nodeAt(root, path(field)) !== null;
  if (!isGate) return has("gate") ? [{ kind: "remove", path: path("gate") }] : [];
  const edits: Edit[] = has("roles") ? [{ kind: "remove", path: path("roles") }] : [];
  if (has("gate")) return edits;
  return [...edits, { kind: "set", path: path("gate"), value: { message: "May it go on?" } }];
}

/** While a stage is new and its id made up, the id is made of its name; what has been saved keeps its id. */
function idFromName(
  { row }: OpenDraft,
  now: DraftReading,
  id: string,
  edits: readonly Edit[],
): string | null {
  const name = settingOf(edits, "name");
  if (!name || !stages.isMadeUp(id) || new RegExp(`\\bid: ${id}\\s*$`, "m").test(row.base_text)) return null;
  const made = kebabOf(String(name.value)).slice(0, 60);
  if (made === "" || made === id) return null;
  return stages.freeId(now, made, true);
}

function changeSettings(call: ActCall, draft: OpenDraft): ChangeResult {
  const { place, form } = call;
  const base = readingOf(place, draft, textOfRevision(draft, Number(form.get("revision"))));
  const made = formEdits({ fields: form, from: base.root, to: [], shape: rootShape });
  return { draft: changeDraft(call, draft, withWorkflowId(draft, made), labelOf(made, "")), said: "" };
}

/** The id of a workflow that nobody has saved yet follows its name, as long as it is what the name made of it. */
function withWorkflowId(draft: OpenDraft, made: readonly Edit[]): Edit[] {
  const edits = [...made];
  const isAt = (edit: Edit, field: string): boolean =>
    edit.kind === "set" && edit.path.length === 2 && edit.path[0] === "workflow" && edit.path[1] === field;
  const name = edits.find((edit) => isAt(edit, "name"));
  if (draft.workflow !== null || name?.kind !== "set" || edits.some((edit) => isAt(edit, "id"))) return edits;
  const before = /^\s+id: (\S+)$/m.exec(draft.row.text)?.[1];
  const to = kebabOf(String(name.value)).slice(0, 60);
  if (to === "" || before === undefined || before !== kebabOf(draft.row.name)) return edits;
  return [...edits, { kind: "set", path: ["workflow", "id"], value: to }];
}

function add(call: ActCall, draft: OpenDraft): ChangeResult {
  const kind = call.form.get("kind") === "gate" ? "gate" : "agent";
  const { id, edits } = stages.addStage(readingOf(call.place, draft), kind, call.form.get("place"));
  const word = kind === "gate" ? "gate" : "stage";
  const changed = changeDraft(call, draft, edits, `Add ${word}`);
  return { draft: changed, said: `Added a ${word}`, editing: id, opens: true, focus: "s-name" };
}

function remove(call: ActCall, draft: OpenDraft): ChangeResult {
  const reading = readingOf(call.place, draft);
  const { stage, at } = stages.stageOf(reading, keyIn(call));
  const edits = stages.removeStage(reading, keyIn(call));
  const changed = changeDraft(call, draft, edits, `Remove ${stage.name}`);
  const left = readingOf(call.place, changed).stages;
  const next = left[Math.min(at, left.length - 1)];
  const focus = next ? `edit-${domId(next.key)}` : "add-end";
  return { draft: changed, said: `Removed ${stage.name}`, canUndo: true, focus };
}

function move(call: ActCall, draft: OpenDraft): ChangeResult {
  const { form, place } = call;
  const key = keyIn(call);
  const reading = readingOf(place, draft);
  const { stage, at } = stages.stageOf(reading, key);
  const by = Number(form.get("by"));
  const to = form.has("to") ? Number(form.get("to")) : at + by;
  if (!Number.isSafeInteger(to)) throw new AppError("invalid_usage", '"to" is the number of a place');
  const changed = changeDraft(call, draft, stages.moveStage(reading, key, to), `Move ${stage.name}`);
  const now = findStage(readingOf(place, changed), key);
  const { length } = reading.stages;
  const number = (now?.at ?? 0) + 1;
  const said = `${stage.name} is at place ${number} of ${length} now, in step ${now?.batch ?? 1}`;
  const handle = form.has("to") ? "handle" : by < 0 ? "up" : "down";
  // The button at the end of the list is disabled, so the other one gets the focus.
  const isAtEnd = (handle === "up" && number === 1) || (handle === "down" && number === length);
  const focused = isAtEnd ? (handle === "up" ? "down" : "up") : handle;
  return { draft: changed, said, focus: `${focused}-${domId(key)}` };
}

const otherStep = { undo: "redo", redo: "undo" } as const;

function step(call: ActCall, draft: OpenDraft, kind: "undo" | "redo"): ChangeResult {
  const { row, changes } = draft;
  const group = nextSteps(changes)[kind];
  if (!group) return { draft, said: `There is nothing to ${kind}` };
  const text = textAt(row.text, changes, row.revision, kind === "undo" ? group.before : group.after);
  if (text === null) throw new AppError("conflict", `this is too old to ${kind}`);
  const changed = changeText(draft, call.now, { text, label: group.label, kind });
  return {
    draft: changed,
    said: `${kind === "undo" ? "Undone" : "Done again"}: ${group.label}`,
    // With the keyboard the focus is elsewhere on the page, and stays there.
    ...(call.form.get("stays") === "1"
      ? {}
      : { focus: `${nextSteps(changed.changes)[kind] ? kind : otherStep[kind]}-button` }),
  };
}

function changeDraft(call: ActCall, draft: OpenDraft, edits: readonly Edit[], label: string): OpenDraft {
  if (edits.length === 0) return draft;
  const edited = applyEdits(draft.row.text, edits);
  if (!edited.ok) throw new RefusedEdit(edited.message, edited.line);
  return putText(call, draft, edited.text, label);
}

function putText({ place, now }: ActCall, draft: OpenDraft, text: string, label: string): OpenDraft {
  const changed = changeText(draft, now, { text, label });
  const name = readingOf(place, changed).definition?.workflow.name;
  if (!name || name === changed.row.name) return changed;
  return { ...changed, row: { ...changed.row, name } };
}

function keyIn({ form }: ActCall): string {
  return form.get("stage") ?? "";
}
