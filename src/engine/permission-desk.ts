import type { PermissionAnswer, PermissionDesk } from "../dispatch/dispatcher.ts";
import { askPermission, permissionState, withdrawRequest } from "../machine/decide-permission.ts";
import type { RunningAttempt } from "../machine/execution-state.ts";
import { armDeadlines, deadlineKey } from "./hold-execution.ts";
import type { EngineState } from "./engine-state.ts";
import { planFlush } from "./flush-plan.ts";
import type { LiveExecution, LiveStep } from "./live-execution.ts";
import { momentOf } from "./moment-of.ts";

/** A desk whose agent may be stopped while people decide. */
export interface EnginePermissionDesk extends PermissionDesk {
  /** Aborted when the agent has waited so long that it is to be stopped. */
  readonly parks: AbortSignal;
  isParked(): boolean;
  /** Resolves when nothing is open any more and that is stored, or when the attempt is to stop. */
  untilDecided(stop: AbortSignal): Promise<void>;
}

/** Where the agent of a running attempt asks for permissions and gets the answers. */
export function permissionDesk(
  engine: EngineState,
  { execution, step, attempt }: { execution: LiveExecution; step: LiveStep; attempt: RunningAttempt },
): EnginePermissionDesk {
  // What an attempt asks that is over, or that another process drives now, changes nothing.
  const isOurs = (): boolean =>
    (engine.phase === "open" || engine.phase === "draining") &&
    engine.live.get(execution.runId) === execution &&
    step.attempt === attempt;
  const park = new AbortController();
  const answers = openAnswers(step, park.signal);
  step.tellAnswers = answers.take;
  step.park = () => park.abort();
  armDeadlines(engine, execution, [step]);
  // An agent that is stopped gives up everything, but its session goes on.
  const isHeard = (): boolean => isOurs() && attempt.stopping === null && !park.signal.aborted;
  return {
    ask(call) {
      if (!isHeard()) return;
      const leftMs = leftOf(engine, execution, step);
      askPermission(execution, step, call, { moment: momentOf(engine), leftMs });
      planFlush(engine, execution);
    },
    withdraw(id) {
      if (!isHeard()) return;
      withdrawRequest(execution, step, id, momentOf(engine));
      planFlush(engine, execution);
    },
    answers: answers.told,
    isWaiting: () => isOurs() && permissionState(step).open.length > 0,
    follow: answers.follow,
    parks: park.signal,
    isParked: () => park.signal.aborted,
    untilDecided(stop) {
      // Nobody is left to be stopped.
      step.park = null;
      return new Promise((resolve) => {
        const look = (): void => {
          if (!stop.aborted && !answers.areComplete()) return;
          unfollow();
          stop.removeEventListener("abort", look);
          resolve();
        };
        const unfollow = answers.follow(look);
        stop.addEventListener("abort", look);
        look();
      });
    },
  };
}

/** The answers of a step's agent: one is given only when the commit that stores it is on disk. */
function openAnswers(step: LiveStep, parks: AbortSignal) {
  let stored = permissionState(step).answers.length;
  let told = answersIn(step, stored);
  const listeners = new Set<() => void>();
  return {
    take(count: number): void {
      stored = count;
      // What is decided after an agent was stopped is told to the one that goes on with its session.
      if (!parks.aborted) told = answersIn(step, count);
      for (const listener of listeners) listener();
    },
    told: () => told,
    /** True when nothing is open any more. */
    areComplete(): boolean {
      const { open, answers } = permissionState(step);
      return open.length === 0 && stored === answers.length;
    },
    follow(listener: () => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function answersIn(step: LiveStep, count: number): PermissionAnswer[] {
  const { answers } = permissionState(step);
  return answers.slice(0, count).map(({ id, allows, message }) => ({ id, allows, message }));
}

/** Of the attempt's time, in ms. */
function leftOf(engine: EngineState, { runId }: LiveExecution, step: LiveStep): number {
  const key = deadlineKey(runId, step.record.stage_id);
  return step.leftMs ?? engine.deadlines.leftMs(key) ?? step.plan.timeoutMs;
}
