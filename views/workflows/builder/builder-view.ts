import type { EffectiveDefinition, EffectiveStage } from "../../../src/workflow/effective.ts";
import type { Plan } from "../../../src/workflow/plan.ts";
import type { Path, SourceNode } from "../../../src/workflow/source-node.ts";
import type { DiffLine } from "../diff.ts";
import type { FileProblemFacts } from "../file-problem.tsx";
import type { ShownFinding } from "./form-words.ts";

/** A definition in the builder, as it stands. */
export interface BuilderView {
  /** Where the builder is, and where its forms go. */
  path: string;
  /** Null while there is no such workflow yet. */
  workflow: { slug: string; name: string; status: string; file_problem: FileProblemFacts | null } | null;
  name: string;
  text: string;
  /** Of the draft; 0 while nothing was changed. */
  revision: number;
  /** True: its bytes are not the saved ones. */
  isDirty: boolean;
  /** Null: the text is no YAML. */
  root: SourceNode | null;
  definition: EffectiveDefinition | null;
  /** In the order of the text. */
  findings: readonly ShownFinding[];
  stages: readonly StageFacts[];
  /** Neighbours in the file that are in one batch. */
  rows: readonly (readonly StageFacts[])[];
  plan: Plan | null;
  /** What would be taken back and made again; null when there is nothing. */
  undo: string | null;
  redo: string | null;
  /** What somebody else has made of the file or the workflow since the draft was begun; null when nobody has. */
  theirs: TheirVersion | null;
}

/** A stage with its place. */
export interface StageFacts {
  /** Names it in forms and addresses: its id, or `@` and its number where the id is missing or taken. */
  key: string;
  /** In the file, from 0. */
  at: number;
  /** Its way through the definition. */
  path: Path;
  stage: EffectiveStage;
  /** From 1. */
  batch: number;
  findings: readonly ShownFinding[];
}

export interface TheirVersion {
  text: string;
  /** How theirs differs from the draft. */
  lines: readonly DiffLine[];
}

/** What of the builder is open. */
export interface BuilderOpen {
  tab: "stages" | "yaml";
  /** The line of the text that is asked for, from 1, and why. */
  line: number | null;
  reason: string | null;
  /** The stage whose form is open. */
  editing: StageFacts | null;
  /** The stage that is to be moved somewhere. */
  moving: StageFacts | null;
}

/** A name as part of an element's id. */
export function domId(key: string): string {
  return key.replace(/[^A-Za-z0-9-]/g, (letter) => `_${letter.codePointAt(0)?.toString(16) ?? ""}_`);
}
