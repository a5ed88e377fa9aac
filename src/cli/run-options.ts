import { resolve } from "node:path";
import { readConfig } from "../config.ts";
import { AppError } from "../errors.ts";
import { allowedEnv } from "../execution/allowed-env.ts";
import type { RunOptions } from "../execution/record.ts";
import type { Invocation } from "./command.ts";
import { statOf } from "./read-input.ts";
import { simulationOf } from "./simulation.ts";

/** How the stages of what this command starts are done. `stages`: theirs, null where they are not known yet. */
export async function runOptions(
  invocation: Invocation,
  workdir: string,
  stages: readonly string[] | null = null,
): Promise<RunOptions> {
  const { given } = invocation;
  const { script, sim_delay_ms } = simulationOf(invocation, stages);
  return {
    workdir,
    dispatcher: dispatcherOf(given.text("dispatcher")),
    script,
    sim_delay_ms,
    env: agentEnv(invocation),
    context_modules: given.list("context"),
  };
}

/** The variables of this process that agents see. */
export function agentEnv({ home, env }: Invocation): Record<string, string> {
  return allowedEnv(env, readConfig(home, env).passEnv);
}

/** `--workdir`, else where the command was called. Absolute; the preflight checks whether it exists. */
export function workdirOf({ given, workdir }: Invocation): string {
  return resolve(workdir, given.text("workdir") ?? ".");
}

/** The same for a run that starts later. Throws `AppError("not_found")` where it is no folder. */
export function lastingWorkdirOf(invocation: Invocation): string {
  const folder = workdirOf(invocation);
  const asked = invocation.given.text("workdir") ?? folder;
  if (statOf(folder, asked)?.isDirectory()) return folder;
  throw new AppError("not_found", `--workdir names "${asked}", which is no folder`);
}

const dispatchers = ["simulated", "command", "claude-code", "codex", "acp"];

export function dispatcherOf(name: string | null): string | null {
  if (name === null || dispatchers.includes(name)) return name;
  throw new AppError("invalid_usage", `there is no dispatcher "${name}": ${dispatchers.join(", ")}`);
}
