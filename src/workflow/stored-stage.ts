import type { EffectiveStage } from "./effective.ts";

/** A stage with every default, as an older version of the program may have stored it. */
export type StoredStage = Omit<EffectiveStage, "workspace" | "error_policy"> &
  Partial<Pick<EffectiveStage, "workspace">> & {
    error_policy: Omit<EffectiveStage["error_policy"], "idle_timeout"> &
      Partial<Pick<EffectiveStage["error_policy"], "idle_timeout">>;
  };

/** Adds the fields that came later. Each gets the value that a stage without it had implicitly. */
export function completeStage(stored: StoredStage): EffectiveStage {
  const { workspace = "shared", error_policy } = stored;
  const { idle_timeout = null } = error_policy;
  return { ...stored, workspace, error_policy: { ...error_policy, idle_timeout } };
}
