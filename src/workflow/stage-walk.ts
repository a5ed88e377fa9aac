import type { EffectiveStage } from "./effective.ts";
import { child, type Path, type SourceNode } from "./source-node.ts";

/** Where a stage is: whoever looks at stages asks for their places here, and makes none of them himself. */
export interface StagePlace {
  /** Its number among its neighbours, from 0: the graph's number too. */
  at: number;
  /** Its way through the definition: `["stages", 1]`. */
  path: Path;
}

export interface PlacedStage extends StagePlace {
  stage: EffectiveStage;
  /** As people and events name it. */
  address: string;
}

/** Every stage of a definition, in the order of the file. */
export function walkStages({ stages }: { stages: readonly EffectiveStage[] }): PlacedStage[] {
  return stages.map((stage, at) => ({ stage, at, path: stagePath(at), address: stage.id }));
}

/** The same of a definition's text: also what lacks an id, and what is no stage at all. */
export function walkStageNodes(root: SourceNode | null): (StagePlace & { node: SourceNode })[] {
  const list = child(root, stagesKey);
  return list?.kind === "list" ? list.items.map((node, at) => ({ node, at, path: stagePath(at) })) : [];
}

/** The stage that a path leads into, and the way from there; null for what is in none. */
export function stageOfPath(path: Path): (StagePlace & { rest: Path }) | null {
  const [top, at, ...rest] = path;
  return top === stagesKey && typeof at === "number" ? { at, path: stagePath(at), rest } : null;
}

/** The same for the text of a path, such as a finding has; null for what is in no stage. */
export function stagePathText(text: string): string | null {
  return /^stages\[\d+\]/.exec(text)?.[0] ?? null;
}

/** The list that a stage is in. */
export function listOfStage({ path }: StagePlace): Path {
  return path.slice(0, -1);
}

/** The stages of the workflow itself, as a path. */
export const rootStages: Path = ["stages"];

const stagesKey = "stages";

function stagePath(at: number): Path {
  return [...rootStages, at];
}
