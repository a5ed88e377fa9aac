import { mayStart, type ExecutionState, type StepState } from "./execution-state.ts";

/** Ready steps, first ready first, under two limits: places in the whole queue, and places in each execution. */
export interface StepQueue<E extends ExecutionState = ExecutionState, S extends StepState = StepState> {
  push(execution: E, step: S): void;
  remove(execution: E, step: S): void;
  /**
   * Gives the next step that may have a place that place; null when no step may. A step that may not start is held
   * back.
   */
  take(): { execution: E; step: S } | null;
  /** True when a step may have a place in its execution. */
  hasReady(): boolean;
  /** Counts the places of the steps that run already, after the execution was taken over. */
  takePlaces(execution: E): void;
  /** A running step of this execution gives its place back. */
  freePlace(execution: E): void;
  /** Forgets every step of an execution, and the places it had. */
  drop(execution: E): void;
}

interface Entry<E, S> {
  order: number;
  execution: E;
  step: S;
}

/** `places`: how many steps may run at once, over all executions. */
export function openStepQueue<E extends ExecutionState, S extends StepState>(
  places: number,
): StepQueue<E, S> {
  const heap: Entry<E, S>[] = [];
  /** Entries whose execution has no place, by execution; looked at again when one becomes free. */
  const waiting = new Map<E, Entry<E, S>[]>();
  let order = 0;
  let taken = 0;
  return {
    push: (execution, step) => {
      step.isQueued = true;
      execution.inQueue++;
      pushEntry(heap, { order: order++, execution, step });
    },
    remove: leaveQueue,
    take: () => {
      if (taken >= places) return null;
      for (let entry = popEntry(heap); entry; entry = popEntry(heap)) {
        const { execution, step } = entry;
        // An entry that was taken out, or was queued again later, is passed over here instead of being searched for
        // when it leaves.
        if (!step.isQueued) continue;
        if (execution.running >= execution.blueprint.maxParallel) {
          park(waiting, entry);
          continue;
        }
        leaveQueue(execution, step);
        if (!mayStart(execution)) {
          execution.held.add(step);
          continue;
        }
        taken++;
        return { execution, step };
      }
      return null;
    },
    hasReady: () => heap.length > 0,
    takePlaces: (execution) => {
      taken += execution.running;
    },
    freePlace: (execution) => {
      taken--;
      const parked = waiting.get(execution);
      const next = parked?.shift();
      if (next) pushEntry(heap, next);
      if (parked?.length === 0) waiting.delete(execution);
    },
    drop: (execution) => {
      taken -= execution.running;
      waiting.delete(execution);
      for (const step of execution.steps) leaveQueue(execution, step);
    },
  };
}

function leaveQueue(execution: ExecutionState, step: StepState): void {
  if (!step.isQueued) return;
  step.isQueued = false;
  execution.inQueue--;
}

function park<E, S>(waiting: Map<E, Entry<E, S>[]>, entry: Entry<E, S>): void {
  const parked = waiting.get(entry.execution);
  if (parked) parked.push(entry);
  else waiting.set(entry.execution, [entry]);
}

function pushEntry<E, S>(heap: Entry<E, S>[], entry: Entry<E, S>): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (!above || above.order <= entry.order) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = entry;
}

function popEntry<E, S>(heap: Entry<E, S>[]): Entry<E, S> | null {
  const top = heap[0];
  const last = heap.pop();
  if (!top || !last) return null;
  if (heap.length === 0) return top;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const right = heap[left + 1];
    const child = right && right.order < (heap[left]?.order ?? Infinity) ? left + 1 : left;
    const below = heap[child];
    if (!below || below.order >= last.order) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = last;
  return top;
}
