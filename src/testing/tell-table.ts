import { newActor, type Actor, type ActorEvent, type ActorKind, type SendToActor } from "../machine/actor.ts";

type Events<K extends ActorKind> = Record<string, ActorEvent<K>>;

/**
 * Lists what every event does in one state: `event → state: what is recorded`. An event that is missing is not allowed
 * there. `way`: the events that lead to the state.
 */
export function tellTable<K extends ActorKind>(
  send: SendToActor,
  { kind, events, way }: { kind: K; events: Events<K>; way: readonly string[] },
): string[] {
  return Object.entries(events).flatMap(([name, event]) => {
    const actor = newActor(kind);
    for (const step of way) tellNamed(send, actor, events, step);
    const before = actor.state;
    const effects = send(actor, event);
    if (effects === null && actor.state !== before)
      throw new Error(`${name} is refused and changes the state`);
    if (effects === null) return [];
    const recorded = effects.map(({ type }) => type).join(", ");
    return [`${name} → ${actor.state.value}${recorded === "" ? "" : `: ${recorded}`}`];
  });
}

/** Sends the event of this name, which must be allowed, and returns what is recorded. */
export function tellNamed<K extends ActorKind>(
  send: SendToActor,
  actor: Actor<K>,
  events: Events<K>,
  name: string,
): unknown[] {
  const event = events[name];
  const effects = event ? send(actor, event) : null;
  if (!effects) throw new Error(`"${name}" is not lawful in ${actor.state.value}`);
  return effects;
}
