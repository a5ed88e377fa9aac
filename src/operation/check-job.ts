import { openArtifacts } from "../collection/artifacts.ts";
import type { Surroundings } from "../collection/artifact-places.ts";
import { readProjectOverrides } from "../collection/find-overrides.ts";
import type { Look } from "../collection/seen-files.ts";
import { checkWorkflow, type CheckedWorkflow } from "../workflow/validate.ts";

/** A check of a definition, as plain values so that another thread may do it. */
export interface CheckJob {
  text: string;
  file: string;
  isStrict: boolean;
  /** Where its artifacts may lie; null: artifacts are not checked. */
  surroundings: Surroundings | null;
  /** The folder whose project overrides are merged in; null: none are. */
  overridesOf: string | null;
}

/** What a thread that checks answers. */
export interface CheckAnswer {
  checked: CheckedWorkflow;
  looks: Look[];
}

/** Throws `AppError` for overrides that cannot be read. */
export function doCheckJob({ text, file, isStrict, surroundings, overridesOf }: CheckJob): CheckedWorkflow {
  const overrides = overridesOf === null ? null : readProjectOverrides(overridesOf);
  return checkWorkflow(text, {
    file,
    strict: isStrict,
    ...(surroundings === null ? {} : { artifacts: openArtifacts(surroundings) }),
    ...(overrides === null ? {} : { overrides }),
  });
}
