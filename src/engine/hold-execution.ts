import { AppError } from "../errors.ts";
import { isAsking } from "../execution/permission.ts";
import { parkMs } from "../machine/decide-permission.ts";
import { leaveOut } from "./pending-commit.ts";
import type { EngineState } from "./engine-state.ts";
import type { LiveExecution, LiveStep, CommitWaiter } from "./live-execution.ts";

/**
 * Takes an execution into memory and arms its deadlines. Attempts that run get theirs when they are taken up again:
 * until the commit before that nobody follows their agents, and the database may keep it waiting.
 */
export function holdExecution(engine: EngineState, execution: LiveExecution): void {
  const { hash } = execution.blueprint;
  const held = engine.blueprints.get(hash);
  if (held) held.users++;
  else engine.blueprints.set(hash, { blueprint: execution.blueprint, users: 1 });
  engine.live.set(execution.runId, execution);
  engine.queue.takePlaces(execution);
  const isWaiting = ({ record }: LiveStep): boolean => record.status !== "running" || isAsking(record);
  armDeadlines(engine, execution, execution.steps.filter(isWaiting));
}

/**
 * Forgets an execution that another process drives now. Its agents are stopped, because their results would be refused.
 * What the database has not taken of it yet is dropped: it does not follow on what the other process has stored.
 */
export function loseExecution(engine: EngineState, execution: LiveExecution, error: unknown): void {
  for (const { abort } of execution.steps) abort?.abort();
  dropUnwritten(engine, execution, error);
  forgetExecution(engine, execution);
  failWaiting(execution.changes.waiting, error);
  for (const { fail } of engine.waiters.get(execution.runId) ?? []) fail(error);
  engine.waiters.delete(execution.runId);
}

function dropUnwritten(engine: EngineState, execution: LiveExecution, error: unknown): void {
  const pending = engine.unwritten;
  const dropped = pending?.written.find((written) => written.execution === execution);
  if (!pending || !dropped) return;
  engine.unwritten = leaveOut(pending, (each) => each === execution);
  failWaiting(dropped.changes.waiting, error);
}

/** The error for callers that wait for an execution which this engine has lost. */
export function lostError({ runId }: LiveExecution): AppError {
  return new AppError("unavailable", `another process now drives execution "${runId}"`);
}

/** Tells callers that wait for a commit that it will not happen. */
export function failWaiting(waiting: readonly CommitWaiter[], error: unknown): void {
  for (const { fail } of waiting) fail?.(error);
}

/** Takes an execution out of memory. */
export function forgetExecution(engine: EngineState, execution: LiveExecution): void {
  if (engine.live.get(execution.runId) !== execution) return;
  engine.live.delete(execution.runId);
  engine.dirty.delete(execution);
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

/** Arms the deadlines of an execution's steps and of the execution itself; also after it was taken over. */
export function armDeadlines(engine: EngineState, execution: LiveExecution, steps: Iterable<LiveStep>): void {
  if (!execution.drives) return;
  for (const step of steps) armStep(engine, execution, step);
  const { spentMs, sinceMs } = execution.actor.state.context;
  const endMs = sinceMs === null ? null : sinceMs + execution.blueprint.timeoutMs - spentMs;
  engine.deadlines.set(
    deadlineKey(execution.runId, null),
    endMs === null ? null : { clock: "watched", atMs: endMs },
  );
}

/** Stops the step's agent when it has waited for an answer for long enough. */
export function parkWhenDue(engine: EngineState, execution: LiveExecution, step: LiveStep): void {
  if (step.park === null || parkMs(execution, step) > engine.alarm.now()) return;
  step.park();
  step.park = null;
  armDeadlines(engine, execution, [step]);
}

/**
 * The deadline of a gate, and of what an agent asks for, is an instant of the wall clock; attempts and waits are
 * counted durations.
 */
function armStep(engine: EngineState, execution: LiveExecution, step: LiveStep): void {
  const { stage_id, status, deadline_at } = step.record;
  const key = deadlineKey(execution.runId, stage_id);
  const isDecided = status === "waiting_for_approval" || isAsking(step.record);
  if (isDecided && deadline_at !== null) {
    const parkAtMs = step.park === null ? Infinity : parkMs(execution, step);
    engine.deadlines.set(key, { clock: "wall", atMs: Math.min(Date.parse(deadline_at), parkAtMs) });
  } else if (!execution.timed.has(step)) engine.deadlines.set(key, null);
  else if (step.leftMs !== null) {
    engine.deadlines.set(key, { clock: "watched", atMs: engine.deadlines.watchedMs() + step.leftMs });
    step.leftMs = null;
  }
}
