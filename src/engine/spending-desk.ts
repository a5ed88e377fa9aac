import type { DispatchControl, MeteredUsage } from "../dispatch/dispatcher.ts";
import { priceUsage } from "../execution/prices.ts";
import { watchSpending } from "../machine/watch-budgets.ts";
import type { RunningAttempt } from "../machine/execution-state.ts";
import type { EngineState } from "./engine-state.ts";
import { planFlush } from "./flush-plan.ts";
import type { LiveExecution, LiveStep } from "./live-execution.ts";
import { momentOf } from "./moment-of.ts";

/**
 * Holds what a running agent has used so far against the budgets of its stage and of its execution. A cost that it has
 * not reported is that of the price table, as it is when the attempt ends.
 */
export function spendingDesk(
  engine: EngineState,
  { execution, step, attempt }: { execution: LiveExecution; step: LiveStep; attempt: RunningAttempt },
): NonNullable<DispatchControl["spend"]> {
  return ({ usage, unpriced }: MeteredUsage) => {
    const isOurs =
      (engine.phase === "open" || engine.phase === "draining") &&
      engine.live.get(execution.runId) === execution &&
      step.attempt === attempt;
    if (!usage || !isOurs) return;
    if (execution.record.budget === null && !step.plan.stage.budget) return;
    const { prices } = engine.prices();
    const spent = priceUsage(usage, { unpriced: unpriced ?? null, model: step.record.model ?? "", prices });
    if (watchSpending(execution, step, spent, momentOf(engine))) planFlush(engine, execution);
  };
}
