import type { ExecutionEvent, LogStream, StageEvent } from "../execution/event.ts";
import type { Masks } from "../execution/masks.ts";
import { applyToExecution, applyToStep, endStep } from "../execution/apply-event.ts";
import type { ExecutionRecord, RunOptions, StepRecord } from "../execution/record.ts";
import type { ExecutionScope } from "../execution/scope.ts";
import { isSettled } from "../execution/status.ts";
import type { SignalAnswer } from "../execution/signal.ts";
import type { ExecutionSnapshot } from "../execution/snapshot.ts";
import type { LogCut } from "../store/transitions.ts";
import type { ValueObject } from "../expression/value.ts";
import { newActor, sendTo, stateOf, type Actor, type ActorEvent } from "../machine/actor.ts";
import type { Blueprint, StageBlueprint } from "../machine/blueprint.ts";
import type { ExecutionEffect } from "../machine/execution-machine.ts";
import type { GateEffect } from "../machine/gate-machine.ts";
import { hideFacts } from "../machine/hide-facts.ts";
import type { StageEffect } from "../machine/stage-machine.ts";
import type { StepLog } from "./step-log.ts";

/** One execution in memory: its actors, their records, and what has changed since the last commit. */
export interface LiveExecution {
  readonly runId: string;
  readonly blueprint: Blueprint;
  /** As it is stored: secrets are masked in it. */
  record: ExecutionRecord;
  /** The record's, in clear. */
  readonly options: RunOptions;
  /** What the blueprint is stored as. */
  snapshot: ExecutionSnapshot;
  actor: Actor<"execution">;
  /** In the order of the file. */
  readonly steps: LiveStep[];
  readonly byId: ReadonlyMap<string, LiveStep>;
  readonly scope: ExecutionScope;
  /** The workflow's variables, evaluated. */
  readonly env: Record<string, string>;
  /** Agent steps that run. */
  running: number;
  /** Steps that have not settled. */
  unsettled: number;
  /** Steps that wait for their next try. */
  retrying: number;
  /** Steps that are ready and wait for a place. */
  inQueue: number;
  /** Steps per batch that have not settled; index 0 is batch 1. */
  readonly batchLeft: number[];
  /** Steps whose state ends after a duration. */
  readonly timed: Set<LiveStep>;
  /** Ready while nothing new may start: looked at again when it goes on. */
  readonly held: Set<LiveStep>;
  changes: Changes;
  /** False: signals are applied, but nothing is started (the process only passes by). */
  readonly drives: boolean;
  /** Hides its secrets in all that is stored and shown. */
  readonly masks: Masks;
  /** How many of them a later engine would know of. */
  masksKept: number;
}

export interface LiveStep {
  readonly plan: StageBlueprint;
  record: StepRecord;
  actor: Actor<"stage"> | Actor<"gate">;
  /** Dependencies that have not settled. */
  waitsFor: number;
  /** A dependency after which this one may not run. */
  blockedBy: string | null;
  /** Resolved when it became ready; null before. */
  inputs: ValueObject | null;
  /** How its present state was begun: told apart from every other try. */
  attempt: RunningAttempt | null;
  isQueued: boolean;
  /** How long its state may last yet, by the watched clock, in ms; null: its deadline is set, or it has none. */
  leftMs: number | null;
  readonly log: StepLog;
  /** How far the attempt's own log files have been taken in, in bytes. */
  offsets: { stdout: number; stderr: number };
}

/** An attempt whose agent this process has started, or is about to. */
export interface RunningAttempt {
  readonly abort: AbortController;
  /** Why it was told to stop; null: it was not. */
  stopping: "timeout" | "cancel" | "execution_timeout" | null;
}

/** What the next commit has to write. Events and lines are numbered then, in this order. */
export interface Changes {
  feed: FeedItem[];
  steps: Set<LiveStep>;
  answers: { signal_id: string; answer: SignalAnswer }[];
  offsets: Map<LiveStep, { stdout: number; stderr: number }>;
  cuts: LogCut[];
  effects: Effect[];
  /** True: the lease is given back with it, whether the execution has ended or not. */
  release: boolean;
}

export type FeedItem =
  | { kind: "event"; event: ExecutionEvent; at: string }
  | { kind: "line"; stage_id: string; attempt: number; stream: LogStream; text: string; at: string };

/** What is done once the transition that asks for it is on disk. */
export type Effect =
  | { kind: "dispatch"; step: LiveStep; attempt: RunningAttempt; recovered: boolean }
  | { kind: "stop"; attempt: RunningAttempt }
  | { kind: "hook"; name: "on_start" | "on_complete" | "on_failure" }
  /** `fail`: it will never be on disk here. */
  | { kind: "call"; done: () => void; fail?: (error: unknown) => void };

export function noChanges(): Changes {
  return {
    feed: [],
    steps: new Set(),
    answers: [],
    offsets: new Map(),
    cuts: [],
    effects: [],
    release: false,
  };
}

export function hasChanges({ feed, answers, offsets, effects, cuts, steps, release }: Changes): boolean {
  return (
    feed.length > 0 ||
    answers.length > 0 ||
    offsets.size > 0 ||
    effects.length > 0 ||
    cuts.length > 0 ||
    steps.size > 0 ||
    release
  );
}

/** Sends an event to the execution's actor; false when it is not lawful in its state, which then stays. */
export function tellExecution(execution: LiveExecution, event: ActorEvent<"execution">, at: string): boolean {
  const step = sendTo<"execution", ExecutionEffect>(execution.actor, hideFacts(event, execution.masks));
  if (!step) return false;
  execution.actor = step.actor;
  for (const effect of step.effects) record(execution, effect, at);
  return true;
}

/** Sends an event to a step's actor; false when it is not lawful in its state, which then stays. */
export function tellStep(
  execution: LiveExecution,
  step: LiveStep,
  event: ActorEvent<"stage"> | ActorEvent<"gate">,
  at: string,
): boolean {
  const facts = hideFacts(event, execution.masks);
  const next = sendTo<"stage" | "gate", StageEffect | GateEffect>(step.actor, facts as never);
  if (!next) return false;
  const before = step.record.status;
  step.actor = next.actor as unknown as LiveStep["actor"];
  execution.changes.steps.add(step);
  for (const { type, data, attempt } of next.effects) {
    const stageEvent = { type, data, attempt, stage_id: step.record.stage_id } as StageEvent;
    step.record = applyToStep(step.record, stageEvent, at);
    record(execution, stageEvent, at);
  }
  time(execution, step, at);
  if (event.type === "END") step.record = endStep(step.record, at);
  count(execution, step, before);
  return true;
}

/** `pausing` and the like are running to everybody else. */
export function executionState(execution: LiveExecution) {
  return stateOf(execution.actor);
}

export function newStepActor(plan: StageBlueprint): LiveStep["actor"] {
  return plan.stage.type === "gate" ? newActor("gate") : newActor("stage");
}

/** True while new work may start. */
export function mayStart(execution: LiveExecution): boolean {
  return execution.drives && executionState(execution) === "running";
}

function record(execution: LiveExecution, event: ExecutionEvent, at: string): void {
  execution.record = applyToExecution(execution.record, event, at);
  execution.changes.feed.push({ kind: "event", event, at });
}

/** The instant was computed for this very moment: only how far away it is counts from now on. */
function time(execution: LiveExecution, step: LiveStep, at: string): void {
  const { status, deadline_at } = step.record;
  const isTimed = status === "running" || status === "retry_wait";
  step.leftMs = isTimed && deadline_at !== null ? Date.parse(deadline_at) - Date.parse(at) : null;
  if (isTimed) execution.timed.add(step);
  else execution.timed.delete(step);
}

function count(execution: LiveExecution, step: LiveStep, before: StepRecord["status"]): void {
  const now = step.record.status;
  if (before !== "running" && now === "running") execution.running++;
  if (before === "running" && now !== "running") execution.running--;
  if (now === "retry_wait" && before !== "retry_wait") execution.retrying++;
  if (before === "retry_wait" && now !== "retry_wait") execution.retrying--;
  if (isSettled(before) || !isSettled(now)) return;
  execution.unsettled--;
  const batch = step.plan.batch - 1;
  execution.batchLeft[batch] = (execution.batchLeft[batch] ?? 1) - 1;
  execution.scope.update(step.record);
}
