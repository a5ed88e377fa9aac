import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { hasEnded } from "../execution/status.ts";
import { isProcessAlive } from "../store/holder-process.ts";
import { loadForEngine, type LoadedExecution } from "../store/executions.ts";
import { deadLeases, holderOf, takeLease } from "../store/leases.ts";
import { logFacts } from "../store/logs.ts";
import { restore } from "./actor.ts";
import { sweepAttempt } from "./agent-run.ts";
import { letGoOn } from "./apply-signal.ts";
import { makeBlueprint } from "./blueprint.ts";
import type { EngineState } from "./engine-state.ts";
import { addChore } from "./flush.ts";
import { planFlush } from "./flush-plan.ts";
import { makeExecution, type StepParts } from "./make-execution.ts";
import { executionState, type LiveExecution, type LiveStep } from "./live-execution.ts";
import { reconsider, stopAll } from "./orchestration.ts";
import { momentOf } from "./outcome.ts";
import { attach, knownBlueprint } from "./start.ts";

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

/** Takes over every execution whose holder is dead; the ids taken. What ended ones have left is cleared away. */
export function recoverAll(engine: EngineState): string[] {
  const taken = deadLeases(engine.store, isProcessAlive).filter(
    (runId) => takeOver(engine, runId) === "taken",
  );
  sweepLeftOvers(engine);
  return taken;
}

/** An execution as the database has it, in memory again. */
export function liveAgain(engine: EngineState, loaded: LoadedExecution, drives: boolean): LiveExecution {
  const { definition, agents, modules, hash } = loaded.snapshot;
  const blueprint =
    engine.blueprints.get(hash)?.blueprint ??
    knownBlueprint(engine, makeBlueprint(definition, agents, modules));
  const { record, machine } = loaded.execution;
  const parts = loaded.steps.map(({ record: step, machine: stored }): StepParts => ({
    record: step,
    actor: step.type === "gate" ? restore("gate", stored) : restore("stage", stored),
    logBytes: step.status === "pending" ? 0 : logFacts(engine.store, record.run_id, step.stage_id).bytes,
    offsets: loaded.offsets.get(step.stage_id) ?? { stdout: 0, stderr: 0 },
  }));
  const { mostLogBytes } = engine;
  return makeExecution({ ...blueprint, hash }, record, restore("execution", machine), parts, {
    drives,
    mostLogBytes,
  });
}

/** Re-adopts the agents that run, and looks at everything that may go on. */
function goOn(engine: EngineState, execution: LiveExecution): void {
  const moment = momentOf(engine);
  for (const step of execution.steps) {
    if (step.record.status === "running") adopt(execution, step);
    else if (hasFiles(engine, execution, step))
      addChore(engine, execution.runId, sweepAttempt(engine, execution, step));
  }
  if (executionState(execution) === "cancelling") {
    const message = execution.actor.snapshot.context.message ?? "cancelled";
    stopAll(execution, moment, { class: "cancelled", message }, { why: "cancel", stopsRunning: true });
  }
  letGoOn(engine, execution);
  reconsider(execution, moment);
  planFlush(engine, execution);
}

function adopt(execution: LiveExecution, step: LiveStep): void {
  step.attempt = { abort: new AbortController(), stopping: null };
  execution.changes.effects.push({ kind: "dispatch", step, attempt: step.attempt, recovered: true });
}

function hasFiles(engine: EngineState, { runId }: LiveExecution, { record }: LiveStep): boolean {
  return existsSync(join(engine.attemptsDir, runId, `${record.stage_id}.${record.attempt_number}`));
}

/** The engine may have died between the end of an execution and the end of its clearing up. */
function sweepLeftOvers(engine: EngineState): void {
  if (!existsSync(engine.attemptsDir)) return;
  for (const runId of readdirSync(engine.attemptsDir)) {
    if (engine.live.has(runId)) continue;
    const holder = holderOf(engine.store, runId);
    if (holder && isProcessAlive(holder)) continue;
    const loaded = loadForEngine(engine.store, runId);
    if (!loaded || !hasEnded(loaded.execution.record.status)) continue;
    const execution = liveAgain(engine, loaded, false);
    for (const step of execution.steps) {
      if (hasFiles(engine, execution, step)) addChore(engine, runId, sweepAttempt(engine, execution, step));
    }
  }
}
