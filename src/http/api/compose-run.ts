import { openArtifacts } from "../../collection/artifacts.ts";
import {
  agentsOf,
  composeDefinition,
  definitionHash,
  isComposed,
  modulesOf,
  parameterValues,
  planOf,
  type Composed,
} from "../../collection/compose.ts";
import { storedDefinition, type FoundDefinition } from "../../collection/stored-definition.ts";
import { swap } from "../../collection/swap.ts";
import { plannedEntry, validatedEntry } from "../../collection/workflow-entry.ts";
import type { StartRequest } from "../../engine/engine.ts";
import type { Trigger } from "../../execution/status.ts";
import type { Value, ValueObject } from "../../expression/value.ts";
import { openWorkflow } from "../../operation/open-workflow.ts";
import type { Plan } from "../../workflow/plan.ts";
import { FindingsError } from "../problem.ts";
import type { Context } from "../server-parts.ts";

/** What a plan or a run may be given. */
export interface RunGiven {
  parameters?: Record<string, unknown>;
  overrides?: { agents?: Record<string, string>; context_modules?: string[] };
}

/** A definition in a request belongs to no file; its artifacts are looked for from the server's working directory. */
export function definitionInBody(text: string, { options }: Context): FoundDefinition {
  return { text, file: "definition", beside: options.workdir, workflow_id: null };
}

/** By id, `workflow.id` or name. Throws `AppError("not_found")`. */
export function definitionOf(idOrName: string, context: Context): FoundDefinition {
  return storedDefinition(openWorkflow(context, idOrName), context.options.workdir);
}

/** Throws `FindingsError` when the definition does not hold, `AppError` for parameters or overrides that do not fit. */
export function composeRun(
  source: FoundDefinition,
  given: RunGiven,
  context: Context,
): { composed: Composed; plan: Plan; swapped: ValueObject | null } {
  const { options, home, userHome } = context;
  const { workdir } = options;
  const artifacts = openArtifacts({ beside: source.beside, workdir, home, userHome });
  const composed = composeDefinition(source, { workdir, artifacts });
  context.log(validatedEntry(composed.id, composed.validation));
  if (!isComposed(composed)) throw new FindingsError(composed.validation);
  const { agents = {}, context_modules = [] } = given.overrides ?? {};
  const swapped = swap(
    composed,
    { agents: Object.entries(agents), modules: context_modules },
    { agents: "overrides.agents", modules: "overrides.context_modules" },
  );
  const parameters = Object.assign(Object.create(null), given.parameters) as Record<string, Value>;
  const plan = planOf(composed, parameters, false);
  context.log(plannedEntry(plan.workflow.id, plan));
  return { composed, plan, swapped };
}

/** Everything is checked before anything is created. */
export function startRequest(
  source: FoundDefinition,
  given: RunGiven & { trigger?: Trigger },
  context: Context,
): StartRequest {
  const { composed, plan, swapped } = composeRun(source, given, context);
  const { options } = context;
  return {
    definition: composed.definition,
    definition_hash: definitionHash(source.text),
    workflow_id: source.workflow_id,
    parameters: parameterValues(plan),
    overrides: swapped,
    trigger: given.trigger ?? "api",
    options: { ...options, context_modules: given.overrides?.context_modules ?? [] },
    agents: agentsOf(composed, options.dispatcher === "simulated"),
    modules: modulesOf(composed),
  };
}
