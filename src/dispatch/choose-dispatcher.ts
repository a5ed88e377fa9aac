import type { RunOptions } from "../execution/record.ts";
import type { AgentFile } from "../execution/snapshot.ts";

/** `[dispatch]` of config.toml. */
export interface DispatchConfig {
  default: string;
  /** Agent reference → dispatcher. */
  agents: ReadonlyMap<string, string>;
  /** The program of agents of the dispatcher `acp` whose file names none. */
  acp?: readonly string[];
}

/**
 * The dispatcher that does a stage: the run's, else the agent file's, else the one configured for the agent, or for
 * all.
 */
export function chooseDispatcher(
  agent: AgentFile | null,
  options: Pick<RunOptions, "dispatcher">,
  config: DispatchConfig,
): string {
  if (options.dispatcher !== null) return options.dispatcher;
  if (!agent) return config.default;
  return (
    agent.dispatcher ??
    config.agents.get(agent.ref) ??
    config.agents.get(`agent:${agent.name}`) ??
    config.default
  );
}
