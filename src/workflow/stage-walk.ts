import type { EffectiveStage } from "./effective.ts";
import { child, type Path, type SourceNode } from "./source-node.ts";

/** The place of a stage. All code gets these places from the functions here and makes none itself. */
export interface StagePlace {
  /** Its number in its list, from 0, which is also its number in the graph. */
  at: number;
  /** Its path in the definition: `["stages", 1]`. */
  path: Path;
}

export interface PlacedStage extends StagePlace {
  stage: EffectiveStage;
  /** The name that people and events use. */
  address: string;
}

/** Visits every stage of a definition in the order of the file. */
export function walkStages({ stages }: { stages: readonly EffectiveStage[] }): PlacedStage[] {
  return stages.map((stage, at) => ({ stage, at, path: stagePath(at), address: stage.id }));
}

/** Visits every item of `stages` in a definition's text, even one without an id or one that is no stage at all. */
export function walkStageNodes(root: SourceNode | null): (StagePlace & { node: SourceNode })[] {
  const list = child(root, stagesKey);
  return list?.kind === "list" ? list.items.map((node, at) => ({ node, at, path: stagePath(at) })) : [];
}

/** The stage that a path leads into, and the rest of the path. Null for a path outside the stages. */
export function stageOfPath(path: Path): (StagePlace & { rest: Path }) | null {
  const [top, at, ...rest] = path;
  return top === stagesKey && typeof at === "number" ? { at, path: stagePath(at), rest } : null;
}

/** The same for the text of a path, such as that of a finding. */
export function stagePathText(text: string): string | null {
  return /^stages\[\d+\]/.exec(text)?.[0] ?? null;
}

/** The path of the list that contains a stage. */
export function listOfStage({ path }: StagePlace): Path {
  return path.slice(0, -1);
}

/** The path of the workflow's own stages. */
export const rootStages: Path = ["stages"];

const stagesKey = "stages";

function stagePath(at: number): Path {
  return [...rootStages, at];
}
