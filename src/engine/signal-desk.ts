import { AppError } from "../errors.ts";
import type { Signal, SignalAnswer } from "../execution/signal.ts";
import { isProcessAlive } from "../store/holder-process.ts";
import { getExecution, loadForEngine } from "../store/executions.ts";
import { holderOf, takeLease } from "../store/leases.ts";
import { pendingSignals, postSignal, signalAnswer, withdrawSignal } from "../store/signals.ts";
import { applySignal } from "./apply-signal.ts";
import { isoTime, type EngineState } from "./engine-state.ts";
import { planFlush } from "./flush-plan.ts";
import type { LiveExecution } from "./live-execution.ts";
import { liveAgain } from "./live-again.ts";
import { sweeperOf } from "./agent-run.ts";
import { takeOutcome } from "./outcome.ts";
import { attach } from "./start.ts";

const answerPollMs = 5;
/** A holder that lives but does not answer is stuck; the signal stays and is applied when it wakes up. */
const longestWaitMs = 30_000;

/** Gives an execution a signal, whoever drives it, and waits for the answer. */
export async function signalExecution(
  engine: EngineState,
  runId: string,
  signal: Signal,
): Promise<SignalAnswer> {
  for (;;) {
    const ours = engine.live.get(runId);
    if (ours) return await applied(engine, ours, signal);
    // Throws for one that is not there.
    getExecution(engine.store, runId);
    const holder = holderOf(engine.store, runId);
    if (holder && isProcessAlive(holder)) {
      const answer = await asked(engine, runId, signal);
      if (answer) return answer;
    } else {
      const lease = takeLease(engine.store, runId, engine.holderId, isProcessAlive);
      if (lease === "missing" || lease === "ended") return await passedBy(engine, runId, signal);
      if (lease === "taken") return await passedBy(engine, runId, signal);
    }
  }
}

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

function applied(engine: EngineState, execution: LiveExecution, signal: Signal): Promise<SignalAnswer> {
  const answer = applySignal(engine, execution, signal);
  return new Promise((resolve) => {
    execution.changes.effects.push({ kind: "call", then: () => resolve(answer) });
    planFlush(engine, execution);
  });
}

/** Puts the signal down for the holder; null when that has died before it answered. */
async function asked(engine: EngineState, runId: string, signal: Signal): Promise<SignalAnswer | null> {
  const id = engine.newId();
  postSignal(engine.store, { id, run_id: runId, signal, created_at: isoTime(engine.alarm.now()) });
  const endMs = performance.now() + longestWaitMs;
  for (;;) {
    const answer = signalAnswer(engine.store, id);
    if (answer) return answer;
    const holder = holderOf(engine.store, runId);
    if (!holder || !isProcessAlive(holder)) {
      // It may have answered with its last commit; if not, no later holder may find the signal and apply it again.
      return withdrawSignal(engine.store, id) ? null : signalAnswer(engine.store, id);
    }
    if (performance.now() > endMs) {
      throw new AppError(
        "unavailable",
        `process ${holder.pid}, which drives execution "${runId}", does not answer. the signal stays until it does; ` +
          `if it is stuck, end it and go on with: skillmeat workflow resume ${runId}`,
      );
    }
    await Bun.sleep(answerPollMs);
  }
}

/** Nobody drives the execution: the signal is applied, nothing is started, and the lease is given back. */
async function passedBy(engine: EngineState, runId: string, signal: Signal): Promise<SignalAnswer> {
  const loaded = loadForEngine(engine.store, runId);
  if (!loaded) throw new AppError("not_found", `there is no execution "${runId}"`);
  const execution = liveAgain(engine, loaded, false);
  const { completed_at } = execution.record;
  // One that has ended cannot change, and has no lease to write under: its machines only say what is refused.
  if (completed_at !== null) return applySignal(engine, execution, signal);
  attach(engine, execution);
  for (const step of execution.steps) {
    if (step.record.status === "running") step.attempt = { abort: new AbortController(), stopping: null };
  }
  const answer = applySignal(engine, execution, signal);
  await stopOrphans(engine, execution);
  execution.changes.release = true;
  await new Promise<void>((resolve) => {
    execution.changes.effects.push({ kind: "call", then: resolve });
    planFlush(engine, execution);
  });
  return answer;
}

/** Agents of the dead engine that are to stop have nobody else who would stop them. */
async function stopOrphans(engine: EngineState, execution: LiveExecution): Promise<void> {
  for (const step of execution.steps) {
    if (step.record.status !== "running" || !step.attempt?.stopping) continue;
    await sweeperOf(engine, execution, step)();
    takeOutcome(engine, execution, step, { kind: "gone" });
  }
}
