import { usual } from "./defaults.ts";
import type { EffectiveRole, EffectiveStage } from "./effective.ts";

/** The model a stage's agent gets: what is written at the stage, else what the agent's file says, else the default. */
export function usedModel(role: EffectiveRole, agent: { model: string | null } | null): string {
  return role.model ?? agent?.model ?? usual.model;
}

/** Stages for a reader who wants every default filled in, the model too, which a stage need not name. */
export function withUsualModels(stages: readonly EffectiveStage[]): EffectiveStage[] {
  return stages.map((stage) => {
    const { roles } = stage;
    if (!roles || roles.primary.model !== null) return stage;
    return { ...stage, roles: { ...roles, primary: { ...roles.primary, model: usual.model } } };
  });
}
