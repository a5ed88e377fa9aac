import { createActor, type AnyActorLogic, type AnyActorRef, type Snapshot } from "xstate";
import { machines, type Actor, type ActorEffect, type ActorEvent, type ActorKind } from "./actor.ts";

/**
 * Sends an event to a started actor of XState. An actor is made and started from its state by its first event and
 * dropped in a final state: a step that has not begun, or has settled, needs none. See `SendToActor`.
 */
export function sendToStarted<K extends ActorKind>(
  actor: Actor<K>,
  event: ActorEvent<K>,
): ActorEffect<K>[] | null {
  if (actor.state.status !== "active") return null;
  const ref = (actor.started ??= start(actor));
  const before: unknown = ref.getSnapshot();
  outbox.length = 0;
  ref.send(event);
  const after = ref.getSnapshot() as Snapshot<unknown>;
  if (after === before && outbox.length === 0) return null;
  // Only a bug in a machine's own actions throws here; XState would report it after this turn of the loop.
  if (after.status === "error") throw after.error;
  actor.state = ref.getPersistedSnapshot() as unknown as Actor<K>["state"];
  if (actor.state.status !== "active") actor.started = null;
  return outbox.splice(0) as ActorEffect<K>[];
}

/** The actions of all machines put their effects here; the sender of an event takes them out before the next event. */
const outbox: unknown[] = [];

const logics: Record<ActorKind, AnyActorLogic> = {
  execution: machines.execution.provide({ actions: { record: (_, effect) => void outbox.push(effect) } }),
  stage: machines.stage.provide({ actions: { record: (_, effect) => void outbox.push(effect) } }),
  gate: machines.gate.provide({ actions: { record: (_, effect) => void outbox.push(effect) } }),
};

function start({ kind, state }: Actor<ActorKind>): AnyActorRef {
  const snapshot = state as unknown as Snapshot<unknown>;
  return createActor(logics[kind], { snapshot }).start();
}
