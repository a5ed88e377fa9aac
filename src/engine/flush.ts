import { rmdirSync } from "node:fs";
import { join } from "node:path";
import { announce, commitDirty, type Written } from "./commit.ts";
import { runAttempt, sweeperOf, type AttemptOutcome } from "./agent-run.ts";
import { isoTime, type EngineState } from "./engine-state.ts";
import { planFlush } from "./flush-plan.ts";
import { runHook } from "./hooks.ts";
import { mayStart, tellStep, type Effect, type LiveExecution, type LiveStep } from "./live-execution.ts";
import { takeOutcome } from "./outcome.ts";
import { packedContext } from "./stage-request.ts";

/** Fills free places, writes what has changed in one commit, and does what waited for that. */
export function flush(engine: EngineState): void {
  engine.isFlushPlanned = false;
  if (engine.phase === "failed") return;
  fillPlaces(engine);
  const outcome = commitDirty(engine);
  if (outcome === null) return;
  for (const execution of outcome.lost) loseExecution(engine, execution);
  for (const { execution, changes } of outcome.written) armDeadlines(engine, execution, changes.steps);
  announce(engine, outcome.written);
  for (const written of outcome.written) act(engine, written);
}

/** Forgets an execution that another process drives now; its agents are stopped, their results would not be taken. */
export function loseExecution(engine: EngineState, execution: LiveExecution): void {
  for (const { attempt } of execution.steps) attempt?.abort.abort();
  forget(engine, execution);
}

/** Takes an execution out of memory. */
export function forget(engine: EngineState, execution: LiveExecution): void {
  if (engine.live.get(execution.runId) !== execution) return;
  engine.live.delete(execution.runId);
  engine.dirty.delete(execution);
  engine.running -= execution.running;
  engine.queue.drop(execution);
  for (const { record } of execution.steps)
    engine.deadlines.set(deadlineKey(execution.runId, record.stage_id), null);
  engine.deadlines.set(deadlineKey(execution.runId, null), null);
  const held = engine.blueprints.get(execution.blueprint.hash);
  if (held && --held.users === 0) engine.blueprints.delete(execution.blueprint.hash);
}

export function deadlineKey(runId: string, stageId: string | null): string {
  return stageId === null ? runId : `${runId}/${stageId}`;
}

/** Arms what ends by itself; also after an execution was taken over. */
export function armDeadlines(engine: EngineState, execution: LiveExecution, steps: Iterable<LiveStep>): void {
  for (const { record } of steps) {
    const atMs = record.deadline_at === null ? null : Date.parse(record.deadline_at);
    engine.deadlines.set(deadlineKey(execution.runId, record.stage_id), atMs);
  }
  const { spentMs, sinceMs } = execution.actor.snapshot.context;
  const endMs = sinceMs === null ? null : sinceMs + execution.blueprint.timeoutMs - spentMs;
  engine.deadlines.set(deadlineKey(execution.runId, null), endMs);
}

/** Starts queued steps as long as there are places. Their agents begin once that is on disk. */
function fillPlaces(engine: EngineState): void {
  if (engine.phase !== "open") return;
  while (engine.running < engine.maxSteps) {
    const next = engine.queue.take();
    if (!next) return;
    if (!mayStart(next.execution)) {
      next.execution.held.add(next.step);
      continue;
    }
    startStep(engine, next.execution, next.step);
  }
}

function startStep(engine: EngineState, execution: LiveExecution, step: LiveStep): void {
  const nowMs = engine.alarm.now();
  const role = step.plan.stage.roles?.primary;
  const agent =
    role && Object.hasOwn(execution.blueprint.agents, role.artifact)
      ? execution.blueprint.agents[role.artifact]
      : null;
  const facts = {
    agent_id: role?.artifact ?? "",
    model: agent?.model ?? role?.model ?? "",
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
  for (const effect of changes.effects) actOne(engine, execution, effect);
  if (hasEnded || changes.release) forget(engine, execution);
  if (hasEnded) void settleEnd(engine, execution.runId);
}

/** An execution has ended when everything of it is cleared away. */
export async function settleEnd(engine: EngineState, runId: string): Promise<void> {
  const chores = engine.chores.get(runId);
  while (chores && chores.size > 0) await Promise.all(chores);
  engine.chores.delete(runId);
  removeIfEmpty(join(engine.attemptsDir, runId));
  for (const wake of engine.waiters.get(runId) ?? []) wake();
  engine.waiters.delete(runId);
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["ENOENT", "ENOTEMPTY", "EEXIST"].includes(code)) throw error;
  }
}

function actOne(engine: EngineState, execution: LiveExecution, effect: Effect): void {
  switch (effect.kind) {
    case "dispatch": {
      const working = work(engine, execution, effect);
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
      effect.then();
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
  const stopped: AttemptOutcome = {
    kind: "failed",
    failure: { class: "cancelled", message: "stopped" },
    usage: null,
  };
  const outcome =
    attempt.stopping === null
      ? await runAttempt(engine, { execution, step, attempt }, recovered ? "readopt" : "new")
      : stopped;
  // The engine may have given the execution away, or been left, while the agent ran.
  if (engine.live.get(execution.runId) !== execution || step.attempt !== attempt || !takesOutcomes(engine))
    return;
  // The place is taken now: the commit that stores this outcome may begin the next attempt.
  const sweep = sweeperOf(engine, execution, step);
  if (outcome.kind !== "gone") {
    const then = (): void => addChore(engine, execution.runId, sweep());
    execution.changes.effects.push({ kind: "call", then });
  }
  takeOutcome(engine, execution, step, outcome);
  planFlush(engine, execution);
}

/** One that drains starts nothing, but what its agents have done counts. */
function takesOutcomes({ phase }: EngineState): boolean {
  return phase === "open" || phase === "draining";
}

/** Something that has to be over before the execution counts as ended. */
export function addChore(engine: EngineState, runId: string, chore: Promise<void>): void {
  const chores = engine.chores.get(runId) ?? new Set();
  engine.chores.set(runId, chores);
  const done = chore.catch((error: unknown) => {
    engine.log({
      at: isoTime(engine.alarm.now()),
      level: "error",
      event: "cleanup_failed",
      workflow_id: "",
      execution_id: runId,
      stage_id: null,
      attempt: null,
      message: error instanceof Error ? error.message : String(error),
    });
  });
  chores.add(done);
  void done.then(() => chores.delete(done));
}
