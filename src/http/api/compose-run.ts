import { storedDefinition, type FoundDefinition } from "../../operation/stored-definition.ts";
import type { StartRequest } from "../../engine/engine.ts";
import type { Trigger } from "../../execution/status.ts";
import type { Value } from "../../expression/value.ts";
import { openWorkflow } from "../../operation/open-workflow.ts";
import { chooseWorkdir } from "../../operation/choose-workdir.ts";
import { planRun, type PlannedRun } from "../../operation/plan-run.ts";
import { startRequest } from "../../operation/start-request.ts";
import type { Context } from "../server/server-parts.ts";

/** What a plan or a run may be given. */
export interface RunGiven {
  parameters?: Record<string, unknown>;
  overrides?: { agents?: Record<string, string>; context_modules?: string[] };
  workdir?: string;
}

/** The server as a run that works elsewhere sees it. Throws what `chooseWorkdir` throws. */
export function atWorkdir(context: Context, asked: string | undefined): Context {
  const { options, roots } = context;
  const workdir = chooseWorkdir(asked, { fallback: options.workdir, roots });
  return workdir === options.workdir ? context : { ...context, options: { ...options, workdir } };
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
export function composeRun(source: FoundDefinition, given: RunGiven, context: Context): Promise<PlannedRun> {
  const { agents = {}, context_modules = [] } = given.overrides ?? {};
  const wish = {
    source,
    parameters: Object.assign(Object.create(null), given.parameters) as Record<string, Value>,
    coerce: false,
    swaps: { agents: Object.entries(agents), modules: context_modules },
    swapNames: { agents: "overrides.agents", modules: "overrides.context_modules" },
    options: context.options,
  };
  return planRun(wish, context);
}

/** Everything is checked before anything is created. */
export async function composeStart(
  source: FoundDefinition,
  given: RunGiven & { trigger?: Trigger },
  context: Context,
): Promise<StartRequest> {
  const context_modules = given.overrides?.context_modules ?? [];
  return startRequest(await composeRun(source, given, context), {
    options: { ...context.options, context_modules },
    trigger: given.trigger ?? "api",
  });
}
