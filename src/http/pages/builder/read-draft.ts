import type { StageFacts } from "../../../../views/workflows/builder/builder-view.ts";
import {
  isMissing,
  shownFinding,
  type ShownFinding,
} from "../../../../views/workflows/builder/form-words.ts";
import type { ArtifactLookup } from "../../../workflow/artifact-lookup.ts";
import { findCycle } from "../../../workflow/cycles.ts";
import type { EffectiveDefinition } from "../../../workflow/effective.ts";
import { batchesOf } from "../../../workflow/graph.ts";
import { planWorkflow, type Plan } from "../../../workflow/plan.ts";
import { checkDraft, type CheckedDraft } from "../../../workflow/validate.ts";
import { pathText } from "../../../workflow/source-path.ts";
import { stagePathText, walkStages } from "../../../workflow/stage-walk.ts";

/** A draft's text, read: what the builder shows of it and what its edits are computed from. */
export interface DraftReading extends CheckedDraft {
  text: string;
  /** The text it was begun with. */
  baseText: string | null;
  findings: ShownFinding[];
  stages: StageFacts[];
  rows: StageFacts[][];
}

/** What a draft is compared with. */
interface ReadOptions {
  artifacts?: ArtifactLookup | undefined;
  /** Null: no field counts as merely not filled in yet. */
  base?: { text: string; isNew: boolean } | null;
}

export function readDraft(text: string, { artifacts, base = null }: ReadOptions = {}): DraftReading {
  const checked = checkDraft(text, { file: "definition", ...(artifacts ? { artifacts } : {}) });
  const { validation, definition } = checked;
  const all = [...validation.errors, ...validation.warnings];
  const inBase = base !== null && all.some(isMissing) ? stageIdsOf(base.text) : null;
  const isNew = base?.isNew ?? false;
  const findings = all
    .map((finding) => shownFinding(finding, { isNew, hasStage: (id) => inBase?.has(id) ?? true }))
    .toSorted((a, b) => a.line - b.line || a.column - b.column);
  const stages = definition ? stageFacts(definition, findings) : [];
  return { ...checked, text, baseText: base?.text ?? null, findings, stages, rows: rowsOf(stages) };
}

function stageIdsOf(text: string): Set<string> {
  const { definition } = checkDraft(text, { file: "definition" });
  return new Set(definition?.stages.map(({ id }) => id));
}

/** The plan, if there is one: there is none with a cycle or without stages. */
export function planOf({ definition, validation }: DraftReading): Plan | null {
  if (!definition || definition.stages.length === 0 || findCycle(definition.stages) !== null) return null;
  return planWorkflow(definition, { parameters: [], overrides: [], validation });
}

export function findStage({ stages }: DraftReading, key: string): StageFacts | null {
  return stages.find((stage) => stage.key === key) ?? null;
}

function stageFacts(definition: EffectiveDefinition, findings: readonly ShownFinding[]): StageFacts[] {
  const batches = new Map<string, number>();
  batchesOf(definition.stages).forEach((ids, at) => ids.forEach((id) => batches.set(id, at + 1)));
  const byStage = Map.groupBy(findings, ({ path }) => stagePathText(path));
  const taken = new Set<string>();
  return walkStages(definition).map(({ stage, at, path }) => {
    const isNamed = stage.id !== "" && !taken.has(stage.id);
    taken.add(stage.id);
    return {
      key: isNamed ? stage.id : `@${at}`,
      at,
      path,
      stage,
      batch: batches.get(stage.id) ?? 1,
      findings: byStage.get(pathText(path)) ?? [],
    };
  });
}

/** The file's order is kept: only neighbours of one batch stand side by side. */
function rowsOf(stages: readonly StageFacts[]): StageFacts[][] {
  const rows: StageFacts[][] = [];
  for (const stage of stages) {
    const row = rows.at(-1);
    if (row?.[0]?.batch === stage.batch) row.push(stage);
    else rows.push([stage]);
  }
  return rows;
}
