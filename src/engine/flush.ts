import { runAttempt, sweeperOf, type AttemptOutcome } from "./agent-run.ts";
import { armDeadlines, failEffects, forget, loseExecution } from "./attachment.ts";
import { addChore, complain, settleEnd } from "./chores.ts";
import type { Written } from "./batch.ts";
import { announce, commitBatch, takeBatch } from "./commit.ts";
import { usedModel } from "../workflow/used-model.ts";
import { agentOf } from "../machine/blueprint.ts";
import { isoTime, type EngineState } from "./engine-state.ts";
import { planFlush } from "./flush-plan.ts";
import { runHook } from "./hooks.ts";
import { forgetSecrets } from "./kept-secrets.ts";
import { sweepWorktrees } from "./left-overs.ts";
import { mayStart, tellStep, type Effect, type LiveExecution, type LiveStep } from "./live-execution.ts";
import { takeOutcome } from "./outcome.ts";
import { probe, putOff } from "./put-off.ts";
import { packedContext } from "./stage-request.ts";
import { setHindrance } from "./trouble.ts";

/** Fills free places, writes what has changed in one commit, and does what waited for that. */
export function flush(engine: EngineState): void {
  engine.isFlushPlanned = false;
  if (engine.phase === "failed" || engine.phase === "closed") return;
  if (!engine.unwritten) fillPlaces(engine);
  const batch = engine.unwritten ?? takeBatch(engine);
  if (batch.written.length === 0) return engine.hindrance ? probe(engine) : undefined;
  // Also so that whoever waits for it is told when the database fails.
  engine.unwritten = batch;
  const outcome = commitBatch(engine, batch);
  if (outcome === "failed") return;
  if (outcome === "locked" || outcome === "full") return putOff(engine, batch, outcome);
  engine.unwritten = null;
  setHindrance(engine, null);
  for (const { written, error } of outcome.refused) {
    loseExecution(engine, written.execution, error);
    failEffects(written.changes.effects, error);
  }
  for (const { execution, changes } of outcome.written) armDeadlines(engine, execution, changes.steps);
  announce(engine, outcome.written);
  for (const written of outcome.written) act(engine, written);
  if (engine.dirty.size > 0 || engine.queue.hasReady()) planFlush(engine);
}

/** Starts queued steps as long as there are places. Their agents begin once that is on disk. */
function fillPlaces(engine: EngineState): void {
  if (engine.phase !== "open") return;
  while (engine.running < engine.maxSteps) {
    const next = engine.queue.take();
    if (!next) return;
    if (mayStart(next.execution)) startStep(engine, next.execution, next.step);
    else next.execution.held.add(next.step);
  }
}

function startStep(engine: EngineState, execution: LiveExecution, step: LiveStep): void {
  const nowMs = engine.alarm.now();
  const role = step.plan.stage.roles?.primary;
  const facts = {
    agent_id: role?.artifact ?? "",
    model: role ? usedModel(role, agentOf(execution.blueprint.agents, role.artifact)) : "",
    inputs: step.inputs ?? {},
    context_consumed: packedContext(execution, step).consumed,
    deadline_at: isoTime(nowMs + step.plan.timeoutMs),
  };
  step.attempt = { abort: new AbortController(), stopping: null };
  step.offsets = { stdout: 0, stderr: 0 };
  execution.changes.offsets.set(step, step.offsets);
  tellStep(execution, step, { type: "START", facts }, isoTime(nowMs));
  engine.running++;
  engine.dirty.add(execution);
  execution.changes.effects.push({ kind: "dispatch", step, attempt: step.attempt, recovered: false });
}

function act(engine: EngineState, { execution, changes, hasEnded }: Written): void {
  // Whoever waits for the commit is told first: to start a hundred agents takes a while.
  for (const effect of changes.effects) if (effect.kind === "call") effect.done();
  for (const effect of changes.effects) actOne(engine, execution, effect);
  if (hasEnded) forgetSecrets(engine.secretsDir, execution.runId);
  if (hasEnded) sweepWorktrees(engine, execution);
  if (hasEnded || changes.release) forget(engine, execution);
  if (hasEnded) void settleEnd(engine, execution.runId);
}

function actOne(engine: EngineState, execution: LiveExecution, effect: Effect): void {
  switch (effect.kind) {
    case "dispatch": {
      const working = work(engine, execution, effect).catch((error: unknown) =>
        complain(engine, execution.runId, "attempt_lost", error),
      );
      engine.working.add(working);
      void working.then(() => engine.working.delete(working));
      return;
    }
    case "stop":
      effect.attempt.abort.abort();
      return;
    case "hook":
      if (execution.blueprint.definition.hooks[effect.name]) {
        addChore(engine, execution.runId, runHook(engine, execution, effect.name));
      }
      return;
    case "call":
      return;
    default:
      effect satisfies never;
  }
}

async function work(
  engine: EngineState,
  execution: LiveExecution,
  { step, attempt, recovered }: Extract<Effect, { kind: "dispatch" }>,
): Promise<void> {
  // One that has to stop before it began is not begun; but an earlier engine's may have ended with a result.
  const isBegun = recovered || attempt.stopping === null;
  const how = recovered ? "readopt" : "new";
  const outcome = isBegun ? await runAttempt(engine, { execution, step, attempt }, how) : neverBegun;
  // The engine may have given the execution away, or been left, while the agent ran.
  if (engine.live.get(execution.runId) !== execution || step.attempt !== attempt) return;
  if (!takesOutcomes(engine)) return;
  // The place is taken now: the commit that stores this outcome may begin the next attempt.
  const sweep = sweeperOf(engine, execution, step);
  takeOutcome(engine, execution, step, outcome);
  // One that begins again takes its own place over.
  if (step.attempt !== attempt) {
    const done = (): void => addChore(engine, execution.runId, sweep());
    execution.changes.effects.push({ kind: "call", done });
  }
  planFlush(engine, execution);
}

const neverBegun: AttemptOutcome = {
  kind: "failed",
  failure: { class: "cancelled", message: "stopped" },
  handed_in: null,
  usage: null,
};

/** One that drains starts nothing, but what its agents have done counts. */
function takesOutcomes({ phase }: EngineState): boolean {
  return phase === "open" || phase === "draining";
}
