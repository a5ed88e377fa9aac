import { nearest } from "../expression/nearest.ts";
import type { ConfiguredCommand } from "./acp/acp-command.ts";
import { createAcpDispatcher } from "./acp/acp.ts";
import { createClaudeDispatcher } from "./claude-code/claude-code.ts";
import { createCodexDispatcher } from "./codex/codex.ts";
import { createCommandDispatcher } from "./command.ts";
import { createLaunch } from "./process/launcher.ts";
import type { StageDispatcher, StageResult } from "./dispatcher.ts";
import { programVersions } from "./program-versions.ts";
import { createSimulatedDispatcher, type SimulationClock } from "./simulated.ts";

/** Every dispatcher of this build by its name. Any other name gives one whose attempts fail as `not_found`. */
export type Dispatchers = (name: string) => StageDispatcher;

/**
 * `home` is the absolute folder of skillmeat's data, into which the supervisor's program is put; `acp` the program of
 * agents of the dispatcher `acp` whose file names none.
 */
export function createDispatchers(
  clock: SimulationClock,
  home: string,
  acp?: ConfiguredCommand,
): Dispatchers {
  const [launch, versions] = [createLaunch(home), programVersions(home)];
  const built = [
    createAcpDispatcher({ launch, configured: acp }),
    createClaudeDispatcher(launch, versions),
    createCodexDispatcher(launch, versions),
    createCommandDispatcher(launch),
    createSimulatedDispatcher(clock),
  ];
  return (name) => built.find((each) => each.name === name) ?? makeAbsent(name);
}

/** The names of the dispatchers of this build. */
const builtNames = ["acp", "claude-code", "codex", "command", "simulated"] as const;

/** Why the dispatcher of a name cannot do stages, with the way out; null where it can. */
export function dispatcherTrouble(name: string): { says: string; wayOut: string } | null {
  if (builtNames.some((each) => each === name)) return null;
  const quoted = builtNames.map((each) => `"${each}"`);
  const names = `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1)}`;
  const meant = nearest(name, builtNames);
  const ways =
    'name one with --dispatcher, with "dispatcher:" in the agent file, or in config.toml: [dispatch] default, ' +
    'or [dispatch.agents] "agent:x"';
  return {
    says: `this build has no dispatcher "${name}", only ${names}`,
    wayOut: meant === null ? ways : `did you mean "${meant}"? ${ways}`,
  };
}

function makeAbsent(name: string): StageDispatcher {
  const trouble = dispatcherTrouble(name);
  const message = trouble ? `${trouble.says}. ${trouble.wayOut}` : `the dispatcher "${name}" is not built`;
  const result: StageResult = {
    ok: false,
    error: { class: "not_found", message, retryable: false },
    warnings: [],
  };
  return {
    name,
    dispatch: () => Promise.resolve(result),
    readopt: () => Promise.resolve("gone"),
    sweep: () => Promise.resolve(),
  };
}
