import { shortId } from "../execution/short-id.ts";
import { AppError } from "../errors.ts";
import { createMasks } from "../execution/masks.ts";
import type { Signal, SignalAnswer } from "../execution/signal.ts";
import { hasEnded } from "../execution/status.ts";
import { getExecution } from "../store/executions.ts";
import { holderOf, releaseLease, takeLease } from "../store/leases.ts";
import { storeFailure } from "../store/store-failure.ts";
import { postSignal, signalAnswer, withdrawSignal } from "../store/signals.ts";
import { applyResult } from "../machine/apply-result.ts";
import { applySignal } from "../machine/apply-signal.ts";
import { finishStopping } from "../machine/orchestration.ts";
import { holdExecution, forgetExecution, lostError } from "./hold-execution.ts";
import { sweepLater } from "./clean-up.ts";
import { isoTime } from "../machine/moment.ts";
import type { EngineState } from "./engine-state.ts";
import { partsOfOne } from "./stored-parts.ts";
import { planFlush } from "./flush-plan.ts";
import { readSecrets } from "./kept-secrets.ts";
import type { LiveExecution } from "./live-execution.ts";
import { readAgain } from "./recovery.ts";
import { runAttempt, sweeperOf } from "./agent-run.ts";
import { momentOf } from "./moment-of.ts";
import { refuseInTrouble } from "./trouble.ts";

const answerPollMs = 5;
const aliveEveryMs = 250;
/** A living holder that does not answer is stuck; the signal stays and is applied when it wakes up. */
const longestWaitMs = 3_000;

/** Gives an execution a signal, whoever drives it, and waits for the answer. */
export async function signalExecution(
  engine: EngineState,
  runId: string,
  signal: Signal,
): Promise<SignalAnswer> {
  for (;;) {
    if (engine.phase !== "draining") refuseInTrouble(engine);
    const ours = engine.live.get(runId);
    if (ours) return await applyAndCommit(engine, ours, signal);
    // Throws for an execution that does not exist.
    getExecution(engine.store, runId);
    const holder = holderOf(engine.store, runId);
    if (holder && engine.processes.isAlive(holder)) {
      const answer = await askHolder(engine, runId, signal);
      if (answer) return answer;
    } else {
      const lease = takeLease(engine.store, runId, engine.holderId, engine.processes.isAlive);
      if (lease === "missing" || lease === "ended") return await signalUndriven(engine, runId, signal);
      if (lease === "taken") return await signalUndriven(engine, runId, signal);
    }
  }
}

function applyAndCommit(
  engine: EngineState,
  execution: LiveExecution,
  signal: Signal,
): Promise<SignalAnswer> {
  const answer = applySignal(execution, signal, momentOf(engine));
  return new Promise((resolve, fail) => {
    execution.changes.waiting.push({ done: () => resolve(answer), fail });
    planFlush(engine, execution);
  });
}

/** Posts the signal for the holder; null when the holder has died before it answered. */
async function askHolder(engine: EngineState, runId: string, signal: Signal): Promise<SignalAnswer | null> {
  const id = engine.newId();
  const wish = withoutSecrets(engine, runId, signal);
  postSignal(engine.store, { id, run_id: runId, signal: wish, created_at: isoTime(engine.alarm.now()) });
  const endMs = engine.scheduler.elapsedMs() + longestWaitMs;
  let lookedAtMs = engine.scheduler.elapsedMs();
  for (;;) {
    const answer = signalAnswer(engine.store, id);
    if (answer) return answer;
    await new Promise<void>((resolve) => engine.scheduler.after(answerPollMs, resolve));
    // Looking for a process costs more than looking for an answer.
    if (engine.scheduler.elapsedMs() - lookedAtMs < aliveEveryMs) continue;
    lookedAtMs = engine.scheduler.elapsedMs();
    const holder = holderOf(engine.store, runId);
    if (!holder || !engine.processes.isAlive(holder)) {
      // The holder may have answered with its last commit; if not, no later holder may find the signal and apply it
      // again.
      return withdrawSignal(engine.store, id) ? null : signalAnswer(engine.store, id);
    }
    if (engine.scheduler.elapsedMs() > endMs) {
      throw new AppError(
        "unavailable",
        `process ${holder.pid}, which drives execution "${runId}", does not answer. your request is stored and ` +
          `is carried out as soon as it answers; if it is stuck, end it and continue with: ` +
          `skillmeat workflow resume ${shortId(runId)}`,
      );
    }
  }
}

/** The texts of a signal are stored before its execution sees them, so secrets are hidden here. */
function withoutSecrets({ secretsDir }: EngineState, runId: string, signal: Signal): Signal {
  const kept = readSecrets(secretsDir, runId);
  if (!kept) return signal;
  const { hide } = createMasks(kept.masks);
  if ("comment" in signal && signal.comment !== null) return { ...signal, comment: hide(signal.comment) };
  if ("reason" in signal && signal.reason !== null) return { ...signal, reason: hide(signal.reason) };
  return signal;
}

/** Nobody drives the execution: the lease is taken, the signal applied, nothing started, and the lease given back. */
async function signalUndriven(engine: EngineState, runId: string, signal: Signal): Promise<SignalAnswer> {
  const execution = readAgain(engine, runId, { drives: false, parts: partsOfOne(engine) });
  // An ended execution cannot change and has no lease to write under: its machines only say what is refused.
  if (hasEnded(execution.record.status)) return applySignal(execution, signal, momentOf(engine));
  holdExecution(engine, execution);
  try {
    for (const step of execution.steps) {
      if (step.record.status === "running") step.attempt = { stopping: null, spent: null };
    }
    finishStopping(execution, momentOf(engine));
    const answer = applySignal(execution, signal, momentOf(engine));
    await stopOrphans(engine, execution);
    if (engine.phase === "failed") throw engine.failure;
    execution.changes.release = true;
    await new Promise<void>((resolve, fail) => {
      execution.changes.waiting.push({ done: resolve, fail });
      planFlush(engine, execution);
    });
    await Promise.all(engine.cleanUps.get(runId) ?? []);
    return answer;
  } catch (error) {
    forgetExecution(engine, execution);
    // A lease that was lost may have been taken again since, for the execution as it is now.
    if (!engine.live.has(runId)) giveBack(engine, runId);
    throw error;
  }
}

/** If the database refuses this, the lease soon belongs to a dead process, which means the same. */
function giveBack(engine: EngineState, runId: string): void {
  try {
    releaseLease(engine.store, runId, engine.holderId);
  } catch (error) {
    if (storeFailure(error) === null) throw error;
  }
}

/**
 * Nobody else stops the dead engine's agents that are to stop, or ends them if they do not. Throws when the engine has
 * lost the execution meanwhile.
 */
async function stopOrphans(engine: EngineState, execution: LiveExecution): Promise<void> {
  const stopping = execution.steps.filter(
    ({ record, attempt }) => record.status === "running" && attempt?.stopping,
  );
  await Promise.all(
    stopping.map(async (step) => {
      if (!step.attempt) return;
      const run = { execution, step, attempt: step.attempt, stop: AbortSignal.abort() };
      const result = await runAttempt(engine, run, "readopt");
      // While the agent stopped, the lease may have been lost; even if it was taken again, this state is out of date.
      if (engine.live.get(execution.runId) !== execution) throw lostError(execution);
      const sweep = sweeperOf(engine, execution, step);
      applyResult(execution, step, result, momentOf(engine));
      const done = sweepLater(engine, execution.runId, step, sweep);
      execution.changes.waiting.push({ done });
    }),
  );
}
