/** How the stages of one agent have ended in a window of time. */
export interface AgentRuns {
  /** Stages that have begun. */
  runs: number;
  completed: number;
  failed: number;
  cost_micro_usd: number;
  /** True: some have used tokens at a cost that is not known. */
  hasUnknownCost: boolean;
}

export function noRuns(): AgentRuns {
  return { runs: 0, completed: 0, failed: 0, cost_micro_usd: 0, hasUnknownCost: false };
}
