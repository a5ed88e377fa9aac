import { AppError } from "../errors.ts";
import { nearest } from "../expression/nearest.ts";
import type { Value, ValueObject } from "../expression/value.ts";
import type { Finding } from "../workflow/finding.ts";
import { laterFinding } from "../workflow/later-places.ts";
import type { ComposedWorkflow } from "./compose.ts";

/** The changes that one run makes to a definition: another agent for a stage, more context modules. */
export interface Swaps {
  /** `[stage, "agent:x"]`; the later wins. */
  agents: readonly (readonly [string, string])[];
  /** `ctx:name` */
  modules: readonly string[];
}

/** How the caller's user names the two, for messages: options of a command, fields of a body. */
export interface SwapNames {
  agents: string;
  modules: string;
}

/**
 * Puts the swaps into the definition and among its overrides; the result is how the execution remembers them, null when
 * there are none. Throws `AppError("invalid_usage")` for what cannot be swapped.
 */
export function swap(
  composed: ComposedWorkflow,
  { agents, modules }: Swaps,
  names: SwapNames,
): ValueObject | null {
  const { definition, overrides } = composed;
  if (agents.length === 0 && modules.length === 0) return null;
  if (!definition.config.allow_overrides) {
    throw new AppError(
      "invalid_usage",
      `workflow "${definition.workflow.id}" does not allow a run to swap agents or context modules. ` +
        "set config.allow_overrides: true",
    );
  }
  for (const [stageId, ref] of agents) swapAgent(composed, [stageId, ref], names.agents);
  for (const name of modules) if (!/^ctx:[^\s:]+$/.test(name)) throw wrongModule(name, names.modules);
  const from = definition.context.global_modules;
  const to = [...new Set([...from, ...modules])];
  if (to.length > from.length) overrides.push({ path: "context.global_modules", from, to });
  definition.context.global_modules = to;
  warnOfMissing(
    composed,
    modules.filter((ref) => !from.includes(ref)),
    names.modules,
  );
  const record: Record<string, Value> = {};
  if (agents.length > 0) record["agents"] = Object.fromEntries(agents);
  if (modules.length > 0) record["context_modules"] = [...modules];
  return record;
}

function swapAgent(
  { definition, overrides }: ComposedWorkflow,
  [stageId, ref]: readonly [string, string],
  name: string,
): void {
  const stage = definition.stages.find(({ id }) => id === stageId);
  if (!stage) {
    const meant = nearest(
      stageId,
      definition.stages.map(({ id }) => id),
    );
    const wayOut = meant === null ? "" : `. did you mean "${meant}"?`;
    throw new AppError("invalid_usage", `${name} names stage "${stageId}", which does not exist${wayOut}`);
  }
  if (!stage.roles)
    throw new AppError("invalid_usage", `stage "${stageId}" is a gate: it has no agent to swap`);
  if (!/^agent:[^\s:]+$/.test(ref)) {
    throw new AppError(
      "invalid_usage",
      `${name} takes a reference such as "agent:reviewer" for a stage, not "${ref}"`,
    );
  }
  const { primary } = stage.roles;
  overrides.push({ path: `stages.${stageId}.roles.primary.artifact`, from: primary.artifact, to: ref });
  primary.artifact = ref;
}

/** The definition's own findings report what it names itself and cannot be found. */
function warnOfMissing(composed: ComposedWorkflow, refs: readonly string[], option: string): void {
  const { artifacts, later, validation } = composed;
  const missing = [...new Set(refs)].filter((ref) => artifacts.find(ref) === null);
  const warnings = missing.map((ref): Finding => {
    const message = `the context module "${ref}" of ${option} is not in the collection`;
    const told = { code: "unknown_context_module", message, hint: artifacts.hint(ref) };
    return {
      ...laterFinding(later.modules, told),
      severity: "warning",
      category: "artifact",
    };
  });
  composed.validation = { ...validation, warnings: [...validation.warnings, ...warnings] };
}

function wrongModule(name: string, option: string): AppError {
  return new AppError("invalid_usage", `${option} takes a module such as "ctx:rules", not "${name}"`);
}
