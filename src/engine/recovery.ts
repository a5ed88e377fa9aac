import { isProcessAlive } from "../store/holder-process.ts";
import { loadForEngine } from "../store/executions.ts";
import { deadLeases, takeLease } from "../store/leases.ts";
import { letGoOn } from "./apply-signal.ts";
import type { EngineState } from "./engine-state.ts";
import { planFlush } from "./flush-plan.ts";
import { sweepLeft } from "./left-overs.ts";
import { liveAgain } from "./live-again.ts";
import { executionState, type LiveExecution, type LiveStep } from "./live-execution.ts";
import { begin, stopAll } from "./orchestration.ts";
import { momentOf } from "./outcome.ts";
import { attach } from "./start.ts";

/** Takes over one execution whose holder is dead and goes on with it. */
export function takeOver(engine: EngineState, runId: string): "taken" | "held" | "ended" | "missing" {
  if (engine.live.has(runId)) return "taken";
  const lease = takeLease(engine.store, runId, engine.holderId, isProcessAlive);
  if (lease !== "taken") return lease;
  const loaded = loadForEngine(engine.store, runId);
  if (!loaded) return "missing";
  const execution = liveAgain(engine, loaded, true);
  attach(engine, execution);
  goOn(engine, execution);
  return "taken";
}

/** Takes over every execution whose holder is dead; the ids taken. */
export function recoverAll(engine: EngineState): string[] {
  return deadLeases(engine.store, isProcessAlive).filter((runId) => takeOver(engine, runId) === "taken");
}

/** Re-adopts the agents that run, and looks at everything that may go on. */
function goOn(engine: EngineState, execution: LiveExecution): void {
  if (executionState(execution) === "pending") return beginStored(engine, execution);
  for (const step of execution.steps) if (step.record.status === "running") adopt(execution, step);
  sweepLeft(engine, execution);
  if (executionState(execution) === "cancelling") {
    const message = execution.actor.snapshot.context.message ?? "cancelled";
    stopAll(
      execution,
      momentOf(engine),
      { class: "cancelled", message },
      { why: "cancel", stopsRunning: true },
    );
  }
  letGoOn(engine, execution);
  planFlush(engine, execution);
}

/** It was stored by a process that drives nothing. */
function beginStored(engine: EngineState, execution: LiveExecution): void {
  begin(execution, momentOf(engine));
  planFlush(engine, execution);
}

function adopt(execution: LiveExecution, step: LiveStep): void {
  step.attempt = { abort: new AbortController(), stopping: null };
  execution.changes.effects.push({ kind: "dispatch", step, attempt: step.attempt, recovered: true });
}
