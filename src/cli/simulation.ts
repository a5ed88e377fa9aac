import type { Value } from "../expression/value.ts";
import { AppError } from "../errors.ts";
import { parseSimulationScript } from "../dispatch/simulation-script.ts";
import { parseDuration } from "../workflow/duration.ts";
import type { Invocation } from "./command.ts";
import { readDataFile } from "./read-input.ts";

/**
 * What `--script` and `--sim-delay` say, checked; both belong to `--dispatcher simulated`. `stages`: the only ones a
 * script may name; null where that is not known yet.
 */
export function simulationOf(
  invocation: Invocation,
  stages: readonly string[] | null = null,
): { script: Value; sim_delay_ms: number } {
  const { given, workdir } = invocation;
  const file = given.text("script");
  const delay = given.text("sim-delay");
  if ((file !== null || delay !== null) && given.text("dispatcher") !== "simulated") {
    const option = file === null ? "--sim-delay" : "--script";
    throw new AppError("invalid_usage", `${option} is for simulated agents. add --dispatcher simulated`);
  }
  const script = file === null ? null : readDataFile(file, workdir);
  if (file !== null) parseSimulationScript(script, `"${file}"`, stages);
  return { script, sim_delay_ms: delay === null ? 0 : delayMs(delay) };
}

function delayMs(text: string): number {
  const ms = /^0(ms|s)?$/.test(text) ? 0 : parseDuration(text);
  if (ms === null)
    throw new AppError("invalid_usage", `--sim-delay takes a duration such as "200ms", not "${text}"`);
  return ms;
}
