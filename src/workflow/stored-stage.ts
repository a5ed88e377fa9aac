import type { EffectiveDefinition, EffectiveStage } from "./effective.ts";

/** A stage with every default, as an older version of the program may have stored it. */
export type StoredStage = Omit<EffectiveStage, "workspace" | "commit" | "permissions" | "error_policy"> &
  Partial<Pick<EffectiveStage, "workspace" | "commit" | "permissions">> & {
    error_policy: Omit<EffectiveStage["error_policy"], "idle_timeout"> &
      Partial<Pick<EffectiveStage["error_policy"], "idle_timeout">>;
  };

/** Adds the fields that came later. Each gets the value that a stage without it had implicitly. */
export function completeStage(stored: StoredStage): EffectiveStage {
  const { workspace = "shared", commit = "never", permissions = "deny", error_policy } = stored;
  const { idle_timeout = null } = error_policy;
  return { ...stored, workspace, commit, permissions, error_policy: { ...error_policy, idle_timeout } };
}

type Config = EffectiveDefinition["config"];
type Later = "permissions" | "permissions_approvers" | "permission_timeout" | "commit";

/** The settings of a workflow with every default, as an older version of the program may have stored them. */
export type StoredConfig = Omit<Config, Later> & Partial<Pick<Config, Later>>;

export function completeConfig(stored: StoredConfig): Config {
  const {
    permissions = "deny",
    permissions_approvers = [],
    permission_timeout = "24h",
    commit = "never",
  } = stored;
  return { ...stored, permissions, permissions_approvers, permission_timeout, commit };
}
