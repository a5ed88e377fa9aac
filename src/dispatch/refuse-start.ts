import { statSync } from "node:fs";
import type { StageError, StageRequest } from "./dispatcher.ts";

/** The error of an attempt that cannot be started, now or later. */
export function refuseStart(errorClass: string, message: string): { error: StageError } {
  return { error: { class: errorClass, message, retryable: false } };
}

/** Why no program can do the stage, whichever it is; null when one can. */
export function refuseUnfit({
  agent,
  agent_ref,
  workdir,
}: Pick<StageRequest, "agent" | "agent_ref" | "workdir">): { error: StageError } | null {
  if (agent === null) return refuseStart("not_found", `agent "${agent_ref}" has no file. write one`);
  if (statSync(workdir, { throwIfNoEntry: false })?.isDirectory()) return null;
  return refuseStart("invalid_request", `the working directory ${workdir} is no folder`);
}
