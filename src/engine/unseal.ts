import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { AppError, type AppErrorDetail } from "../errors.ts";
import type { ExecutionRecord, RunOptions } from "../execution/record.ts";
import type { Value, ValueObject } from "../expression/value.ts";
import type { LoadedExecution } from "../store/executions.ts";
import { listWorkflowVersions } from "../store/read-workflows.ts";
import type { EffectiveDefinition } from "../workflow/effective.ts";
import { mask } from "../workflow/secret-name.ts";
import { checkWorkflow } from "../workflow/validate.ts";
import { makeBlueprint, type Blueprint } from "../machine/blueprint.ts";
import type { EngineState } from "./engine-state.ts";
import { readSecrets, type KeptSecrets } from "./kept-secrets.ts";
import { knownBlueprint } from "./start.ts";

/** What an execution is run again from, in clear. */
export interface Unsealed {
  blueprint: Blueprint;
  options: RunOptions;
  kept: KeptSecrets | null;
}

/**
 * What an execution was made of. Its secrets are kept only while it lives: afterwards those of the definition are read
 * again where that came from, and variables are this process's. Throws `AppError("conflict")` where that is not enough.
 */
export function unseal(engine: EngineState, { execution: { record }, snapshot }: LoadedExecution): Unsealed {
  const { definition, agents, modules } = snapshot;
  const { kept_apart: apart, ...options } = record.options;
  const kept = apart ? readSecrets(engine.secretsDir, record.run_id) : null;
  const clear =
    kept?.snapshot ??
    (apart?.definition ? { ...snapshot, definition: definitionAgain(engine, record, definition) } : null);
  const blueprint = clear
    ? makeBlueprint(clear.definition, clear.agents, clear.modules)
    : makeBlueprint(definition, agents, modules);
  return {
    blueprint: knownBlueprint(engine, blueprint),
    options: kept?.options ?? { ...options, env: variablesAgain(options.env, engine.agentEnv) },
    kept,
  };
}

/**
 * The parameters of a rerun: the secret ones come from the execution while it lives, else from who asks. `read`:
 * whether anything that will run reads one. Throws `AppError("invalid_parameters")`.
 */
export function parametersAgain(
  { parameters, options }: ExecutionRecord,
  { kept, given, read }: { kept: KeptSecrets | null; given: ValueObject; read: (name: string) => boolean },
): ValueObject {
  const secret = options.kept_apart?.parameters ?? [];
  const problems: AppErrorDetail[] = Object.keys(given)
    .filter((name) => !secret.includes(name))
    .map((name) => ({ path: name, message: `"${name}" is no secret parameter of this execution` }));
  const again: Record<string, Value> = { ...parameters };
  for (const name of secret) {
    const value = Object.hasOwn(given, name) ? given[name] : kept?.parameters[name];
    if (value !== undefined) again[name] = value;
    else if (read(name)) {
      const message = `parameter "${name}" is secret and is not kept after a run. give it again`;
      problems.push({ path: name, message });
    } else delete again[name];
  }
  const [first] = problems;
  if (!first) return again;
  const wayOut = 'with "--params-file", or "parameters" in the request';
  throw new AppError("invalid_parameters", `${first.message} ${wayOut}`, problems);
}

/** A masked variable has this process's value; where it has none, it is left out. */
function variablesAgain(
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

function definitionAgain(
  engine: EngineState,
  record: ExecutionRecord,
  masked: EffectiveDefinition,
): EffectiveDefinition {
  const text = sourceText(engine, record);
  const source = text === null ? undefined : checkWorkflow(text, { file: "WORKFLOW.yaml" }).definition;
  const missing: string[] = [];
  const again = filledIn(masked, source, "", missing) as EffectiveDefinition;
  const [first] = missing;
  if (first === undefined) return again;
  throw new AppError(
    "conflict",
    `"${first}" of execution "${record.run_id}" holds a secret, which is not kept after a run, and the definition ` +
      "has changed or is gone since. start it anew",
  );
}

/** The text an execution came from, if it is still there. */
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
    // It may have been moved or removed; whatever it is, its text cannot be had.
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
}

/** Texts that are masked, taken from the same place of the source. */
function filledIn(masked: unknown, source: unknown, path: string, missing: string[]): unknown {
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
  if (Array.isArray(masked)) return masked.map((item, at) => filledIn(item, within(at), below(at), missing));
  return Object.fromEntries(
    Object.entries(masked).map(([key, item]) => [key, filledIn(item, within(key), below(key), missing)]),
  );
}

/** Whether what is not masked stands in the source, in the same order. */
function fits(masked: string, source: string): boolean {
  let from = 0;
  return masked.split(mask).every((part) => {
    const at = source.indexOf(part, from);
    from = at + part.length;
    return at >= 0;
  });
}
