import { createActor, type AnyActorRef, type EventFromLogic, type SnapshotFrom } from "xstate";
import { executionMachine, type ExecutionEffect } from "./execution-machine.ts";
import { gateMachine, type GateEffect } from "./gate-machine.ts";
import { stageMachine, type StageEffect } from "./stage-machine.ts";

export const machines = { execution: executionMachine, stage: stageMachine, gate: gateMachine };
export type ActorKind = keyof typeof machines;

/** The actor of one execution, one stage or one gate. */
export interface Actor<K extends ActorKind> {
  readonly kind: K;
  state: ActorState<K>;
  /** The started actor of XState, while there is one. */
  started: AnyActorRef | null;
}

/** What XState persists of an actor (`getPersistedSnapshot`), limited to the parts that are read here. */
export interface ActorState<K extends ActorKind> {
  status: "active" | "done" | "error" | "stopped";
  value: SnapshotFrom<(typeof machines)[K]>["value"];
  context: SnapshotFrom<(typeof machines)[K]>["context"];
}

export type ActorEvent<K extends ActorKind> = EventFromLogic<(typeof machines)[K]>;

/** What a machine of this kind records. */
export type ActorEffect<K extends ActorKind> = {
  execution: ExecutionEffect;
  stage: StageEffect;
  gate: GateEffect;
}[K];

/**
 * Sends an event to an actor, changes its state, and returns what the actor records. Null: the event is not lawful in
 * the actor's state, which stays as it is. Two functions do the same: `sendToStarted` for an engine of this process,
 * `sendPure` for a runner that keeps no actors.
 */
export type SendToActor = <K extends ActorKind>(
  actor: Actor<K>,
  event: ActorEvent<K>,
) => ActorEffect<K>[] | null;

export function newActor<K extends ActorKind>(kind: K): Actor<K> {
  return { kind, state: initialState(kind), started: null };
}

const initialStates = new Map<ActorKind, unknown>();

/** States are never changed, so all new actors of a kind share one. */
function initialState<K extends ActorKind>(kind: K): ActorState<K> {
  const known = initialStates.get(kind) ?? createActor(machines[kind]).getPersistedSnapshot();
  initialStates.set(kind, known);
  return known as ActorState<K>;
}
