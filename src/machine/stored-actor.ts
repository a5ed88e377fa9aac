import type { AnyStateMachine } from "xstate";
import { AppError } from "../errors.ts";
import { machines, type Actor, type ActorKind, type ActorState } from "./actor.ts";

/** Raised when a machine's states or context change so that old states cannot be read any more. */
const machineVersion = 2;

/** How far an execution's durations had got at an instant of the wall clock. */
export interface StoredClock {
  at_ms: number;
  /** Of `config.timeout`. */
  spent_ms: number;
  /** By stage: what was left of the attempt's timeout, or of the wait for the next try. */
  left_ms: Record<string, number>;
  /** True: it was stored by a process that did not drive the execution. Absent in earlier versions. */
  undriven?: boolean;
}

/** The JSON of an actor, as it is stored. */
export function storedActor({ state }: Actor<ActorKind>, clock?: StoredClock): string {
  return JSON.stringify({ v: machineVersion, snapshot: state, clock });
}

/** The clock that was stored with an execution's actor; null in early versions. */
export function storedClock(stored: string): StoredClock | null {
  return (JSON.parse(stored) as { clock?: StoredClock }).clock ?? null;
}

/**
 * The actor that was stored. Throws `AppError("unavailable")` for a state that this program does not know, and
 * `TypeError` for what is no state: XState itself would fail much later.
 */
export function restoreActor<K extends ActorKind>(kind: K, stored: string): Actor<K> {
  const { v, snapshot, ...old } = JSON.parse(stored) as StoredState;
  const { status, value, context } = snapshot ?? old;
  const isWhole = v === 1 || status === "active" || status === "done";
  if (!Number.isInteger(v) || !isWhole || typeof value !== "string" || typeof context !== "object") {
    throw new TypeError("this is no state of a machine");
  }
  if (v > machineVersion || v < 1 || !Object.hasOwn(machines[kind].states, value)) {
    throw new AppError(
      "unavailable",
      `an execution was stored by another version of skillmeat (state "${value}", version ${v}). ` +
        "continue it with that version",
    );
  }
  const state = snapshot ?? stateOfFirstVersion(kind, { value, context });
  return { kind, state: state as ActorState<K>, started: null };
}

interface StoredState {
  v: number;
  snapshot?: { status?: unknown; value?: unknown; context?: unknown };
  /** Version 1 stored these two outside the context. */
  value?: unknown;
  context?: unknown;
  status?: unknown;
}

function stateOfFirstVersion(kind: ActorKind, state: { value: string; context: unknown }): unknown {
  const machine: AnyStateMachine = machines[kind];
  return machine.getPersistedSnapshot(machine.resolveState(state as never));
}
