import { usedUpLimit } from "../execution/budget.ts";
import type { Usage } from "../execution/record.ts";
import { addUsage } from "../execution/usage.ts";
import type { Budget } from "../workflow/effective.ts";
import type { StoredRun, World } from "./world.ts";

interface Data {
  usage?: Usage | null;
  budget?: Budget;
}

/** Nothing begins while a budget is used up, and nothing is charged for that no agent has used. */
export function checkSpending(world: World, { runId, feed, loaded, stages }: StoredRun): void {
  let { budget } = loaded.snapshot.definition.config;
  let used: Usage | null = null;
  const ofStages = new Map<string, Usage | null>();
  for (const { seq, type, stage_id, data } of feed) {
    const { usage = null, budget: raised } = data as Data;
    if (type === "execution_resumed") budget = raised ?? budget;
    if (stage_id === null) continue;
    const ofStage = ofStages.get(stage_id) ?? null;
    if (type === "stage_started") {
      const own = stages.find(({ stage }) => stage.id === stage_id)?.stage.budget ?? null;
      const whose = usedUpLimit(budget ?? null, used) ? runId : usedUpLimit(own, ofStage) ? stage_id : null;
      if (whose !== null)
        world.violate(
          "budget_holds",
          `event ${seq}: ${stage_id} begins, and the budget of ${whose} is used up`,
        );
    }
    if (usage === null) continue;
    used = addUsage(used, usage);
    ofStages.set(stage_id, addUsage(ofStage, usage));
  }
  const agents = world.history.agents.filter(({ run_id }) => run_id === runId);
  const spent = agents.reduce((sum, { result, plan }) => sum + (result?.usage?.input ?? plan.spends ?? 0), 0);
  if ((used?.input ?? 0) <= spent) return;
  world.violate("spent_once", `${runId} is charged for ${used?.input} tokens, its agents have used ${spent}`);
}
