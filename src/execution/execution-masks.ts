import type { ValueObject } from "../expression/value.ts";
import type { EffectiveDefinition } from "../workflow/effective.ts";
import { isSecretParameter } from "../workflow/secret-name.ts";
import { createMasks, secretsOf, type Masks } from "./masks.ts";
import type { RunOptions } from "./record.ts";
import { serverSecrets } from "./server-secrets.ts";
import type { AgentFile } from "./snapshot.ts";

/**
 * The masks of an execution: its secret variables and parameters, those in the settings of MCP servers, and what was
 * named a secret while it ran.
 */
export function executionMasks(
  definition: EffectiveDefinition,
  {
    parameters,
    options,
    env,
    named = [],
    agents = {},
  }: {
    parameters: ValueObject;
    options: RunOptions;
    env: Readonly<Record<string, string>>;
    named?: readonly string[];
    agents?: Readonly<Record<string, AgentFile>>;
  },
): Masks {
  const given = [
    ...[env, options.env, options.provider_env ?? {}].flatMap(secretsOf),
    ...secretParameters(definition, parameters),
    ...Object.values(agents).flatMap(serverSecrets),
  ];
  return createMasks([...given, ...named]);
}

/** The default counts as well: the snapshot holds it, whether it is used or not. */
function secretParameters({ config }: EffectiveDefinition, given: ValueObject): string[] {
  return Object.entries(config.parameters).flatMap(([name, parameter]) => {
    if (!isSecretParameter(name, parameter)) return [];
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    return [value, parameter.default].flatMap((each) =>
      each === undefined || each === null ? [] : [typeof each === "string" ? each : JSON.stringify(each)],
    );
  });
}
