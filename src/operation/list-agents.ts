import type { Artifacts } from "../collection/artifacts.ts";
import type { ListedArtifact } from "../collection/list-artifacts.ts";
import { chooseDispatcher, type DispatchConfig } from "../dispatch/choose-dispatcher.ts";
import { readKeys } from "../dispatch/read-keys.ts";
import { noRuns, type AgentRuns } from "../execution/agent-runs.ts";
import type { RunOptions } from "../execution/record.ts";
import { agentRuns } from "../store/agent-runs.ts";
import type { Store } from "../store/database.ts";
import { usedModel } from "../workflow/used-model.ts";
import { readAgent } from "./look-at-agent.ts";

/** An agent's file as it would be used here. */
export interface AgentFacts {
  dispatcher: string;
  /** Null: its program uses a model of its own. A stage may name another one. */
  model: string | null;
  tools: string[];
}

/** The days over which runs are counted. */
export const countedDays = 30;
/** Executions of which the stages are counted, the newest ones: that takes about 20 ms. */
export const mostCountedExecutions = 1_000;

/** What an agent of the collection is; `broken`: why its file is no agent's. */
export function describeAgent(
  { ref }: Pick<ListedArtifact, "ref">,
  artifacts: Artifacts,
  { options, dispatch }: { options: Pick<RunOptions, "dispatcher">; dispatch: DispatchConfig },
): AgentFacts | { broken: string } {
  const found = readAgent(artifacts, ref);
  if ("broken" in found) return { broken: found.broken.message };
  const { agent } = found;
  const dispatcher = chooseDispatcher(agent, options, dispatch);
  const tools = agent?.tools ?? [];
  const model = usedModel({ artifact: ref, model: null, instructions: null }, agent);
  const is_model_named = (agent?.model ?? null) !== null;
  return { dispatcher, model: readKeys(dispatcher, { agent, tools, model, is_model_named }).model, tools };
}

/**
 * The runs of each agent's file in the last `countedDays` days, by its path. A reference counts for the file that it
 * finds now; `isCut`: only the newest executions were counted.
 */
export function runsOfAgents(
  store: Store,
  artifacts: Artifacts,
  now: number,
): { byPath: Map<string, AgentRuns>; isCut: boolean } {
  const since = new Date(now - countedDays * 24 * 60 * 60 * 1000).toISOString();
  const { byAgent, isCut } = agentRuns(store, { since, most: mostCountedExecutions });
  const byPath = new Map<string, AgentRuns>();
  for (const [ref, runs] of byAgent) {
    const path = artifacts.find(ref)?.origin;
    if (path !== undefined) byPath.set(path, add(byPath.get(path) ?? noRuns(), runs));
  }
  return { byPath, isCut };
}

function add(a: AgentRuns, b: AgentRuns): AgentRuns {
  return {
    runs: a.runs + b.runs,
    completed: a.completed + b.completed,
    failed: a.failed + b.failed,
    cost_micro_usd: a.cost_micro_usd + b.cost_micro_usd,
    hasUnknownCost: a.hasUnknownCost || b.hasUnknownCost,
  };
}
