import { DamagedRow } from "../store/damaged-row.ts";
import { holderOf, releaseLease, takeLease, type LeaseResult } from "../store/leases.ts";
import { AppError } from "../errors.ts";
import { retryHeldSteps } from "../machine/apply-signal.ts";
import { phaseOf } from "../machine/execution-state.ts";
import { begin, finishStopping } from "../machine/orchestration.ts";
import { adoptStep } from "../machine/start-step.ts";
import { holdExecution, lostError, loseExecution } from "./hold-execution.ts";
import { showDeadlines } from "./durations.ts";
import type { EngineState } from "./engine-state.ts";
import { planFlush } from "./flush-plan.ts";
import { sweepAttempts } from "./sweep-attempts.ts";
import { restoreExecution } from "./restore-execution.ts";
import type { LiveExecution } from "./live-execution.ts";
import { momentOf } from "./moment-of.ts";
import { partsOfOne, type StoredParts } from "./stored-parts.ts";
import { takeSignals } from "./take-signals.ts";

/** Takes over one execution whose holder is dead and goes on with it. */
export function takeOver(engine: EngineState, runId: string): LeaseResult {
  if (isDrivenHere(engine, runId)) return engine.live.get(runId)?.drives ? "taken" : "held";
  const lease = takeLease(engine.store, runId, engine.holderId, engine.processes.isAlive);
  if (lease !== "taken") return lease;
  driveAgain(engine, runId, partsOfOne(engine));
  // Nobody else answers a signal that was posted to its dead holder.
  takeSignals(engine);
  return "taken";
}

/**
 * False when this engine does not have the execution. Also when it has it without the lease: another process took this
 * one for dead, drove the execution and has left it, so that what this engine remembers of it is out of date. It
 * forgets that.
 */
export function isDrivenHere(engine: EngineState, runId: string): boolean {
  const execution = engine.live.get(runId);
  if (!execution) return false;
  if (!isStored(engine, execution) || holderOf(engine.store, runId)?.id === engine.holderId) return true;
  loseExecution(engine, execution, lostError(execution));
  return false;
}

/** One that was only just started has no lease before its first commit. */
function isStored({ created, unwritten }: EngineState, execution: LiveExecution): boolean {
  const inBatch = unwritten?.transitions.created.some(
    (each) => each.execution.record.run_id === execution.runId,
  );
  return !created.has(execution) && !inBatch;
}

/** Goes on with an execution whose lease this engine has just taken. Throws what `readAgain` throws. */
export function driveAgain(engine: EngineState, runId: string, parts: StoredParts): void {
  const execution = readAgain(engine, runId, { drives: true, parts });
  holdExecution(engine, execution);
  continueExecution(engine, execution, parts);
}

/** An execution whose lease this engine has just taken. The lease is given back when it cannot be read. */
export function readAgain(
  engine: EngineState,
  runId: string,
  { drives, parts }: { drives: boolean; parts: StoredParts },
): LiveExecution {
  try {
    const loaded = parts.read(runId);
    if (!loaded) throw new AppError("not_found", `there is no execution "${runId}"`);
    return restoreExecution(engine, loaded, { drives, mayHaveSecrets: parts.mayHaveSecrets(runId) });
  } catch (error) {
    releaseLease(engine.store, runId, engine.holderId);
    throw toDamagedRow(error, runId);
  }
}

/** The stored JSON is well-formed, but its machines or its plan cannot be read from it. */
function toDamagedRow(error: unknown, runId: string): unknown {
  const isContent = error instanceof TypeError || error instanceof SyntaxError;
  return isContent ? new DamagedRow(`execution "${runId}"`) : error;
}

/** Re-adopts the agents that run, and looks at all steps that may go on. */
function continueExecution(engine: EngineState, execution: LiveExecution, parts: StoredParts): void {
  if (phaseOf(execution) === "pending") return startStored(engine, execution);
  for (const step of execution.steps) if (step.record.status === "running") adoptStep(execution, step);
  showDeadlines(engine, execution);
  if (parts.mayHaveAttempts(execution.runId)) sweepAttempts(engine, execution);
  finishStopping(execution, momentOf(engine));
  retryHeldSteps(execution, momentOf(engine));
  planFlush(engine, execution);
}

/** Starts an execution that was stored by a process that drives nothing. */
function startStored(engine: EngineState, execution: LiveExecution): void {
  const moment = momentOf(engine);
  begin(execution, { ...moment, at: execution.record.started_at ?? moment.at });
  planFlush(engine, execution);
}
