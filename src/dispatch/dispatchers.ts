import { createCommandDispatcher } from "./command.ts";
import type { StageDispatcher, StageResult } from "./dispatcher.ts";
import { createSimulatedDispatcher, type SimulationClock } from "./simulated.ts";

/** Every dispatcher of this build by its name. Any other name gives one whose attempts fail as `not_found`. */
export type Dispatchers = (name: string) => StageDispatcher;

export function createDispatchers(clock: SimulationClock): Dispatchers {
  const built = [createCommandDispatcher(), createSimulatedDispatcher(clock)];
  const names = built.map(({ name }) => `"${name}"`).join(" and ");
  return (name) => built.find((each) => each.name === name) ?? absent(name, names);
}

function absent(name: string, names: string): StageDispatcher {
  const message =
    `this build has no dispatcher "${name}", only ${names}. name one with --dispatcher, with "dispatcher:" in the ` +
    'agent file, or in config.toml: [dispatch] default, or [dispatch.agents] "agent:x"';
  const result: StageResult = {
    ok: false,
    error: { class: "not_found", message, retryable: false },
    warnings: [],
  };
  return {
    name,
    dispatch: () => Promise.resolve(result),
    readopt: () => Promise.resolve(null),
    sweep: () => Promise.resolve(),
  };
}
