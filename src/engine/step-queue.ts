import type { LiveExecution, LiveStep } from "./live-execution.ts";

/** Ready steps, first ready first, under two limits: places in the engine, and places in each execution. */
export interface StepQueue {
  push(execution: LiveExecution, step: LiveStep): void;
  remove(execution: LiveExecution, step: LiveStep): void;
  /** The next step that has a place in its execution, or null. Whether the engine has one, the caller knows. */
  take(): { execution: LiveExecution; step: LiveStep } | null;
  /** True when a step may have a place in its execution. */
  hasReady(): boolean;
  /** A place of this execution has become free. */
  freed(execution: LiveExecution): void;
  /** Forgets every step of an execution. */
  drop(execution: LiveExecution): void;
}

interface Entry {
  order: number;
  execution: LiveExecution;
  step: LiveStep;
}

export function openStepQueue(): StepQueue {
  const heap: Entry[] = [];
  /** Entries whose execution has no place, by execution; looked at again when one becomes free. */
  const waiting = new Map<LiveExecution, Entry[]>();
  let order = 0;
  return {
    push: (execution, step) => {
      step.isQueued = true;
      execution.inQueue++;
      pushEntry(heap, { order: order++, execution, step });
    },
    remove: leaveQueue,
    take: () => {
      for (let entry = popEntry(heap); entry; entry = popEntry(heap)) {
        const { execution, step } = entry;
        // One that was taken out, or was put in again later, is passed over here and not searched for when it leaves.
        if (!step.isQueued) continue;
        if (execution.running >= execution.blueprint.maxParallel) {
          park(waiting, entry);
          continue;
        }
        leaveQueue(execution, step);
        return { execution, step };
      }
      return null;
    },
    hasReady: () => heap.length > 0,
    freed: (execution) => {
      const parked = waiting.get(execution);
      const next = parked?.shift();
      if (next) pushEntry(heap, next);
      if (parked?.length === 0) waiting.delete(execution);
    },
    drop: (execution) => {
      waiting.delete(execution);
      for (const step of execution.steps) leaveQueue(execution, step);
    },
  };
}

function leaveQueue(execution: LiveExecution, step: LiveStep): void {
  if (!step.isQueued) return;
  step.isQueued = false;
  execution.inQueue--;
}

function park(waiting: Map<LiveExecution, Entry[]>, entry: Entry): void {
  const parked = waiting.get(entry.execution);
  if (parked) parked.push(entry);
  else waiting.set(entry.execution, [entry]);
}

function pushEntry(heap: Entry[], entry: Entry): void {
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

function popEntry(heap: Entry[]): Entry | null {
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
