import { usual } from "./defaults.ts";
import type { EffectiveRole } from "./effective.ts";

/** The model a stage's agent gets: what is written at the stage, else what the agent's file says, else the default. */
export function usedModel(role: EffectiveRole, agent: { model: string | null } | null): string {
  return role.model ?? agent?.model ?? usual.model;
}
