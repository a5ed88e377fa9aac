import type { StageRequest } from "../dispatcher.ts";

/**
 * The variables of an attempt that its MCP servers must not see: what the agent's program alone gets for the provider
 * of its model, and the provider's keys, even where `pass_env` names them. The workflow's own `env` is for everybody.
 */
export function hiddenVariables(
  { env, options, provider_env }: Pick<StageRequest, "env" | "options" | "provider_env">,
  keys: readonly string[],
): string[] {
  const own = Object.keys(provider_env).filter((name) => !Object.hasOwn(options.env, name));
  const passed = keys.filter((name) => Object.hasOwn(options.env, name));
  return [...own, ...passed].filter((name) => !Object.hasOwn(env, name));
}

export function without(
  env: Readonly<Record<string, string>>,
  hidden: readonly string[],
): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !hidden.includes(name)));
}

/**
 * The command of a server without these variables. Agents have no setting that takes a variable away, so a shell does
 * it; its text holds no value from outside.
 */
export function hidingCommand(names: readonly string[], command: readonly string[]): string[] {
  if (names.length === 0) return [...command];
  return ["/bin/sh", "-c", `unset ${names.join(" ")}; exec "$@"`, "sh", ...command];
}
