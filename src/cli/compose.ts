import { homedir } from "node:os";
import { readConfig } from "../config.ts";
import { openArtifacts, type Artifacts } from "../collection/artifacts.ts";
import { AppError } from "../errors.ts";
import { planRun, type PlannedRun, type RunPlace } from "../operation/plan-run.ts";
import type { StartOptions } from "../operation/start-trouble.ts";
import type { Invocation } from "./command.ts";
import { findDefinition } from "./find-definition.ts";
import { pairs, readParameters } from "./read-parameters.ts";
import { agentEnv, dispatcherOf } from "./run-options.ts";
import { askSecrets } from "./terminal/ask-secrets.ts";

/**
 * Plans a run of the definition at a path or with a name, with the values of the command line and the overrides of the
 * working directory. Throws as `planRun` does.
 */
export async function composePlan(
  invocation: Invocation,
  name: string,
  workdir: string,
): Promise<PlannedRun> {
  const { given } = invocation;
  const source = await findDefinition(invocation, name);
  const { values, written } = readParameters(given, invocation.workdir);
  const wish = {
    source,
    parameters: values,
    written,
    coerce: true,
    swaps: { agents: pairs(given.list("agent"), "--agent", "stage=ref"), modules: given.list("context") },
    swapNames: { agents: "--agent", modules: "--context" },
    options: startOptions(invocation, workdir),
    ...(invocation.output.canAsk && { askSecrets }),
  };
  const planned = await planRun(wish, placeOf(invocation));
  refuseSecretsOnTheLine(given, planned);
  return planned;
}

/** Process lists and the shell's history would show the secret. */
function refuseSecretsOnTheLine(given: Invocation["given"], { composed }: PlannedRun): void {
  const { parameters } = composed.definition.config;
  for (const [name] of pairs(given.list("param"), "--param", "name=value")) {
    if (!Object.hasOwn(parameters, name) || parameters[name]?.secret !== true) continue;
    throw new AppError(
      "invalid_usage",
      `parameter "${name}" is secret, and a command line can be read by others. ` +
        "give it in a file: --params-file <file> (- reads it from stdin)",
    );
  }
}

export function startOptions(invocation: Invocation, workdir: string): StartOptions {
  const dispatcher = dispatcherOf(invocation.given.text("dispatcher"));
  return { workdir, dispatcher, env: agentEnv(invocation) };
}

export function placeOf({ home, env, log }: Invocation): RunPlace {
  return { home, userHome: userHomeOf(env), dispatch: readConfig(home, env).dispatch, log };
}

export function artifactsFor({ home, env }: Invocation, beside: string, workdir: string): Artifacts {
  return openArtifacts({ beside, workdir, home, userHome: userHomeOf(env) });
}

function userHomeOf(env: Invocation["env"]): string {
  return env["HOME"] ?? homedir();
}
