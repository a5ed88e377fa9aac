import type { StageRequest } from "../dispatch/dispatcher.ts";
import type { LiveExecution, LiveStep } from "./live-execution.ts";

/**
 * The commits that a step's worktree is made from: those of its dependencies. For a dependency that has none (a gate, a
 * stage without a worktree, or one that has changed nothing) they are those of the dependencies before it.
 */
export function commitsBefore(execution: LiveExecution, step: LiveStep): StageRequest["worktree_from"] {
  if (step.plan.stage.workspace !== "worktree") return [];
  const found: StageRequest["worktree_from"] = [];
  const seen = new Set<number>();
  const open = step.plan.dependencies.toReversed();
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const before = execution.steps[at];
    if (seen.has(at) || !before) continue;
    seen.add(at);
    const { stage_id, workspace } = before.record;
    if (workspace?.commit) found.push({ stage_id, commit: workspace.commit });
    else open.push(...before.plan.dependencies.toReversed());
  }
  return found;
}
