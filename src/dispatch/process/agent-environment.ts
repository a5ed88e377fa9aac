import { join } from "node:path";
import { withoutServerToken } from "../../execution/allowed-env.ts";
import type { StageRequest } from "../dispatcher.ts";
import { attemptFiles } from "./attempt-folder.ts";
import { markVariable } from "./processes.ts";

/** The PATH where none is given. */
export const defaultPath = "/usr/local/bin:/usr/bin:/bin";

/**
 * The agent's whole environment; no other variable of ours gets into it. `files` are the variables that name its own
 * files. The mark comes first, where a search finds it soonest, and nobody else can set it.
 */
export function agentEnvironment(
  request: StageRequest,
  files: Readonly<Record<string, string>>,
): Record<string, string> {
  const { attempt_id, attempt_dir, attempt, run_id, stage_id, workdir, env, options, provider_env } = request;
  const variables = {
    [markVariable]: attempt_id,
    PATH: defaultPath,
    ...withoutServerToken({ ...provider_env, ...options.env, ...env }),
    SKILLMEAT_INPUT: join(attempt_dir, attemptFiles.input),
    ...files,
    SKILLMEAT_RUN_ID: run_id,
    SKILLMEAT_STAGE_ID: stage_id,
    SKILLMEAT_ATTEMPT: String(attempt),
    SKILLMEAT_WORKDIR: workdir,
  };
  variables[markVariable] = attempt_id;
  return variables;
}
