import {
  changeBudget,
  higherLimit,
  limitText,
  usedUpLimit,
  type BudgetChange,
  type LimitUse,
} from "../execution/budget.ts";
import type { Signal, SignalAnswer } from "../execution/signal.ts";
import { applyDeadline } from "./apply-deadline.ts";
import { phaseOf, type ExecutionState, type StepState } from "./execution-state.ts";
import { decidePermission } from "./decide-permission.ts";
import type { Moment } from "./moment.ts";
import { conclude, follow, reconsider, stopAll } from "./orchestration.ts";
import { tellExecution, tellStep } from "./tell-actor.ts";
import { usageSoFar } from "./watch-budgets.ts";
import { stageKind } from "../workflow/stage-kind.ts";

/** Applies a signal to an execution in memory. The answer holds once the change is on disk. */
export function applySignal(execution: ExecutionState, signal: Signal, moment: Moment): SignalAnswer {
  switch (signal.type) {
    case "pause":
      return pause(execution, moment);
    case "resume":
      return resume(execution, signal.budget ?? null, moment);
    case "cancel":
      return cancel(execution, signal.reason, moment);
    case "approve":
    case "reject":
      return decide(execution, signal, moment);
    default:
      return signal satisfies never;
  }
}

function pause(execution: ExecutionState, moment: Moment): SignalAnswer {
  if (phaseOf(execution) === "pausing") return answerUnchanged("is pausing already");
  if (
    !tellExecution(
      execution,
      { type: "PAUSE", isBusy: execution.running > 0, pauseReason: "user" },
      moment.at,
    )
  ) {
    return answerConflict(execution, "paused");
  }
  conclude(execution, moment);
  if (execution.record.status === "paused") return answerApplied("paused");
  return answerApplied(
    `pausing: ${execution.running} running ${execution.running === 1 ? "step" : "steps"} will finish first`,
  );
}

function resume(execution: ExecutionState, change: BudgetChange | null, moment: Moment): SignalAnswer {
  const budget = change === null ? null : changeBudget(execution.record.budget, change);
  const phase = phaseOf(execution);
  if (phase === "paused" || phase === "pausing") {
    const usedUp = usedUpLimit(budget ?? execution.record.budget, usageSoFar(execution));
    if (usedUp) return answerUsedUp(execution, usedUp);
  }
  if (!tellExecution(execution, { type: "RESUME", budget }, moment.at))
    return answerConflict(execution, "resumed");
  retryHeldSteps(execution, moment);
  return answerApplied("resumed");
}

function answerUsedUp({ runId }: ExecutionState, use: LimitUse): SignalAnswer {
  const message =
    `the budget of execution "${runId}" is used up: ${limitText(use)}. raise it with ` +
    `--budget ${use.limit}=${higherLimit(use)}, or "budget" in the API`;
  return { outcome: "refused", code: "conflict", message };
}

/** Looks again at the steps that could not start while the execution was paused. */
export function retryHeldSteps(execution: ExecutionState, moment: Moment): void {
  const held = [...execution.held];
  execution.held.clear();
  for (const step of held) {
    const isReady =
      step.record.status === "retry_wait" || (step.record.status === "pending" && step.inputs !== null);
    if (isReady && !step.isQueued) moment.queue.push(execution, step);
  }
  reconsider(execution, moment);
}

function cancel(execution: ExecutionState, reason: string | null, moment: Moment): SignalAnswer {
  if (phaseOf(execution) === "cancelling") return answerUnchanged("is being cancelled already");
  const message = reason ?? "cancelled";
  if (!tellExecution(execution, { type: "CANCEL", reason: message }, moment.at)) {
    return answerConflict(execution, "cancelled");
  }
  stopAll(execution, moment, { class: "cancelled", message }, { why: "cancel", stopsRunning: true });
  const stopping = execution.running;
  conclude(execution, moment);
  return answerApplied(
    stopping === 0
      ? "cancelled"
      : `cancelling: ${stopping} running ${stopping === 1 ? "agent" : "agents"} will be stopped`,
  );
}

function decide(
  execution: ExecutionState,
  signal: Extract<Signal, { stage_id: string }>,
  moment: Moment,
): SignalAnswer {
  const { stage_id, actor, comment } = signal;
  const step = execution.byId.get(stage_id);
  if (!step) return noStage(execution, stage_id);
  if (!stageKind(step.plan.stage.type).isDecided) return decidePermission(execution, step, signal, moment);
  const refusal = refusalOf(step, signal);
  if (refusal) return refusal;
  // The deadline has passed, but its timer may be late, and there is no timer where nobody drives the execution.
  if (isOverdue(step, moment.atMs)) applyDeadline(execution, step, moment);
  const type = signal.type === "approve" ? "APPROVE" : "REJECT";
  const past = signal.type === "approve" ? "approved" : "rejected";
  if (!tellStep(execution, step, { type, actor, comment }, moment.at))
    return answerDecidedGate(step, signal.type);
  follow(execution, step, moment);
  return answerApplied(`${past} "${stage_id}"`);
}

function refusalOf(
  { plan: { stage } }: StepState,
  { actor, type, request_id = null, always = false }: Extract<Signal, { stage_id: string }>,
): SignalAnswer | null {
  if (request_id !== null || always) {
    const message = `"${stage.id}" is a gate, which has no permission requests: ${type} it without naming one`;
    return { outcome: "refused", code: "conflict", message };
  }
  const approvers = stage.gate?.approvers ?? [];
  if (approvers.length === 0 || approvers.includes(actor)) return null;
  const message = `"${actor}" may not ${type} gate "${stage.id}". its approvers: ${approvers.join(", ")}`;
  return { outcome: "refused", code: "forbidden", message };
}

function isOverdue({ record }: StepState, atMs: number): boolean {
  const { status, deadline_at } = record;
  return status === "waiting_for_approval" && deadline_at !== null && Date.parse(deadline_at) <= atMs;
}

/** Repeating the same decision is harmless; a different decision is refused. */
function answerDecidedGate({ record }: StepState, wish: "approve" | "reject"): SignalAnswer {
  const past = wish === "approve" ? "approved" : "rejected";
  const was = record.status === "completed" ? "approve" : record.status === "failed" ? "reject" : null;
  const { stage_id, status, decided_by } = record;
  if (was === wish && decided_by !== null) {
    return answerUnchanged(`gate "${stage_id}" is ${past} already, by ${decided_by}`);
  }
  const by = decided_by === null ? "" : ` (by ${decided_by})`;
  const message = `gate "${stage_id}" is ${status}${by}; it cannot be ${past} now`;
  return { outcome: "refused", code: "conflict", message };
}

function noStage({ steps, runId }: ExecutionState, id: string): SignalAnswer {
  const gates = steps
    .filter(({ record }) => stageKind(record.type).isDecided)
    .map(({ record }) => `"${record.stage_id}"`);
  const wayOut = gates.length === 0 ? "it has no gates" : `its gates: ${gates.join(", ")}`;
  return {
    outcome: "refused",
    code: "not_found",
    message: `execution "${runId}" has no stage "${id}". ${wayOut}`,
  };
}

function answerConflict({ record }: ExecutionState, what: string): SignalAnswer {
  const message = `execution "${record.run_id}" is ${record.status}; it cannot be ${what}`;
  return { outcome: "refused", code: "conflict", message };
}

function answerApplied(message: string): SignalAnswer {
  return { outcome: "applied", message };
}

function answerUnchanged(message: string): SignalAnswer {
  return { outcome: "unchanged", message };
}
