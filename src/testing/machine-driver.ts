import type { Usage } from "../execution/record.ts";
import type { Signal } from "../execution/signal.ts";
import { newActor, type SendToActor } from "../machine/actor.ts";
import { applyDeadline } from "../machine/apply-deadline.ts";
import { applyResult, type AttemptResult } from "../machine/apply-result.ts";
import { applySignal } from "../machine/apply-signal.ts";
import { makeBlueprint } from "../machine/blueprint.ts";
import { noChanges, phaseOf, type Effect, type ExecutionState } from "../machine/execution-state.ts";
import { freshParts, makeExecution } from "../machine/make-execution.ts";
import { isoTime, type Moment } from "../machine/moment.ts";
import { newRecord } from "../machine/new-record.ts";
import { begin } from "../machine/orchestration.ts";
import { startStep } from "../machine/start-step.ts";
import { openStepQueue } from "../machine/step-queue.ts";
import { watchSpending } from "../machine/watch-budgets.ts";
import { aStart } from "./an-engine.ts";

/**
 * Drives one execution with `src/machine` alone: no engine, no database, and a clock that moves one second per deed.
 */
export interface MachineDriver {
  readonly execution: ExecutionState;
  /**
   * Does a deed (`start`, `a succeeds`, `a fails`, `a is gone`, `a never began`, `a is late`, `timeout`, `approve ask`,
   * `reject ask`, `pause`, `resume`, `resume usd=5`, `cancel`; `a succeeds for 2` and the like: it has cost $2;
   * `a works for 2`: so far) and starts the steps that then have a place. Returns the execution's phase, its steps,
   * what was recorded, and the effects.
   */
  do(deed: string): string;
}

const failure = { class: "agent_error", message: "it broke" };
const spentFailure = { class: "budget", message: "Reached maximum budget ($1)", retryable: false };
const stoppedFailure = { class: "cancelled", message: "stopped" };
const data = { outputs: {}, text: null, handoff_summary: null, usage: null, warnings: [] };
const results: Record<string, AttemptResult> = {
  succeeds: { kind: "succeeded", data },
  fails: { kind: "failed", failure, handed_in: null, usage: null },
  "runs out of money": { kind: "failed", failure: spentFailure, handed_in: null, usage: null },
  "is stopped": { kind: "failed", failure: stoppedFailure, handed_in: null, usage: null },
  "is gone": { kind: "gone" },
  "never began": { kind: "unbegun" },
};

export function driveMachine(text: string, send: SendToActor): MachineDriver {
  const queue = openStepQueue(8);
  let atMs = Date.parse("2026-01-02T03:04:05.000Z");
  const moment = (): Moment => ({ atMs, at: isoTime(atMs), watchedMs: atMs, queue });
  const execution = newExecution(text, send, moment().at);
  return {
    execution,
    do: (deed) => {
      atMs += 1000;
      const answer = doDeed(execution, deed, moment());
      for (let next = queue.take(); next; next = queue.take()) startStep(execution, next.step, moment(), []);
      const { feed, effects } = execution.changes;
      execution.changes = noChanges();
      const recorded = feed.map((item) => (item.kind === "event" ? nameOf(item.event) : "line"));
      const steps = execution.steps.map(({ record }) => `${record.stage_id} ${record.status}`);
      return [answer ?? phaseOf(execution), steps.join(", "), ...recorded, ...effects.map(effectText)].join(
        " | ",
      );
    },
  };
}

function newExecution(text: string, send: SendToActor, at: string): ExecutionState {
  const request = aStart(text);
  const { definition, agents, modules } = request;
  const blueprint = makeBlueprint(definition, agents, modules);
  const parts = blueprint.stages.map((plan) => freshParts("run", plan, agents));
  const record = newRecord({ runId: "run", at }, blueprint, request);
  const clear = { parameters: {}, options: request.options, named: [] };
  return makeExecution(blueprint, record, newActor("execution"), parts, { send, drives: true, clear });
}

/** Returns the answer, if there is one. A deed that is impossible at the moment does nothing. */
function doDeed(execution: ExecutionState, deed: string, moment: Moment): string | null {
  if (deed === "start") begin(execution, moment);
  else if (deed === "timeout") applyDeadline(execution, null, moment);
  else {
    const [first = "", ...rest] = deed.split(" ");
    const signal = signalOf(first, rest[0] ?? "");
    if (signal) {
      const answer = applySignal(execution, signal, moment);
      return answer.outcome === "applied" ? null : `${answer.outcome}: ${answer.message}`;
    }
    const step = execution.byId.get(first);
    const [words = "", dollars] = rest.join(" ").split(" for ");
    const result = withCost(results[words], dollars);
    if (step && result && step.attempt) applyResult(execution, step, result, moment);
    if (step && words === "works") watchSpending(execution, step, usageFor(Number(dollars)), moment);
    if (step && rest.join(" ") === "is late") applyDeadline(execution, step, moment);
  }
  return null;
}

function withCost(result: AttemptResult | undefined, dollars: string | undefined): AttemptResult | undefined {
  if (!result || dollars === undefined) return result;
  const usage = usageFor(Number(dollars));
  if (result.kind === "succeeded") return { ...result, data: { ...result.data, usage } };
  return result.kind === "failed" ? { ...result, usage } : result;
}

function usageFor(dollars: number): Usage {
  const tokens = { input: 100, cache_read: 1000, cache_write: 10, output: 1 };
  return { ...tokens, cost_micro_usd: dollars * 1_000_000, basis: "reported" };
}

function signalOf(word: string, stage_id: string): Signal | null {
  if (word === "resume" && stage_id !== "") {
    const [limit = "", most] = stage_id.split("=");
    return { type: word, budget: { [limit]: Number(most) } };
  }
  if (word === "pause" || word === "resume") return { type: word };
  if (word === "cancel") return { type: word, reason: null };
  return word === "approve" || word === "reject"
    ? { type: word, stage_id, actor: "ann", comment: null }
    : null;
}

function nameOf(event: { type: string; stage_id?: string }): string {
  return event.stage_id === undefined ? event.type : `${event.type} ${event.stage_id}`;
}

function effectText(effect: Effect): string {
  switch (effect.kind) {
    case "dispatch":
      return `→ ${effect.recovered ? "adopt" : "dispatch"} ${effect.stage_id}`;
    case "answer":
      return `→ answer ${effect.stage_id} ${effect.count}`;
    case "stop":
      return `→ stop ${effect.stage_id}`;
    case "hook":
      return `→ hook ${effect.name}`;
    default:
      return effect satisfies never;
  }
}
