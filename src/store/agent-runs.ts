import { noRuns, type AgentRuns } from "../execution/agent-runs.ts";
import type { StepStatus } from "../execution/status.ts";
import type { Usage } from "../execution/record.ts";
import type { Store } from "./database.ts";

interface RunRow {
  agent_id: string;
  status: StepStatus;
  cost: number | null;
  basis: Usage["basis"] | null;
}

/**
 * The runs of each agent, by the reference that its stages name, in the executions that have started since a time:
 * only in the newest `most` of them, so that it takes the same time however many there are. `isCut`: there are more.
 */
export function agentRuns(
  store: Store,
  { since, most }: { since: string; most: number },
): { byAgent: Map<string, AgentRuns>; isCut: boolean } {
  const found = store.prepare<{ id: string }, [string, number]>(selectExecutions).all(since, most + 1);
  const steps = store.prepare<RunRow, [string]>(selectSteps);
  const byAgent = new Map<string, AgentRuns>();
  for (const { id } of found.slice(0, most)) for (const row of steps.all(id)) count(byAgent, row);
  return { byAgent, isCut: found.length > most };
}

function count(byAgent: Map<string, AgentRuns>, { agent_id, status, cost, basis }: RunRow): void {
  const runs = byAgent.get(agent_id) ?? noRuns();
  runs.runs += 1;
  if (status === "completed") runs.completed += 1;
  if (status === "failed" || status === "timed_out") runs.failed += 1;
  if (basis === "unknown") runs.hasUnknownCost = true;
  else runs.cost_micro_usd += cost ?? 0;
  byAgent.set(agent_id, runs);
}

const selectExecutions =
  "SELECT id FROM workflow_executions INDEXED BY executions_started WHERE coalesce(started_at, created_at) >= ? " +
  "ORDER BY coalesce(started_at, created_at) DESC, id DESC LIMIT ?";
const selectSteps =
  "SELECT agent_id, status, usage_json ->> '$.cost_micro_usd' AS cost, usage_json ->> '$.basis' AS basis " +
  "FROM execution_steps WHERE execution_id = ? AND agent_id IS NOT NULL AND started_at IS NOT NULL";
