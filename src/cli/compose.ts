import { homedir } from "node:os";
import { resolve } from "node:path";
import { openArtifacts } from "../collection/artifacts.ts";
import type { AgentFile } from "../dispatch/dispatcher.ts";
import { AppError } from "../errors.ts";
import type { Value, ValueObject } from "../expression/value.ts";
import type { EffectiveDefinition } from "../workflow/effective.ts";
import type { ValidationResult } from "../workflow/finding.ts";
import { parseOverrides } from "../workflow/overrides.ts";
import { resolveParameters } from "../workflow/parameters.ts";
import { planWorkflow } from "../workflow/plan.ts";
import type { AppliedOverride, Plan } from "../workflow/plan.ts";
import { checkWorkflow } from "../workflow/validate.ts";
import type { Invocation } from "./command.ts";
import { findDefinition, type FoundDefinition } from "./find-definition.ts";
import { findOverrides } from "./find-overrides.ts";
import { nearest } from "../expression/nearest.ts";
import { pairs, parametersGiven } from "./parameters-given.ts";
import { readTextFile } from "./read-input.ts";

type Artifacts = ReturnType<typeof openArtifacts>;

/** A definition that holds, merged with the project's overrides, and all a run of it needs. */
export interface Composed {
  source: FoundDefinition;
  definition: EffectiveDefinition;
  validation: ValidationResult;
  overrides: AppliedOverride[];
  artifacts: Artifacts;
}

/** A plan could not be made because the definition does not hold; whoever prints shows the findings. */
export interface NotValid {
  source: FoundDefinition;
  validation: ValidationResult;
}

export function isComposed(result: Composed | NotValid): result is Composed {
  return "definition" in result;
}

/** Finds a definition by path or name and checks it with the overrides of the working directory. */
export async function compose(
  invocation: Invocation,
  name: string,
  workdir: string,
): Promise<Composed | NotValid> {
  const source = await findDefinition(invocation, name);
  const artifacts = artifactsFor(invocation, source.beside, workdir);
  const file = findOverrides(workdir);
  const overrides = file === null ? null : parseOverrides(readTextFile(file, file), file);
  const checked = checkWorkflow(source.text, {
    file: source.file,
    artifacts,
    ...(overrides === null ? {} : { overrides }),
  });
  const { validation, definition } = checked;
  if (!validation.valid || !definition) return { source, validation };
  return { source, definition, validation, overrides: checked.overrides, artifacts };
}

export function artifactsFor({ home, env }: Invocation, beside: string, workdir: string): Artifacts {
  return openArtifacts({ beside, workdir, home, userHome: env["HOME"] ?? homedir() });
}

/** The plan under what was given on the command line. Throws `AppError("invalid_parameters")` with all that is wrong. */
export async function composePlan(invocation: Invocation, composed: Composed): Promise<Plan> {
  const { definition, validation, overrides, artifacts } = composed;
  const given = await parametersGiven(invocation.given, invocation.workdir);
  const parameters = resolveParameters(definition, given, {
    coerce: true,
    overridden: overridden(overrides),
  });
  return planWorkflow(definition, { parameters, overrides, validation, artifacts });
}

/** The names of parameters whose default an override has changed. */
function overridden(overrides: readonly AppliedOverride[]): string[] {
  return overrides.flatMap(({ path }) => /^config\.parameters\.([^.]+)(\.default)?$/.exec(path)?.[1] ?? []);
}

/** What `--agent` and `--context` swap, put into the definition; `swapped` is how the execution remembers it. */
export function swap(
  composed: Composed,
  agents: readonly string[],
  modules: readonly string[],
): ValueObject | null {
  if (agents.length === 0 && modules.length === 0) return null;
  const { definition } = composed;
  if (!definition.config.allow_overrides) {
    throw new AppError(
      "invalid_usage",
      `workflow "${definition.workflow.id}" lets no run swap agents or context modules. set config.allow_overrides: true`,
    );
  }
  const swapped = pairs(agents, "--agent", "stage=ref");
  for (const [stageId, ref] of swapped) swapAgent(definition, stageId, ref);
  for (const name of modules) if (!name.startsWith("ctx:")) throw wrongModule(name);
  const wanted = [...definition.context.global_modules, ...modules];
  definition.context.global_modules = [...new Set(wanted)];
  const record: Record<string, Value> = {};
  if (swapped.length > 0) record["agents"] = Object.fromEntries(swapped);
  if (modules.length > 0) record["context_modules"] = [...modules];
  return record;
}

function swapAgent(definition: EffectiveDefinition, stageId: string, ref: string): void {
  const stage = definition.stages.find(({ id }) => id === stageId);
  if (!stage) {
    const meant = nearest(
      stageId,
      definition.stages.map(({ id }) => id),
    );
    const wayOut = meant === null ? "" : `. did you mean "${meant}"?`;
    throw new AppError("invalid_usage", `--agent names stage "${stageId}", which does not exist${wayOut}`);
  }
  if (!stage.roles)
    throw new AppError("invalid_usage", `stage "${stageId}" is a gate: it has no agent to swap`);
  if (!/^agent:[^\s:]+$/.test(ref)) {
    throw new AppError(
      "invalid_usage",
      `--agent takes a reference such as "agent:reviewer" for a stage, not "${ref}"`,
    );
  }
  stage.roles.primary.artifact = ref;
}

function wrongModule(name: string): AppError {
  return new AppError("invalid_usage", `--context takes a module such as "ctx:rules", not "${name}"`);
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

function stagesByAgent(definition: EffectiveDefinition): Map<string, string[]> {
  const stages = new Map<string, string[]>();
  for (const { id, type, roles } of definition.stages) {
    if (type !== "agent" || !roles) continue;
    stages.set(roles.primary.artifact, [...(stages.get(roles.primary.artifact) ?? []), id]);
  }
  return stages;
}
