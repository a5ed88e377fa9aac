import type { AgentFile, ContextModule } from "../execution/snapshot.ts";
import type { Value, ValueObject } from "../expression/value.ts";
import type { EffectiveDefinition } from "../workflow/effective.ts";
import type { ValidationResult } from "../workflow/finding.ts";
import type { LaterPlaces } from "../workflow/later-places.ts";
import { resolveParameters, type ParameterOptions } from "../workflow/parameters.ts";
import { planWorkflow } from "../workflow/plan.ts";
import type { AppliedOverride, Plan } from "../workflow/plan.ts";
import type { CheckedWorkflow } from "../workflow/validate.ts";
import type { Artifacts } from "../collection/artifacts.ts";
import type { FoundDefinition } from "./stored-definition.ts";

/** A valid definition, merged with the project's overrides, and everything that a run of it needs. */
export interface ComposedWorkflow {
  source: FoundDefinition;
  id: string;
  definition: EffectiveDefinition;
  validation: ValidationResult;
  overrides: AppliedOverride[];
  later: LaterPlaces;
  artifacts: Artifacts;
}

/** Thrown when a plan cannot be made because the definition has errors; the caller shows the findings. */
export interface InvalidWorkflow {
  source: FoundDefinition;
  /** `workflow.id`; empty where none can be read. */
  id: string;
  validation: ValidationResult;
}

export function isComposed(result: ComposedWorkflow | InvalidWorkflow): result is ComposedWorkflow {
  return "definition" in result;
}

/** A definition that was checked with the overrides of the working directory. */
export function composeDefinition(
  source: FoundDefinition,
  checked: CheckedWorkflow,
  artifacts: Artifacts,
): ComposedWorkflow | InvalidWorkflow {
  const { id, validation, definition, overrides, later } = checked;
  if (!validation.valid || !definition || !later) return { source, id, validation };
  return { source, id, definition, validation, overrides, later, artifacts };
}

/**
 * The plan for the given values, and the values of the run; the plan hides secret ones. Throws
 * `AppError("invalid_parameters")` with everything that is wrong.
 */
export function planOf(
  composed: ComposedWorkflow,
  given: Record<string, Value>,
  how: Pick<ParameterOptions, "coerce" | "written">,
): { plan: Plan; values: ValueObject } {
  const { definition, validation, overrides, artifacts } = composed;
  const parameters = resolveParameters(definition, given, { ...how, overridden: findOverridden(overrides) });
  const plan = planWorkflow(definition, { parameters, overrides, validation, artifacts });
  return { plan, values: Object.fromEntries(parameters.map(({ name, value }) => [name, value])) };
}

/**
 * The agent files of the stages, by reference; those that are found and hold an agent. With each goes what it and its
 * stages name to be used.
 */
export function agentsOf({ definition, artifacts }: ComposedWorkflow): Record<string, AgentFile> {
  const found: Record<string, AgentFile> = Object.create(null);
  const roles = definition.stages.flatMap(({ type, roles: all }) => (type === "agent" && all ? [all] : []));
  for (const [ref, uses] of Map.groupBy(roles, ({ primary }) => primary.artifact)) {
    const agent = artifacts.trouble(ref) === null ? artifacts.agent(ref) : null;
    if (!agent) continue;
    const tools = new Set(uses.flatMap((each) => each.tools));
    const { servers, skills } = artifacts.tools(agent, [...agent.tools, ...tools]);
    found[ref] = { ...agent, ...(servers.length > 0 && { servers }), ...(skills.length > 0 && { skills }) };
  }
  return found;
}

/** The context modules a definition names, by reference; those that are found. */
export function modulesOf({ definition, artifacts }: ComposedWorkflow): Record<string, ContextModule> {
  const found: Record<string, ContextModule> = Object.create(null);
  const named = definition.stages.flatMap(({ context }) => context.modules);
  for (const ref of new Set([...definition.context.global_modules, ...named])) {
    const module = artifacts.module(ref);
    if (module) found[ref] = module;
  }
  return found;
}

/** The names of parameters whose default an override has changed. */
function findOverridden(overrides: readonly AppliedOverride[]): string[] {
  return overrides.flatMap(({ path }) => /^config\.parameters\.([^.]+)(\.default)?$/.exec(path)?.[1] ?? []);
}
