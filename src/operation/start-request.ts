import { basename, join } from "node:path";
import { agentsOf, modulesOf } from "./compose.ts";
import type { StartRequest } from "../engine/engine.ts";
import type { RunOptions } from "../execution/record.ts";
import type { Trigger } from "../execution/status.ts";
import { preflightError } from "../workflow/findings-error.ts";
import { definitionHash } from "../workflow/definition-hash.ts";
import type { PlannedRun } from "./plan-run.ts";

/** What the engine is asked to start. Throws `FindingsError` when a stage could not start: then nothing is created. */
export function startRequest(
  { composed, plan, values, swapped }: PlannedRun,
  { options, trigger }: { options: RunOptions; trigger: Trigger },
): StartRequest {
  const { source, definition } = composed;
  if (plan.preflight.length > 0) throw preflightError(plan.preflight, source);
  return {
    definition,
    definition_hash: definitionHash(source.text),
    definition_file: join(source.beside, basename(source.file)),
    workflow_id: source.workflow_id,
    parameters: values,
    overrides: swapped,
    trigger,
    options,
    agents: agentsOf(composed),
    modules: modulesOf(composed),
  };
}
