import { isAsking } from "../execution/permission.ts";
import { formatDuration } from "../workflow/duration.ts";
import { rejectOverdue } from "./decide-permission.ts";
import { mayStart, type ExecutionState, type StepState } from "./execution-state.ts";
import type { Moment } from "./moment.ts";
import { conclude, follow, stopAll } from "./orchestration.ts";
import { stopStep } from "./start-step.ts";
import { tellExecution, tellStep } from "./tell-actor.ts";

/** Applies a deadline that has passed to its step; with `step` null, to the whole execution. */
export function applyDeadline(execution: ExecutionState, step: StepState | null, moment: Moment): void {
  if (step === null) return endInTime(execution, moment);
  switch (step.record.status) {
    case "running":
      if (isAsking(step.record)) return rejectOverdue(execution, step, moment);
      if (step.attempt?.stopping === null) stopStep(execution, step, "timeout");
      return;
    case "retry_wait":
      if (step.isQueued) return;
      if (mayStart(execution)) moment.queue.push(execution, step);
      else execution.held.add(step);
      return;
    case "waiting_for_approval": {
      const onTimeout = step.plan.stage.gate?.on_timeout ?? "halt";
      if (tellStep(execution, step, { type: "DEADLINE", onTimeout }, moment.at))
        follow(execution, step, moment);
      return;
    }
    default:
      return;
  }
}

function endInTime(execution: ExecutionState, moment: Moment): void {
  const limit = formatDuration(execution.blueprint.timeoutMs);
  const message = `the execution took longer than ${limit} (config.timeout)`;
  if (!tellExecution(execution, { type: "HALT", message, stops: true }, moment.at)) return;
  stopAll(execution, moment, { class: "timeout", message }, { why: "execution_timeout", stopsRunning: true });
  conclude(execution, moment);
}
