import type { EarlierSession } from "../execution/agent-session.ts";
import { executionMasks } from "../execution/execution-masks.ts";
import { isAsking } from "../execution/permission.ts";
import type { ExecutionRecord, RunOptions, StepRecord } from "../execution/record.ts";
import { absentOutputs, openScope } from "../execution/scope.ts";
import { isSettled } from "../execution/status.ts";
import { evaluateTemplate, parseTemplate } from "../expression/template.ts";
import type { Value, ValueObject } from "../expression/value.ts";
import type { Actor, SendToActor } from "./actor.ts";
import type { Blueprint, StageBlueprint } from "./blueprint.ts";
import { newStepActor, noChanges, type ExecutionState, type StepState } from "./execution-state.ts";
import { freshStep } from "./fresh-step.ts";
import { verdictOf } from "./orchestration.ts";
import { resolveInputs } from "./step-facts.ts";
import { restoreActor } from "./stored-actor.ts";
import { stageKind } from "../workflow/stage-kind.ts";

/** What a step is made of. */
export interface StepParts {
  record: StepRecord;
  actor: StepState["actor"];
}

/** The parts that are masked in the record of an execution, in clear. */
export interface ClearFacts {
  parameters: ValueObject;
  options: RunOptions;
  /** Secrets that were named while it ran. */
  named: readonly string[];
}

/** Puts an execution together in memory; what it waits for and what is unsettled follows from its records. */
export function makeExecution(
  blueprint: Blueprint,
  record: ExecutionRecord,
  actor: Actor<"execution">,
  parts: readonly StepParts[],
  { send, drives, clear }: { send: SendToActor; drives: boolean; clear: ClearFacts },
): ExecutionState {
  const { env, scope } = namespaces(blueprint, { ...record, parameters: clear.parameters });
  const masks = executionMasks(blueprint.definition, { ...clear, env, agents: blueprint.agents });
  const steps = parts.map((part, at) => newStepState(planAt(blueprint, at), part));
  const execution: ExecutionState = {
    runId: record.run_id,
    blueprint,
    record,
    actor,
    send,
    steps,
    byId: new Map(steps.map((step) => [step.record.stage_id, step])),
    scope,
    env,
    running: count(steps, "running"),
    asking: steps.filter(({ record }) => isAsking(record)).length,
    retrying: count(steps, "retry_wait"),
    inQueue: 0,
    unsettled: steps.filter(({ record: { status } }) => !isSettled(status)).length,
    batchLeft: [...blueprint.batchSizes],
    timed: new Set(steps.filter(({ record }) => isTimed(record))),
    held: new Set(),
    changes: noChanges(),
    drives,
    masks,
  };
  for (const step of steps) if (isSettled(step.record.status)) takeIn(execution, step);
  for (const step of steps) if (step.record.inputs !== null) step.inputs = restoreInputs(execution, step);
  return execution;
}

/** A step that has not begun. `session`: what its first attempt goes on with. */
export function freshParts(
  runId: string,
  plan: StageBlueprint,
  agents: Blueprint["agents"],
  session: EarlierSession | null = null,
): StepParts {
  return {
    record: freshStep(runId, plan, agents),
    actor: newStepActor(plan, session),
  };
}

/** A settled step of an earlier execution, carried over with its outputs. */
export function reusedParts(
  runId: string,
  plan: StageBlueprint,
  earlier: StepRecord,
  machine: string,
): StepParts {
  const actor = restoreStepActor(earlier.type, machine);
  const outputs = earlier.outputs ?? absentOutputs(plan.stage);
  return {
    record: {
      ...earlier,
      run_id: runId,
      batch: plan.batch,
      reused: true,
      recovered: false,
      usage: null,
      outputs,
    },
    actor,
  };
}

/** Restores the stored actor of a step. Throws what `restoreActor` throws. */
export function restoreStepActor(type: "agent" | "gate", stored: string): StepState["actor"] {
  return stageKind(type).isDecided ? restoreActor("gate", stored) : restoreActor("stage", stored);
}

function planAt(blueprint: Blueprint, at: number): StageBlueprint {
  const plan = blueprint.stages[at];
  if (!plan) throw new Error(`the definition has no stage ${at}`);
  return plan;
}

function newStepState(plan: StageBlueprint, { record, actor }: StepParts): StepState {
  return {
    plan,
    record,
    actor,
    waitsFor: plan.dependencies.length,
    blockedBy: null,
    inputs: null,
    attempt: null,
    isQueued: false,
    leftMs: null,
  };
}

/** An attempt that has begun keeps its inputs, which are resolved again because the stored ones have secrets hidden. */
function restoreInputs({ scope }: ExecutionState, { plan, record }: StepState): ValueObject | null {
  if (isSettled(record.status)) return null;
  const inputs = resolveInputs(plan.stage, scope.values);
  return inputs.ok ? inputs.value : record.inputs;
}

/** What a step that settled earlier means for the steps after it. */
function takeIn(execution: ExecutionState, step: StepState): void {
  execution.scope.update(step.record);
  const batch = step.plan.batch - 1;
  execution.batchLeft[batch] = (execution.batchLeft[batch] ?? 1) - 1;
  for (const at of step.plan.dependents) {
    const dependent = execution.steps[at];
    if (!dependent) continue;
    dependent.waitsFor--;
    if (verdictOf(step) === "blocks") dependent.blockedBy ??= step.record.stage_id;
  }
}

/** The workflow's variables may name parameters, workflow and run; all other expressions may also name variables. */
function namespaces(blueprint: Blueprint, record: ExecutionRecord) {
  const { definition } = blueprint;
  const modules: Record<string, Value> = Object.create(null);
  for (const { name, text } of Object.values(blueprint.modules)) modules[name] = text;
  const bare = openScope(definition, record, { env: {}, modules });
  const env: Record<string, string> = Object.create(null);
  for (const [name, template] of Object.entries(definition.config.env))
    env[name] = asText(template, bare.values);
  return { env, scope: openScope(definition, record, { env, modules }) };
}

function asText(template: string, scope: ValueObject): string {
  const value = evaluateTemplate(parseTemplate(template), scope);
  return typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);
}

/** An agent that waits for a permission has its deadline on the wall clock, like a gate. */
function isTimed(step: StepRecord): boolean {
  return (step.status === "running" && !isAsking(step)) || step.status === "retry_wait";
}

function count(steps: readonly StepState[], status: StepRecord["status"]): number {
  return steps.filter((step) => step.record.status === status).length;
}
