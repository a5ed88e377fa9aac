import type { HookName } from "../workflow/effective.ts";
import type { EarlierSession } from "../execution/agent-session.ts";
import type { ExecutionEvent, LogStream } from "../execution/event.ts";
import type { Masks } from "../execution/masks.ts";
import type { ExecutionRecord, StepRecord, Usage } from "../execution/record.ts";
import type { ExecutionScope } from "../execution/scope.ts";
import type { ValueObject } from "../expression/value.ts";
import { newActor, type Actor, type ActorState, type SendToActor } from "./actor.ts";
import type { Blueprint, StageBlueprint } from "./blueprint.ts";
import { stageKind } from "../workflow/stage-kind.ts";

/** One execution as the machines know it: its actors, their records, and what has changed since the last commit. */
export interface ExecutionState {
  readonly runId: string;
  readonly blueprint: Blueprint;
  /** As it is stored: secrets are masked in it. */
  record: ExecutionRecord;
  readonly actor: Actor<"execution">;
  /** How its actors are sent events. */
  readonly send: SendToActor;
  /** In the order of the file. */
  readonly steps: readonly StepState[];
  readonly byId: ReadonlyMap<string, StepState>;
  readonly scope: ExecutionScope;
  /** The workflow's variables, evaluated. */
  readonly env: Record<string, string>;
  /** Agent steps that run. */
  running: number;
  /** Steps among those whose agent waits for a permission. */
  asking: number;
  /** Steps that have not settled. */
  unsettled: number;
  /** Steps that wait for their next try. */
  retrying: number;
  /** Steps that are ready and wait for a place. */
  inQueue: number;
  /** Steps per batch that have not settled; index 0 is batch 1. */
  readonly batchLeft: number[];
  /** Steps whose state ends after a duration. */
  readonly timed: Set<StepState>;
  /** Steps that became ready while nothing new may start; they are looked at again when the execution goes on. */
  readonly held: Set<StepState>;
  changes: Changes;
  /** False: signals are applied but nothing is started, because this process does not drive the execution. */
  readonly drives: boolean;
  /** Hides the execution's secrets in all that is stored and shown. */
  readonly masks: Masks;
}

export interface StepState {
  readonly plan: StageBlueprint;
  record: StepRecord;
  readonly actor: Actor<"stage"> | Actor<"gate">;
  /** Dependencies that have not settled. */
  waitsFor: number;
  /** A dependency after which this step may not run. */
  blockedBy: string | null;
  /** Resolved when the step became ready; null before. */
  inputs: ValueObject | null;
  /** The attempt that runs, or is about to; null: none does. */
  attempt: RunningAttempt | null;
  isQueued: boolean;
  /**
   * How much longer the step's state may last, in ms of the watched clock; null: its deadline is set, or it has none.
   */
  leftMs: number | null;
}

/** A new object for each attempt: whoever waits for a result compares it to see whether that attempt still runs. */
export interface RunningAttempt {
  /** Why it was told to stop; null: it was not. */
  stopping: StopReason | null;
  /** What its agent has used so far, as far as that is known while it works; the result has all of it. */
  spent: Usage | null;
}

/** `budget`: its stage's is used up, or the execution's: then the attempt is to go on when it is raised. */
export type StopReason = "timeout" | "cancel" | "execution_timeout" | "budget";

/** What the next commit has to write, and what is to be done after it. */
export interface Changes {
  /** Numbered at the commit, in this order. */
  feed: FeedItem[];
  steps: Set<StepState>;
  effects: Effect[];
}

export type FeedItem =
  | { kind: "event"; event: ExecutionEvent; at: string }
  | { kind: "line"; stage_id: string; attempt: number; stream: LogStream; text: string; at: string };

/** Something to do once the transition that asks for it is on disk. */
export type Effect =
  /** Begins the step's attempt. `recovered`: an earlier engine began it already, its agent may still run. */
  | { kind: "dispatch"; stage_id: string; recovered: boolean }
  /** Gives the step's agent so many of its answers: those that are on disk then. */
  | { kind: "answer"; stage_id: string; count: number }
  /** Stops the step's agent. */
  | { kind: "stop"; stage_id: string }
  /** `stage_id`: the gate that begins to wait, or the stage whose agent asks; null: of the whole execution. */
  | { kind: "hook"; name: HookName; stage_id: string | null };

export function noChanges(): Changes {
  return { feed: [], steps: new Set(), effects: [] };
}

/** The state of the execution's actor; elsewhere `pausing` and the like count as running. */
export function phaseOf({ actor }: ExecutionState): ActorState<"execution">["value"] {
  return actor.state.value;
}

/** `session`: what its first attempt goes on with. */
export function newStepActor(
  plan: StageBlueprint,
  session: EarlierSession | null = null,
): StepState["actor"] {
  if (stageKind(plan.stage.type).isDecided) return newActor("gate");
  const actor = newActor("stage");
  if (session === null) return actor;
  return { ...actor, state: { ...actor.state, context: { ...actor.state.context, session } } };
}

/** True for a step whose attempt was interrupted and goes on later. */
export function isSuspended({ actor }: Pick<StepState, "actor">): boolean {
  const { context } = actor.state;
  return "isSuspended" in context && context.isSuspended === true;
}

/** What an earlier attempt of a step has left for the next one, or for a rerun; null where that is nothing. */
export function sessionOf({ state: { context } }: StepState["actor"]): EarlierSession | null {
  return "session" in context ? (context.session ?? null) : null;
}

/** True while new work may start. */
export function mayStart(execution: ExecutionState): boolean {
  return execution.drives && phaseOf(execution) === "running";
}

/** True when the execution is going to end without another step being started. */
export function isEnding(execution: ExecutionState): boolean {
  const phase = phaseOf(execution);
  return phase === "halting" || phase === "cancelling";
}
