import type { StageFacts } from "../../../../views/workflows/builder/builder-view.ts";
import { AppError } from "../../../errors.ts";
import type { Value, ValueObject } from "../../../expression/value.ts";
import type { Edit } from "../../../workflow/edit/edit.ts";
import { listEdits } from "./list-edits.ts";
import { findStage, type DraftReading } from "./read-draft.ts";
import { listOfStage, rootStages } from "../../../workflow/stage-walk.ts";

/** Where a new stage goes: behind the stage of this key; "" at the very beginning, null at the end. */
export type Place = string | null;

/** The stage with this key. Throws `AppError` when there is none. */
export function stageOf(draft: DraftReading, key: string): StageFacts {
  const found = findStage(draft, key);
  if (!found)
    throw new AppError("conflict", `the stage "${key}" no longer exists. look at the stages as they are now`);
  return found;
}

/**
 * A new stage behind a row of stages: it waits for them, and what waited for them directly behind it waits for the new
 * one. The edits, and the new stage's id.
 */
export function addStage(
  draft: DraftReading,
  kind: "agent" | "gate",
  place: Place,
): { id: string; edits: Edit[] } {
  const id = freeId(draft, kind === "gate" ? "approval" : "stage", kind === "gate");
  const rowAt =
    place === null
      ? draft.rows.length - 1
      : draft.rows.findIndex((row) => row.some(({ key }) => key === place));
  if (place !== null && place !== "" && rowAt < 0) stageOf(draft, place);
  const before = idsOf(draft.rows[rowAt] ?? []);
  const at = (draft.rows[rowAt]?.at(-1)?.at ?? -1) + 1;
  const value = kind === "gate" ? newGate(id, before) : newStage(id, before);
  if (draft.stages.length === 0) return { id, edits: [{ kind: "set", path: rootStages, value: [value] }] };
  const insert: Edit = { kind: "insert", path: rootStages, at, value };
  const next = place === null ? [] : (draft.rows[rowAt + 1] ?? []);
  return { id, edits: [...next.flatMap((stage) => waitsFor(stage, before, id)), insert] };
}

/**
 * Makes the stage wait for another one instead of those it waited for; a stage that waited for none of them stays as it
 * is.
 */
function waitsFor({ path, stage }: StageFacts, instead: readonly string[], id: string): Edit[] {
  const { depends_on } = stage;
  const isFirst = instead.length === 0 && depends_on.length === 0;
  if (!isFirst && !depends_on.some((each) => instead.includes(each))) return [];
  const kept = depends_on.filter((each) => !instead.includes(each));
  return listEdits([...path, "depends_on"], depends_on.length === 0 ? null : depends_on, [...kept, id], asIs);
}

export function duplicateStage(draft: DraftReading, key: string): { id: string; edits: Edit[] } {
  const { stage } = stageOf(draft, key);
  const to = freeId(draft, `${stage.id}-copy`, true);
  return { id: to, edits: [{ kind: "duplicate_stage", id: stage.id, to }] };
}

/** Removes a stage; the stages that waited for it wait for what it waited for. */
export function removeStage(draft: DraftReading, key: string): Edit[] {
  const { at, path, stage } = stageOf(draft, key);
  if (draft.stages.length === 1) return [{ kind: "set", path: rootStages, value: [] }];
  const others = draft.stages.filter((other) => other.at !== at && other.stage.depends_on.includes(stage.id));
  const edits = others.flatMap((other): Edit[] => {
    const own = other.stage.depends_on;
    const kept = own.filter((id) => id !== stage.id);
    const inherited = stage.depends_on.filter((id) => !kept.includes(id) && id !== other.stage.id);
    return listEdits([...other.path, "depends_on"], own, [...kept, ...inherited], asIs);
  });
  return [...edits, { kind: "remove", path }];
}

/** `to` is the stage's place in the file afterwards, from 0; beyond the ends is the nearest end. */
export function moveStage(draft: DraftReading, key: string, to: number): Edit[] {
  const stage = stageOf(draft, key);
  const { at } = stage;
  const place = Math.max(0, Math.min(draft.stages.length - 1, to));
  return place === at ? [] : [{ kind: "move", path: listOfStage(stage), from: at, to: place }];
}

/** After the stages of the row before, or beside them: waiting for what they wait for. */
export function quickDependencies(
  draft: DraftReading,
  key: string,
  choice: "sequential" | "parallel",
): Edit[] {
  const { at, path, stage } = stageOf(draft, key);
  const previous = draft.stages[at - 1];
  if (!previous)
    throw new AppError("invalid_usage", `"${stage.name}" is the first stage, so no stage comes before it`);
  const row = draft.rows.find((each) => each.includes(previous)) ?? [];
  const members = row.filter((each) => each.at < at);
  const wanted =
    choice === "sequential" ? idsOf(members) : [...new Set(members.flatMap((each) => each.stage.depends_on))];
  const before = stage.depends_on.length === 0 ? null : stage.depends_on;
  return listEdits(
    [...path, "depends_on"],
    before,
    wanted.filter((id) => id !== stage.id),
    asIs,
  );
}

/** `stage-4` where `stage` is asked for; without a number when `isPlain` and it is free. */
export function freeId(draft: DraftReading, stem: string, isPlain = false): string {
  const taken = new Set(draft.stages.map(({ stage }) => stage.id));
  if (isPlain && !taken.has(stem)) return stem;
  for (let number = isPlain ? 2 : draft.stages.length + 1; ; number++) {
    if (!taken.has(`${stem}-${number}`)) return `${stem}-${number}`;
  }
}

/** True for an id that the builder made up. */
export function isMadeUp(id: string): boolean {
  return /^(stage-\d+|approval(-\d+)?)$/.test(id);
}

function newStage(id: string, before: readonly string[]): ValueObject {
  return { id, name: titleOf(id), ...dependsOnField(before) };
}

function newGate(id: string, before: readonly string[]): ValueObject {
  return {
    id,
    name: titleOf(id),
    type: "gate",
    ...dependsOnField(before),
    gate: { message: "May it go on?" },
  };
}

function dependsOnField(before: readonly string[]): ValueObject {
  return before.length === 0 ? {} : { depends_on: [...before] };
}

function titleOf(id: string): string {
  const words = id.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function idsOf(stages: readonly StageFacts[]): string[] {
  return stages.map(({ stage }) => stage.id).filter((id) => id !== "");
}

function asIs(text: string): Value {
  return text;
}
