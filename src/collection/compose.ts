import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type { AgentFile, ContextModule } from "../dispatch/dispatcher.ts";
import { AppError } from "../errors.ts";
import type { Value, ValueObject } from "../expression/value.ts";
import type { EffectiveDefinition } from "../workflow/effective.ts";
import type { Finding, ValidationResult } from "../workflow/finding.ts";
import { parseOverrides } from "../workflow/overrides.ts";
import { resolveParameters } from "../workflow/parameters.ts";
import { planWorkflow } from "../workflow/plan.ts";
import type { AppliedOverride, Plan } from "../workflow/plan.ts";
import { checkWorkflow } from "../workflow/validate.ts";
import type { Artifacts } from "./artifacts.ts";
import { findOverrides } from "./find-overrides.ts";
import { readTextFile } from "./read-text-file.ts";
import type { FoundDefinition } from "./stored-definition.ts";

/** A definition that holds, merged with the project's overrides, and all a run of it needs. */
export interface Composed {
  source: FoundDefinition;
  id: string;
  definition: EffectiveDefinition;
  validation: ValidationResult;
  overrides: AppliedOverride[];
  /** Warnings about what the overrides have put in. */
  fromOverrides: Finding[];
  artifacts: Artifacts;
}

/** A plan could not be made because the definition does not hold; whoever prints shows the findings. */
export interface NotValid {
  source: FoundDefinition;
  /** `workflow.id`; empty where none can be read. */
  id: string;
  validation: ValidationResult;
}

export function isComposed(result: Composed | NotValid): result is Composed {
  return "definition" in result;
}

/** Checks a definition with the overrides of the working directory. */
export function composeDefinition(
  source: FoundDefinition,
  { workdir, artifacts }: { workdir: string; artifacts: Artifacts },
): Composed | NotValid {
  const overrides = projectOverrides(workdir);
  const checked = checkWorkflow(source.text, {
    file: source.file,
    artifacts,
    ...(overrides === null ? {} : { overrides }),
  });
  const { id, validation, definition, overrides: applied, fromOverrides } = checked;
  if (!validation.valid || !definition) return { source, id, validation };
  return { source, id, definition, validation, overrides: applied, fromOverrides, artifacts };
}

/**
 * The plan under what was given. `coerce`: given texts become their parameter's declared type. Throws
 * `AppError("invalid_parameters")` with all that is wrong.
 */
export function planOf(composed: Composed, given: Record<string, Value>, coerce: boolean): Plan {
  const { definition, validation, overrides, artifacts } = composed;
  const parameters = resolveParameters(definition, given, { coerce, overridden: overridden(overrides) });
  return planWorkflow(definition, { parameters, overrides, validation, artifacts });
}

export function parameterValues(plan: Plan): ValueObject {
  return Object.fromEntries(plan.parameters.map(({ name, value }) => [name, value]));
}

/** sha256 of a definition's source text, hex. */
export function definitionHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * The agent files of every stage. Throws `AppError("invalid_definition")` that names all that are missing, unless
 * the agents are only simulated.
 */
export function agentsOf(composed: Composed, isSimulated: boolean): Record<string, AgentFile> {
  const found: Record<string, AgentFile> = Object.create(null);
  const missing: { path: string; message: string }[] = [];
  for (const [ref, stages] of stagesByAgent(composed.definition)) {
    const agent = composed.artifacts.agent(ref);
    if (agent) found[ref] = agent;
    else
      missing.push({
        path: `stage ${stages.map((id) => `"${id}"`).join(", ")}`,
        message: `agent "${ref}" is nowhere`,
      });
  }
  if (missing.length === 0 || isSimulated) return found;
  const looked = `looked in ${resolve(composed.source.beside)}, .claude/agents, the collection and ~/.claude/agents`;
  const message = `${missing.length === 1 ? "an agent" : `${missing.length} agents`} cannot be found; ${looked}`;
  throw new AppError("invalid_definition", `${message}. --dispatcher simulated needs none`, missing);
}

/** The context modules a definition names, by reference; those that are found. */
export function modulesOf({ definition, artifacts }: Composed): Record<string, ContextModule> {
  const found: Record<string, ContextModule> = Object.create(null);
  const named = definition.stages.flatMap(({ context }) => context.modules);
  for (const ref of new Set([...definition.context.global_modules, ...named])) {
    const module = artifacts.module(ref);
    if (module) found[ref] = module;
  }
  return found;
}

function projectOverrides(workdir: string): ReturnType<typeof parseOverrides> | null {
  const file = findOverrides(workdir);
  if (file === null) return null;
  return parseOverrides(readTextFile(file, file), file);
}

/** The names of parameters whose default an override has changed. */
function overridden(overrides: readonly AppliedOverride[]): string[] {
  return overrides.flatMap(({ path }) => /^config\.parameters\.([^.]+)(\.default)?$/.exec(path)?.[1] ?? []);
}

function stagesByAgent(definition: EffectiveDefinition): Map<string, string[]> {
  const stages = new Map<string, string[]>();
  for (const { id, type, roles } of definition.stages) {
    if (type !== "agent" || !roles) continue;
    stages.set(roles.primary.artifact, [...(stages.get(roles.primary.artifact) ?? []), id]);
  }
  return stages;
}
