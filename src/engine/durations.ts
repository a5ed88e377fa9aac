import { dispatcherName } from "./dispatcher-name.ts";
import { permissionState } from "../machine/decide-permission.ts";
import type { StoredClock } from "../machine/stored-actor.ts";
import { tellExecution } from "../machine/tell-actor.ts";
import { deadlineKey } from "./hold-execution.ts";
import { isoTime } from "../machine/moment.ts";
import type { EngineState } from "./engine-state.ts";
import { planFlush } from "./flush-plan.ts";
import type { LiveExecution, LiveStep } from "./live-execution.ts";
import { attemptPlace } from "./stage-request.ts";

/**
 * Durations (an attempt's timeout, the wait for the next try, `config.timeout`) count the time that an engine has
 * watched, whatever the wall clock says. Each commit of an execution stores how much of them is left.
 */

/** How far an execution's durations have got, as it is stored. */
export function clockOf(engine: EngineState, execution: LiveExecution): StoredClock {
  const { spentMs, sinceMs } = execution.actor.state.context;
  return {
    at_ms: engine.alarm.now(),
    spent_ms: spentMs + (sinceMs === null ? 0 : engine.deadlines.watchedMs() - sinceMs),
    ...(execution.drives ? {} : { undriven: true }),
    left_ms: Object.fromEntries(
      [...execution.timed].map((step) => [step.record.stage_id, storedLeftOf(engine, execution, step)]),
    ),
  };
}

/**
 * Goes on counting where the last commit of an earlier engine left off. The time that has passed since then by the wall
 * clock counts, but towards an agent's timeout only as long as the agent has lived, and not at all for an agent that is
 * gone. A clock that was set back counts as nothing.
 */
export function resumeCounting(
  engine: EngineState,
  execution: LiveExecution,
  stored: StoredClock | null,
): void {
  const nowMs = engine.alarm.now();
  const gapMs = Math.max(0, nowMs - (stored?.at_ms ?? Date.parse(execution.record.updated_at)));
  const counted = [...execution.timed].map((step) => {
    const leftMs = stored?.left_ms[step.record.stage_id] ?? leftMsByWallClock(step, nowMs - gapMs);
    const isUnanswered = stored?.undriven === true && waitsForAnswer(step);
    const countedMs = isUnanswered ? 0 : Math.min(gapMs, unwatchedMs(engine, execution, step, leftMs));
    step.leftMs = Math.max(0, leftMs - countedMs);
    return countedMs;
  });
  const context = execution.actor.state.context;
  if (context.sinceMs === null) return;
  // The execution's own clock runs while a step runs or waits.
  const spentMs = (stored?.spent_ms ?? context.spentMs) + Math.max(0, ...counted);
  const event = { type: "COUNT_ON" as const, spentMs, sinceMs: engine.deadlines.watchedMs() };
  tellExecution(execution, event, isoTime(nowMs));
}

/** Makes the instants that are shown agree with the wall clock, after it was set and after a restart. */
export function showDeadlines(engine: EngineState, execution: LiveExecution): void {
  for (const step of execution.timed) {
    const { deadline_at } = step.record;
    const leftMs = leftOf(engine, execution, step);
    if (deadline_at === null || leftMs === null) continue;
    const atMs = engine.alarm.now() + leftMs;
    if (Math.abs(Date.parse(deadline_at) - atMs) < worthShowingMs) continue;
    step.record = { ...step.record, deadline_at: isoTime(atMs) };
    execution.changes.steps.add(step);
    planFlush(engine, execution);
  }
}

/** Checks whether the wall clock was set or time went by unwatched. Call it regularly. */
export function openJumpWatch(engine: EngineState): () => void {
  const differenceMs = (): number => engine.alarm.now() - engine.deadlines.watchedMs();
  let known = differenceMs();
  return () => {
    const now = differenceMs();
    if (Math.abs(now - known) < worthShowingMs) return;
    known = now;
    for (const execution of engine.live.values()) if (execution.drives) showDeadlines(engine, execution);
  };
}

const worthShowingMs = 2_000;

/** An attempt whose agent cannot begin yet has no deadline, and all of its time. */
function storedLeftOf(engine: EngineState, execution: LiveExecution, step: LiveStep): number {
  const isHeld = step.record.status === "running" && step.attempt?.stopping === null;
  return leftOf(engine, execution, step) ?? (isHeld ? step.plan.timeoutMs : 0);
}

/** Null when it is over already. */
function leftOf(engine: EngineState, { runId }: LiveExecution, { leftMs, record }: LiveStep): number | null {
  return leftMs ?? engine.deadlines.leftMs(deadlineKey(runId, record.stage_id));
}

/** Earlier versions did not count durations: such an execution has only the instant. */
function leftMsByWallClock({ record, plan }: LiveStep, atMs: number): number {
  const leftMs = record.deadline_at === null ? 0 : Date.parse(record.deadline_at) - atMs;
  return Math.min(leftMs, plan.timeoutMs);
}

/** What was decided while nobody drove the execution has not reached the agent: it has waited until now. */
function waitsForAnswer(step: LiveStep): boolean {
  return step.record.status === "running" && permissionState(step).answers.length > 0;
}

/** How much of the gap may count for a step at most: all of it for a wait, for an agent only the time it lived. */
function unwatchedMs(engine: EngineState, execution: LiveExecution, step: LiveStep, leftMs: number): number {
  if (step.record.status !== "running") return Infinity;
  const livedMs = agentLivedMs(engine, execution, step);
  return livedMs === null ? 0 : Math.max(0, livedMs - (step.plan.timeoutMs - leftMs));
}

function agentLivedMs(engine: EngineState, execution: LiveExecution, step: LiveStep): number | null {
  const dispatcher = engine.dispatcher(dispatcherName(engine, execution, step));
  return dispatcher.livedMs?.(attemptPlace(engine, execution, step)) ?? null;
}
