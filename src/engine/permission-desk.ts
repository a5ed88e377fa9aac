import type { PermissionDesk } from "../dispatch/dispatcher.ts";
import { askPermission, permissionState, withdrawRequest } from "../machine/decide-permission.ts";
import type { RunningAttempt } from "../machine/execution-state.ts";
import { deadlineKey } from "./hold-execution.ts";
import type { EngineState } from "./engine-state.ts";
import { planFlush } from "./flush-plan.ts";
import type { LiveExecution, LiveStep } from "./live-execution.ts";
import { momentOf } from "./moment-of.ts";

/** Where the agent of a running attempt asks for permissions and gets the answers. */
export function permissionDesk(
  engine: EngineState,
  { execution, step, attempt }: { execution: LiveExecution; step: LiveStep; attempt: RunningAttempt },
): PermissionDesk {
  // What an attempt asks that is over, or that another process drives now, changes nothing.
  const isOurs = (): boolean =>
    (engine.phase === "open" || engine.phase === "draining") &&
    engine.live.get(execution.runId) === execution &&
    step.attempt === attempt;
  // An answer is given only when the commit that stores it is on disk.
  let stored = permissionState(step).answers.length;
  const listeners = new Set<() => void>();
  step.tellAnswers = (count) => {
    stored = count;
    for (const listener of listeners) listener();
  };
  return {
    ask(call) {
      if (!isOurs() || attempt.stopping !== null) return;
      const leftMs = leftOf(engine, execution, step);
      askPermission(execution, step, call, { moment: momentOf(engine), leftMs });
      planFlush(engine, execution);
    },
    withdraw(id) {
      if (!isOurs()) return;
      withdrawRequest(execution, step, id, momentOf(engine));
      planFlush(engine, execution);
    },
    answers: () => permissionState(step).answers.slice(0, stored),
    isWaiting: () => isOurs() && permissionState(step).open.length > 0,
    follow(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Of the attempt's time, in ms. */
function leftOf(engine: EngineState, { runId }: LiveExecution, step: LiveStep): number {
  const key = deadlineKey(runId, step.record.stage_id);
  return step.leftMs ?? engine.deadlines.leftMs(key) ?? step.plan.timeoutMs;
}
