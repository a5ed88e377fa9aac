import { pendingSignals } from "../store/signals.ts";
import { applySignal } from "./apply-signal.ts";
import type { EngineState } from "./engine-state.ts";
import { planFlush } from "./flush-plan.ts";

/** Applies what other processes want of the executions driven here. */
export function takeSignals(engine: EngineState): void {
  for (const { id, run_id, signal } of pendingSignals(engine.store, engine.holderId)) {
    const execution = engine.live.get(run_id);
    if (!execution) continue;
    const answer = applySignal(engine, execution, signal);
    execution.changes.answers.push({ signal_id: id, answer });
    planFlush(engine, execution);
  }
}
