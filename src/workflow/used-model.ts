import { usual } from "./defaults.ts";
import type { EffectiveRole, EffectiveStage } from "./effective.ts";

/** The model of a stage's agent: that of the stage, else that of the agent's file, else the default. */
export function usedModel(role: EffectiveRole, agent: { model: string | null } | null): string {
  return role.model ?? agent?.model ?? usual.model;
}

/** Fills in the model too, for readers who want a definition with every default. */
export function withUsualModels(stages: readonly EffectiveStage[]): EffectiveStage[] {
  return stages.map((stage) => {
    const { roles } = stage;
    if (!roles || roles.primary.model !== null) return stage;
    return { ...stage, roles: { ...roles, primary: { ...roles.primary, model: usual.model } } };
  });
}
