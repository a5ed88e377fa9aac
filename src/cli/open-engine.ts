import { readConfig } from "../config.ts";
import { createEngine } from "../engine/create-engine.ts";
import { providerVariables } from "../dispatch/provider-variables.ts";
import { allowedEnv } from "../execution/allowed-env.ts";
import type { Engine } from "../engine/engine.ts";
import type { Store } from "../store/database.ts";
import type { Invocation } from "./command.ts";

/** An engine of this process. `kind` tells other processes its purpose. */
export function openEngine(
  { given, home, env, log, output }: Invocation,
  store: Store,
  kind: Parameters<typeof createEngine>[0]["kind"],
): Promise<Engine> {
  log.begin();
  const { maxSteps, dispatch, channels, passEnv } = readConfig(home, env);
  return createEngine({
    store,
    home,
    kind,
    dispatch,
    channels,
    agentEnv: allowedEnv(env, passEnv),
    providerEnv: providerVariables(env),
    maxSteps: given.whole("max-steps", { least: 1, most: 1000 }) ?? maxSteps,
    log,
    tell: output.note,
  });
}
