import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { AppError, type AppErrorDetail } from "../errors.ts";
import type { ExecutionRecord, RunOptions } from "../execution/record.ts";
import type { Value, ValueObject } from "../expression/value.ts";
import type { LoadedExecution } from "../store/executions.ts";
import { listWorkflowVersions } from "../store/read-workflows.ts";
import type { EffectiveDefinition, EffectiveParameter } from "../workflow/effective.ts";
import { invalidParameters, parameterFrom, waysToGiveSecrets } from "../workflow/parameters.ts";
import { mask } from "../workflow/secret-name.ts";
import { checkWorkflow } from "../workflow/validate.ts";
import { makeBlueprint, type Blueprint } from "../machine/blueprint.ts";
import type { EngineState } from "./engine-state.ts";
import { readSecrets, type KeptSecrets } from "./kept-secrets.ts";
import { restoreAgents } from "./restore-agents.ts";
import { knownBlueprint } from "./start.ts";

/** What an execution is run again from, in clear. */
export interface UnsealedExecution {
  blueprint: Blueprint;
  options: RunOptions;
  kept: KeptSecrets | null;
}

/**
 * What an execution was made of. Its secrets are kept only while it lives; after that, those of the definition are read
 * again from its source, and variables are taken from this process. Throws `AppError("conflict")` where that is not
 * enough.
 */
export function unseal(
  engine: EngineState,
  { execution: { record }, snapshot }: LoadedExecution,
): UnsealedExecution {
  const { definition, agents, modules } = snapshot;
  const { kept_apart: apart, ...options } = record.options;
  const kept = apart ? readSecrets(engine.secretsDir, record.run_id) : null;
  const clear =
    kept?.snapshot ??
    (apart?.definition
      ? {
          ...snapshot,
          definition: restoreDefinition(engine, record, definition),
          agents: restoreAgents(record.run_id, agents),
        }
      : null);
  const blueprint = clear
    ? makeBlueprint(clear.definition, clear.agents, clear.modules)
    : makeBlueprint(definition, agents, modules);
  return {
    blueprint: knownBlueprint(engine, blueprint),
    options: kept?.options ?? { ...options, env: restoreVariables(options.env, engine.agentEnv) },
    kept,
  };
}

/** What a rerun needs of the secret parameters, which a record has masked. */
interface SecretsAgain {
  /** Of the execution, while it lives. */
  kept: KeptSecrets | null;
  given: ValueObject;
  /** Whether anything that will run reads a parameter. */
  read: (name: string) => boolean;
}

/** The names of the secret parameters that a rerun needs and that the caller has not given. */
export function secretsToGive(
  { options }: ExecutionRecord,
  { kept, given, read }: SecretsAgain,
): readonly string[] {
  const secret = options.kept_apart?.parameters ?? [];
  return secret.filter(
    (name) => !Object.hasOwn(given, name) && kept?.parameters[name] === undefined && read(name),
  );
}

/**
 * The parameters of a rerun: the secret ones come from the execution while it lives, otherwise from the caller. Throws
 * `AppError("invalid_parameters")` whose details name everything that is wrong.
 */
export function restoreParameters(
  record: ExecutionRecord,
  declared: EffectiveDefinition["config"]["parameters"],
  secrets: SecretsAgain,
): ValueObject {
  const { kept, given } = secrets;
  const secret = record.options.kept_apart?.parameters ?? [];
  const missing = secretsToGive(record, secrets);
  const problems = missing.map((name): AppErrorDetail => {
    const message = `parameter "${name}" is secret and is not kept after a run. give it again ${waysToGiveSecrets}`;
    return { path: name, message };
  });
  for (const [name, value] of Object.entries(given)) {
    const problem = secret.includes(name)
      ? findValueProblem(name, declared[name], value)
      : "is no secret parameter of this execution";
    if (problem !== null) problems.push({ path: name, message: `parameter "${name}" ${problem}` });
  }
  if (problems.length > 0) throw invalidParameters(problems);
  const again: Record<string, Value> = { ...record.parameters };
  for (const name of secret) {
    const value = Object.hasOwn(given, name) ? given[name] : kept?.parameters[name];
    if (value === undefined) delete again[name];
    else again[name] = value;
  }
  return again;
}

function findValueProblem(
  name: string,
  parameter: EffectiveParameter | undefined,
  value: Value,
): string | null {
  const checked = parameter ? parameterFrom(name, parameter, value) : { value };
  return "problem" in checked ? checked.problem : null;
}

/** A masked variable gets this process's value, and is left out where there is none. */
function restoreVariables(
  stored: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const entries = Object.entries(stored).flatMap(([name, value]): [string, string][] => {
    if (!value.includes(mask)) return [[name, value]];
    const again = Object.hasOwn(own, name) ? own[name] : undefined;
    return again === undefined ? [] : [[name, again]];
  });
  return Object.fromEntries(entries);
}

function restoreDefinition(
  engine: EngineState,
  record: ExecutionRecord,
  masked: EffectiveDefinition,
): EffectiveDefinition {
  const text = sourceText(engine, record);
  const source = text === null ? undefined : checkWorkflow(text, { file: "WORKFLOW.yaml" }).definition;
  const missing: string[] = [];
  const again = fillMasked(masked, source, "", missing) as EffectiveDefinition;
  const [first] = missing;
  if (first === undefined) return again;
  throw new AppError(
    "conflict",
    `"${first}" of execution "${record.run_id}" holds a secret, which is not kept after a run, and the definition ` +
      "has changed or was deleted since. start it again",
  );
}

/** The text that an execution was made from, if it is still there. */
function sourceText(engine: EngineState, record: ExecutionRecord): string | null {
  const { workflow_id, definition_hash, options } = record;
  const versions =
    workflow_id === null ? [] : listWorkflowVersions(engine.store, workflow_id, { limit: 100 }).items;
  const version = versions.find((each) => each.definition_hash === definition_hash);
  if (version) return version.definition;
  const file = options.kept_apart?.file ?? null;
  if (file === null) return null;
  try {
    const text = readFileSync(file, "utf8");
    return createHash("sha256").update(text).digest("hex") === definition_hash ? text : null;
  } catch (error) {
    // The file may have been moved or removed; whatever the reason, its text cannot be read.
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
}

/** The masked texts, taken from the same place of the source. */
function fillMasked(masked: unknown, source: unknown, path: string, missing: string[]): unknown {
  if (typeof masked === "string") {
    if (!masked.includes(mask)) return masked;
    if (typeof source === "string" && fits(masked, source)) return source;
    missing.push(path);
    return masked;
  }
  if (typeof masked !== "object" || masked === null) return masked;
  const within = (key: string | number): unknown =>
    typeof source === "object" && source !== null && Object.hasOwn(source, key)
      ? (source as Record<string | number, unknown>)[key]
      : undefined;
  const below = (key: string | number): string => (path === "" ? String(key) : `${path}.${key}`);
  if (Array.isArray(masked))
    return masked.map((item, at) => fillMasked(item, within(at), below(at), missing));
  return Object.fromEntries(
    Object.entries(masked).map(([key, item]) => [key, fillMasked(item, within(key), below(key), missing)]),
  );
}

/** Whether the unmasked parts stand in the source, in the same order. */
function fits(masked: string, source: string): boolean {
  let from = 0;
  return masked.split(mask).every((part) => {
    const at = source.indexOf(part, from);
    from = at + part.length;
    return at >= 0;
  });
}
