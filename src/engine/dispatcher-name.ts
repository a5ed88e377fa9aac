import { chooseDispatcher } from "../dispatch/choose-dispatcher.ts";
import { providerVariables } from "../dispatch/provider-variables.ts";
import type { RunOptions } from "../execution/record.ts";
import { agentOf, type Blueprint, type StageBlueprint } from "../machine/blueprint.ts";
import type { EngineState } from "./engine-state.ts";
import type { LiveExecution, LiveStep } from "./live-execution.ts";

/** The name of the dispatcher that does a step's attempts. */
export function dispatcherName(
  engine: EngineState,
  { record, blueprint }: LiveExecution,
  { plan }: LiveStep,
): string {
  return nameFor(engine, blueprint, plan, record.options);
}

/**
 * The options of a new execution, with the variables of this process for the providers of the models that its stages
 * use. An execution without such a stage holds none: no secret has to be kept for it.
 */
export function withProviderVariables(
  engine: EngineState,
  blueprint: Blueprint,
  options: RunOptions,
): RunOptions {
  const { provider_env: _, ...others } = options;
  const names = blueprint.stages.flatMap((plan) =>
    plan.stage.roles === null ? [] : [nameFor(engine, blueprint, plan, options)],
  );
  const provider_env = providerVariables(engine.providerEnv, names);
  return Object.keys(provider_env).length === 0 ? others : { ...others, provider_env };
}

function nameFor(
  engine: EngineState,
  { agents }: Blueprint,
  { stage }: StageBlueprint,
  options: RunOptions,
): string {
  const ref = stage.roles?.primary.artifact ?? "";
  return chooseDispatcher(agentOf(agents, ref), options, engine.dispatch);
}
