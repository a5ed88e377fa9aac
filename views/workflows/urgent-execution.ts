import type { ExecutionRecord } from "../../src/execution/record.ts";
import { hasEnded } from "../../src/execution/status.ts";
import { executionState, type Mark } from "../components/state.ts";

const urgency: readonly Mark[] = ["waiting", "failed", "running", "paused", "pending"];

/** The run a list has to tell of: of those that live and the newest, the one that most needs a look. */
export function urgentExecution(runs: readonly ExecutionRecord[]): ExecutionRecord | null {
  const [newest] = runs;
  if (!newest) return null;
  const told = runs.filter((run) => run === newest || !hasEnded(run.status));
  const rank = (run: ExecutionRecord): number => {
    const place = urgency.indexOf(executionState(run).mark);
    return place < 0 ? urgency.length : place;
  };
  return told.reduce((best, run) => (rank(run) < rank(best) ? run : best));
}
