import type { StartRequest } from "../engine/engine.ts";
import type { RunOptions } from "../execution/record.ts";
import type { Trigger } from "../execution/status.ts";
import type { Value } from "../expression/value.ts";
import { chooseWorkdir } from "./choose-workdir.ts";
import { openWorkflow } from "./open-workflow.ts";
import { planRun, type PlannedRun, type RunPlace } from "./plan-run.ts";
import type { Library } from "./refresh-index.ts";
import { startRequest } from "./start-request.ts";
import { storedDefinition, type FoundDefinition } from "./stored-definition.ts";

/** A home in which executions are planned and started for callers elsewhere. */
export interface RunHome extends RunPlace, Library {
  /** How executions are done, and their default working directory. */
  options: RunOptions;
  /** Where an execution may work if it names a directory: these folders and everything below them. */
  roots: readonly string[];
}

/** What to plan: a stored workflow by id, `workflow.id` or name, or a text that is stored nowhere. */
export type PlannedSource = { workflow: string } | { text: string };

/** Optional inputs of a plan or a start. Parameters have their types already. */
export interface RunInputs {
  parameters?: Record<string, unknown>;
  overrides?: { agents?: Record<string, string>; context_modules?: string[] };
  workdir?: string;
}

/**
 * What would run. Throws `FindingsError` when the definition does not hold, `AppError` for a workflow that is not there
 * and for a working directory, parameters or overrides that do not fit.
 */
export async function planExecution(
  home: RunHome,
  source: PlannedSource,
  inputs: RunInputs,
): Promise<PlannedRun> {
  return planHere(homeAt(home, inputs.workdir), source, inputs);
}

/**
 * The same for a start. Throws also when a stage could not start here: everything is checked before anything is
 * created.
 */
export async function requestExecution(
  home: RunHome,
  source: PlannedSource,
  inputs: RunInputs & { trigger?: Trigger },
): Promise<StartRequest> {
  const here = homeAt(home, inputs.workdir);
  const planned = await planHere(here, source, inputs);
  return startRequest(planned, {
    options: { ...here.options, context_modules: inputs.overrides?.context_modules ?? [] },
    trigger: inputs.trigger ?? "api",
  });
}

/** Finds the definition to plan. The artifacts of a bare text are looked for from the working directory. */
export function openDefinition(
  home: Library & Pick<RunHome, "options">,
  source: PlannedSource,
): FoundDefinition {
  const { workdir } = home.options;
  if ("workflow" in source) return storedDefinition(openWorkflow(home, source.workflow), workdir);
  return { text: source.text, file: "definition", beside: workdir, workflow_id: null };
}

/** The home as an execution that works elsewhere sees it. Throws what `chooseWorkdir` throws. */
function homeAt(home: RunHome, asked: string | undefined): RunHome {
  const { options, roots } = home;
  const workdir = chooseWorkdir(asked, { fallback: options.workdir, roots });
  return workdir === options.workdir ? home : { ...home, options: { ...options, workdir } };
}

function planHere(
  home: RunHome,
  source: PlannedSource,
  { parameters, overrides }: RunInputs,
): Promise<PlannedRun> {
  const { agents = {}, context_modules = [] } = overrides ?? {};
  const wish = {
    source: openDefinition(home, source),
    parameters: Object.assign(Object.create(null), parameters) as Record<string, Value>,
    coerce: false,
    swaps: { agents: Object.entries(agents), modules: context_modules },
    swapNames: { agents: "overrides.agents", modules: "overrides.context_modules" },
    options: home.options,
  };
  return planRun(wish, home);
}
