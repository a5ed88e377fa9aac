import type { EffectiveDefinition, EffectiveStage } from "./effective.ts";

type LaterOfStage = "workspace" | "commit" | "permissions" | "budget";

/** A stage with every default, as an older version of the program may have stored it. */
export type StoredStage = Omit<EffectiveStage, LaterOfStage | "error_policy"> &
  Partial<Pick<EffectiveStage, LaterOfStage>> & {
    error_policy: Omit<EffectiveStage["error_policy"], "idle_timeout"> &
      Partial<Pick<EffectiveStage["error_policy"], "idle_timeout">>;
  };

/** Adds the fields that came later. Each gets the value that a stage without it had implicitly. */
export function completeStage(stored: StoredStage): EffectiveStage {
  const { workspace = "shared", commit = "never", permissions = "deny", budget = null } = stored;
  const { error_policy } = stored;
  const { idle_timeout = null } = error_policy;
  return {
    ...stored,
    workspace,
    commit,
    permissions,
    budget,
    error_policy: { ...error_policy, idle_timeout },
  };
}

type Config = EffectiveDefinition["config"];
type Later =
  "permissions" | "permissions_approvers" | "permission_timeout" | "park_after" | "commit" | "budget";

/** The settings of a workflow with every default, as an older version of the program may have stored them. */
export type StoredConfig = Omit<Config, Later> & Partial<Pick<Config, Later>>;

export function completeConfig(stored: StoredConfig): Config {
  const {
    permissions = "deny",
    permissions_approvers = [],
    permission_timeout = "24h",
    park_after = "30m",
    commit = "never",
    budget = null,
  } = stored;
  return { ...stored, permissions, permissions_approvers, permission_timeout, park_after, commit, budget };
}
