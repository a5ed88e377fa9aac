import { createActor, type AnyActorScope, type AnyStateMachine, type EventFromLogic } from "xstate";
import { AppError } from "../errors.ts";
import { executionMachine } from "./execution-machine.ts";
import { gateMachine } from "./gate-machine.ts";
import { stageMachine } from "./stage-machine.ts";

const machines = { execution: executionMachine, stage: stageMachine, gate: gateMachine };
export type ActorKind = keyof typeof machines;

/** The state of one actor between two events. */
export interface Actor<K extends ActorKind> {
  kind: K;
  snapshot: ReturnType<(typeof machines)[K]["resolveState"]>;
}

export type ActorEvent<K extends ActorKind> = EventFromLogic<(typeof machines)[K]>;

/** What became of an event: null when it is not lawful in the actor's state, which then stays as it is. */
export interface Step<K extends ActorKind, E> {
  actor: Actor<K>;
  effects: E[];
}

/** Raised when a machine's states or context change in a way that old snapshots cannot be read any more. */
const machineVersion = 1;

export function newActor<K extends ActorKind>(kind: K): Actor<K> {
  return { kind, snapshot: initial(kind) };
}

/** One pure step. `E` is what the machine of this kind records. */
export function sendTo<K extends ActorKind, E>(actor: Actor<K>, event: ActorEvent<K>): Step<K, E> | null {
  const { machine, scope, actions } = pureMachine(actor.kind);
  actions.length = 0;
  const snapshot: unknown = machine.transition(actor.snapshot, event, scope);
  if (snapshot === actor.snapshot && actions.length === 0) return null;
  const effects = actions.filter(({ type }) => type === "record").map(({ params }) => params as E);
  return { actor: { kind: actor.kind, snapshot: snapshot as Actor<K>["snapshot"] }, effects };
}

export function stateOf<K extends ActorKind>(actor: Actor<K>): Actor<K>["snapshot"]["value"] {
  return actor.snapshot.value;
}

/** How far an execution's durations had got at an instant of the wall clock; see `durations.ts`. */
export interface StoredClock {
  at_ms: number;
  /** Of `config.timeout`. */
  spent_ms: number;
  /** By stage: what was left of the attempt's timeout, or of the wait for the next try. */
  left_ms: Record<string, number>;
}

/** What is stored of an actor. */
export function persist(actor: Actor<ActorKind>, clock?: StoredClock): string {
  const { value, context } = actor.snapshot;
  return JSON.stringify({ v: machineVersion, value, context, clock });
}

/** The clock that an execution's actor was stored with; null for one of an earlier version. */
export function storedClock(stored: string): StoredClock | null {
  return (JSON.parse(stored) as { clock?: StoredClock }).clock ?? null;
}

/**
 * Throws `AppError("unavailable")` for a snapshot this program does not know, and `TypeError` for what is none: XState
 * itself would fail much later.
 */
export function restore<K extends ActorKind>(kind: K, stored: string): Actor<K> {
  const { v, value, context } = JSON.parse(stored) as { v: number; value: string; context: never };
  if (!Number.isInteger(v) || typeof value !== "string" || typeof context !== "object") {
    throw new TypeError("this is no state of a machine");
  }
  if (v !== machineVersion || !Object.hasOwn(machines[kind].states, value)) {
    throw new AppError(
      "unavailable",
      `an execution was stored by another version of skillmeat (state "${value}", version ${v}). ` +
        "go on with that version",
    );
  }
  const machine = machines[kind] as { resolveState(state: object): unknown };
  return { kind, snapshot: machine.resolveState({ value, context }) as Actor<K>["snapshot"] };
}

/** The same actor with its execution's clock put to a new count. */
export function withClock(
  { kind, snapshot }: Actor<"execution">,
  clock: { spentMs: number; sinceMs: number },
): Actor<"execution"> {
  const { value, context } = snapshot;
  const machine = machines.execution as { resolveState(state: object): unknown };
  const put = machine.resolveState({ value, context: { ...context, ...clock } });
  return { kind, snapshot: put as Actor<"execution">["snapshot"] };
}

/** A machine with what XState wants around its pure steps: their actions are not done but kept. */
interface PureMachine {
  machine: AnyStateMachine;
  scope: AnyActorScope;
  actions: { type: string; params?: unknown }[];
}

const pureMachines = new Map<ActorKind, PureMachine>();

/** XState's own `transition()` makes an actor for every event, which takes longer than the step itself. */
function pureMachine(kind: ActorKind): PureMachine {
  const known = pureMachines.get(kind);
  if (known) return known;
  const machine: AnyStateMachine = machines[kind];
  const self = createActor(machine);
  const actions: PureMachine["actions"] = [];
  const nothing = (): void => {};
  const scope: AnyActorScope = {
    self,
    system: self.system,
    id: self.id,
    sessionId: self.sessionId,
    logger: nothing,
    defer: nothing,
    emit: nothing,
    stopChild: nothing,
    actionExecutor: (action) => void actions.push(action),
  };
  const made = { machine, scope, actions };
  pureMachines.set(kind, made);
  return made;
}

const initials = new Map<ActorKind, unknown>();

/** Snapshots are never changed, so all new actors of a kind share one. */
function initial<K extends ActorKind>(kind: K): Actor<K>["snapshot"] {
  let known = initials.get(kind);
  if (!known) {
    const machine = machines[kind] as { resolveState(state: object): unknown; config: { context?: unknown } };
    known = machine.resolveState({ value: "pending", context: machine.config.context });
    initials.set(kind, known);
  }
  return known as Actor<K>["snapshot"];
}
