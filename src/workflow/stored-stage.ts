import type { EffectiveStage } from "./effective.ts";

/** A stage with every default in, as an older version of the program may have stored it. */
export type StoredStage = Omit<EffectiveStage, "workspace" | "error_policy"> &
  Partial<Pick<EffectiveStage, "workspace">> & {
    error_policy: Omit<EffectiveStage["error_policy"], "idle_timeout"> &
      Partial<Pick<EffectiveStage["error_policy"], "idle_timeout">>;
  };

/** The stage with the fields that came later: each means what a stage without it meant. */
export function completeStage(stored: StoredStage): EffectiveStage {
  const { workspace = "shared", error_policy } = stored;
  const { idle_timeout = null } = error_policy;
  return { ...stored, workspace, error_policy: { ...error_policy, idle_timeout } };
}
