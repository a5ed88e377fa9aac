import { createHash } from "node:crypto";
import type { AgentFile, ContextModule } from "../execution/snapshot.ts";
import type { EffectiveDefinition, EffectiveStage, Permissions } from "../workflow/effective.ts";
import { parseDuration } from "../workflow/duration.ts";
import { batchesOf } from "../workflow/graph.ts";

/**
 * The definition of an execution and everything that follows from it alone; shared by all executions of one snapshot.
 */
export interface Blueprint {
  /** sha256 over definition, agents and modules, hex. */
  hash: string;
  definition: EffectiveDefinition;
  agents: Record<string, AgentFile>;
  modules: Record<string, ContextModule>;
  /** In the order of the file. */
  stages: StageBlueprint[];
  batchSizes: number[];
  maxParallel: number;
  timeoutMs: number;
}

export interface StageBlueprint {
  stage: EffectiveStage;
  position: number;
  /** From 1. */
  batch: number;
  /** Positions. */
  dependencies: number[];
  dependents: number[];
  timeoutMs: number;
  /** Null: there is no limit to how long its agent may be silent. */
  idleTimeoutMs: number | null;
  permissions: Permissions;
}

const defaultMaxParallel = 3;

export function makeBlueprint(
  definition: EffectiveDefinition,
  agents: Record<string, AgentFile>,
  modules: Record<string, ContextModule>,
): Blueprint {
  const hash = snapshotHash({ definition, agents, modules });
  const batches = batchesOf(definition.stages);
  const stages = stageBlueprints(definition.stages, batches);
  return {
    hash,
    definition,
    agents,
    modules,
    stages,
    batchSizes: batches.map(({ length }) => length),
    maxParallel: definition.config.max_parallel ?? defaultMaxParallel,
    timeoutMs: milliseconds(definition.config.timeout),
  };
}

/** The file a stage's agent had at the start; null where there was none. */
export function agentOf(agents: Blueprint["agents"], ref: string): AgentFile | null {
  return Object.hasOwn(agents, ref) ? (agents[ref] ?? null) : null;
}

/** sha256, hex. */
export function snapshotHash({
  definition,
  agents,
  modules,
}: Pick<Blueprint, "definition" | "agents" | "modules">): string {
  return createHash("sha256")
    .update(JSON.stringify([definition, agents, modules]))
    .digest("hex");
}

function stageBlueprints(stages: readonly EffectiveStage[], batches: readonly string[][]): StageBlueprint[] {
  const position = new Map(stages.map(({ id }, at) => [id, at]));
  const batchOf = new Map(batches.flatMap((ids, at) => ids.map((id) => [id, at + 1] as const)));
  const made = stages.map((stage, at): StageBlueprint => ({
    stage,
    position: at,
    batch: batchOf.get(stage.id) ?? 1,
    dependencies: [...new Set(stage.depends_on)].flatMap((id) => position.get(id) ?? []),
    dependents: [],
    timeoutMs: milliseconds(stage.gate?.timeout ?? stage.error_policy.timeout),
    // Snapshots stored by earlier versions lack this part.
    idleTimeoutMs: stage.error_policy.idle_timeout ? milliseconds(stage.error_policy.idle_timeout) : null,
    permissions: stage.permissions ?? "deny",
  }));
  for (const { position: at, dependencies } of made) {
    for (const dependency of dependencies) made[dependency]?.dependents.push(at);
  }
  return made;
}

/** A definition is checked before it comes here, so an invalid duration is a bug. */
function milliseconds(duration: string): number {
  const ms = parseDuration(duration);
  if (ms === null) throw new Error(`"${duration}" is no duration`);
  return ms;
}
