import { runAttempt, sweeperOf } from "./agent-run.ts";
import { armDeadlines, failWaiting, forgetExecution, loseExecution, lostError } from "./hold-execution.ts";
import { addCleanUp, sweepLater, logProblem, finishCleanUp } from "./clean-up.ts";
import type { ExecutionWrite } from "./pending-commit.ts";
import { announce, writePendingCommit, takePendingCommit } from "./commit.ts";
import { applyResult, type AttemptResult } from "../machine/apply-result.ts";
import { isSettled } from "../execution/status.ts";
import type { Effect } from "../machine/execution-state.ts";
import { startStep } from "../machine/start-step.ts";
import type { EngineState } from "./engine-state.ts";
import { showDeadlines } from "./durations.ts";
import { planFlush } from "./flush-plan.ts";
import { runHook } from "./hooks.ts";
import { forgetSecrets } from "./kept-secrets.ts";
import { sweepSuspended, sweepWorktrees } from "./sweep-attempts.ts";
import type { LiveExecution, LiveStep } from "./live-execution.ts";
import { momentOf } from "./moment-of.ts";
import { probeDatabase, postponeCommit } from "./postpone-commit.ts";
import { packedContext } from "./stage-request.ts";
import { setHindrance } from "./trouble.ts";

/** Gives free places to queued steps, writes all changes in one commit, and does what waited for that. */
export function flush(engine: EngineState): void {
  engine.isFlushPlanned = false;
  if (engine.phase === "failed" || engine.phase === "closed") return;
  if (!engine.unwritten) fillPlaces(engine);
  const pending = engine.unwritten ?? takePendingCommit(engine);
  if (pending.written.length === 0) return engine.hindrance ? probeDatabase(engine) : undefined;
  // The pending commit is kept here too so that the callers that wait for it are told when the database fails.
  engine.unwritten = pending;
  const result = writePendingCommit(engine, pending);
  if (result === "failed") return;
  if (result === "locked" || result === "full") return postponeCommit(engine, pending, result);
  engine.unwritten = null;
  setHindrance(engine, null);
  for (const { written, error } of result.refused) {
    loseExecution(engine, written.execution, error);
    failWaiting(written.changes.waiting, error);
  }
  for (const { execution, changes } of result.written) armDeadlines(engine, execution, changes.steps);
  announce(engine, result.written);
  for (const written of result.written) act(engine, written);
  if (engine.dirty.size > 0 || engine.queue.hasReady()) planFlush(engine);
}

/** Starts queued steps as long as there are places. Their agents begin once that is on disk. */
function fillPlaces(engine: EngineState): void {
  if (engine.phase !== "open") return;
  for (let next = engine.queue.take(); next; next = engine.queue.take()) {
    const { execution, step } = next;
    if (step.sweeping !== null) {
      awaitSweep(engine, execution, step, step.sweeping);
      continue;
    }
    startStep(execution, step, momentOf(engine), packedContext(execution, step).consumed);
    engine.dirty.add(execution);
  }
}

/**
 * What an interrupted agent has left is swept before it is stored that its attempt runs again: a later engine would
 * take that for what the new agent has done.
 */
function awaitSweep(
  engine: EngineState,
  execution: LiveExecution,
  step: LiveStep,
  sweeping: Promise<void>,
): void {
  engine.queue.freePlace(execution);
  void sweeping.then(() => {
    if (step.sweeping === sweeping) step.sweeping = null;
    if (engine.live.get(execution.runId) !== execution) return;
    if (step.record.status !== "retry_wait" || step.isQueued) return;
    engine.queue.push(execution, step);
    planFlush(engine, execution);
  });
}

function act(engine: EngineState, { execution, changes, hasEnded }: ExecutionWrite): void {
  // The callers that wait for the commit are told first, because starting a hundred agents takes a while.
  for (const { done } of changes.waiting) done();
  for (const effect of changes.effects) actOne(engine, execution, effect);
  if (hasEnded) forgetSecrets(engine.secretsDir, execution.runId);
  if (hasEnded) sweepWorktrees(engine, execution);
  if (hasEnded) sweepSuspended(engine, execution);
  if (hasEnded || changes.release) leave(engine, execution, hasEnded);
  if (hasEnded) void finishCleanUp(engine, execution.runId);
}

/** While its last commit waited for the database, new signals may have come, which no commit will follow. */
function leave(engine: EngineState, execution: LiveExecution, hasEnded: boolean): void {
  const { waiting } = execution.changes;
  forgetExecution(engine, execution);
  // An execution that has ended refuses every signal, and that answer needs no commit.
  if (hasEnded) for (const { done } of waiting) done();
  else failWaiting(waiting, lostError(execution));
}

function actOne(engine: EngineState, execution: LiveExecution, effect: Effect): void {
  switch (effect.kind) {
    case "dispatch": {
      const working = work(engine, execution, effect).catch((error: unknown) =>
        logProblem(engine, execution.runId, "attempt_lost", error),
      );
      engine.working.add(working);
      void working.then(() => engine.working.delete(working));
      return;
    }
    case "answer":
      execution.byId.get(effect.stage_id)?.tellAnswers?.(effect.count);
      return;
    case "stop":
      execution.byId.get(effect.stage_id)?.abort?.abort();
      return;
    case "hook":
      if (execution.blueprint.definition.hooks[effect.name]) {
        void addCleanUp(engine, execution.runId, runHook(engine, execution, effect));
      }
      return;
    default:
      effect satisfies never;
  }
}

async function work(
  engine: EngineState,
  execution: LiveExecution,
  { stage_id, recovered }: Extract<Effect, { kind: "dispatch" }>,
): Promise<void> {
  const step = execution.byId.get(stage_id);
  const attempt = step?.attempt;
  if (!step || !attempt) return;
  step.abort = new AbortController();
  if (recovered) {
    armDeadlines(engine, execution, [step]);
    showDeadlines(engine, execution);
  }
  // A step that has to stop before it began is not begun, but an earlier engine's agent may have ended with a result.
  const isBegun = recovered || attempt.stopping === null;
  const how = recovered ? "readopt" : "new";
  const run = { execution, step, attempt, stop: step.abort.signal };
  const result = isBegun ? await runAttempt(engine, run, how) : neverBegun;
  // While the agent ran, the engine may have given the execution away or may have been closed.
  if (engine.live.get(execution.runId) !== execution || step.attempt !== attempt) return;
  if (!takesResult(engine, attempt, result)) return;
  // The place is taken now: the commit that stores this outcome may begin the next attempt.
  const sweep = sweeperOf(engine, execution, step);
  applyResult(execution, step, result, momentOf(engine));
  // A step that begins again takes over its own place.
  if (step.attempt !== attempt) {
    step.abort = null;
    step.tellAnswers = null;
    step.park = null;
    if (isSettled(step.record.status)) step.log = null;
    const done = sweepLater(engine, execution.runId, step, sweep);
    execution.changes.waiting.push({ done });
  }
  planFlush(engine, execution);
}

const neverBegun: AttemptResult = {
  kind: "failed",
  failure: { class: "cancelled", message: "stopped" },
  handed_in: null,
  usage: null,
};

/**
 * A draining engine starts nothing, so an attempt that must begin again waits for another engine; all other results
 * count.
 */
function takesResult(
  { phase }: EngineState,
  { stopping }: { stopping: unknown },
  { kind }: AttemptResult,
): boolean {
  const beginsAgain = stopping === null && (kind === "gone" || kind === "unbegun");
  return phase === "open" || (phase === "draining" && !beginsAgain);
}
