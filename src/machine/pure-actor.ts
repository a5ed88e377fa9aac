import { transition, type AnyStateMachine } from "xstate";
import { machines, type Actor, type ActorEffect, type ActorEvent, type ActorKind } from "./actor.ts";

/** Sends an event by XState's pure `transition()` alone: no actor is started or kept. See `SendToActor`. */
export function sendPure<K extends ActorKind>(
  actor: Actor<K>,
  event: ActorEvent<K>,
): ActorEffect<K>[] | null {
  if (actor.state.status !== "active") return null;
  const machine: AnyStateMachine = machines[actor.kind];
  const before = machine.resolveState(actor.state as never);
  const [after, actions] = transition(machine, before, event);
  if (after === before && actions.length === 0) return null;
  actor.state = machine.getPersistedSnapshot(after) as unknown as Actor<K>["state"];
  return actions.map(({ params }) => params as unknown as ActorEffect<K>);
}
