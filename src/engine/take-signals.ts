import { pendingSignals } from "../store/signals.ts";
import { applySignal } from "../machine/apply-signal.ts";
import type { SignalAnswer } from "../execution/signal.ts";
import { logProblem } from "./clean-up.ts";
import type { EngineState } from "./engine-state.ts";
import { planFlush } from "./flush-plan.ts";
import { momentOf } from "./moment-of.ts";

/** Applies the signals of other processes to the executions driven here. */
export function takeSignals(engine: EngineState): void {
  for (const { id, run_id, signal } of pendingSignals(engine.store, engine.holderId)) {
    const execution = engine.live.get(run_id);
    if (!execution) continue;
    const answer = signal
      ? applySignal(execution, signal, momentOf(engine))
      : refuseDamaged(engine, run_id, id);
    execution.changes.answers.push({ signal_id: id, answer });
    planFlush(engine, execution);
  }
}

/** A damaged signal is refused: what was wanted is unknown and must not be guessed. */
function refuseDamaged(engine: EngineState, runId: string, id: string): SignalAnswer {
  const message = `signal "${id}" is damaged in the database: nothing was done. ask for it again`;
  logProblem(engine, runId, "signal_damaged", new Error(message));
  return { outcome: "refused", code: "conflict", message };
}
