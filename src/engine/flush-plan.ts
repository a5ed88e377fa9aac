import type { EngineState } from "./engine-state.ts";
import type { LiveExecution } from "./live-execution.ts";

/** How long log lines wait for others to share their commit. */
const logBatchMs = 50;

/** Plans to write an execution's changes together with everything else that becomes ready in this turn of the loop. */
export function planFlush(engine: EngineState, execution?: LiveExecution): void {
  if (execution) engine.dirty.add(execution);
  if (engine.isFlushPlanned || !mayWrite(engine)) return;
  engine.isFlushPlanned = true;
  engine.scheduler.nextTurn(() => engine.flush());
}

/** Plans the same, but later: these changes alone are not worth a commit. */
export function planFlushSoon(engine: EngineState, execution: LiveExecution): void {
  if (engine.dirty.has(execution)) return;
  engine.dirty.add(execution);
  if (engine.isFlushPlanned || engine.isSoonPlanned || !mayWrite(engine)) return;
  engine.isSoonPlanned = true;
  engine.alarm.after(logBatchMs, () => {
    engine.isSoonPlanned = false;
    if (!engine.isFlushPlanned && engine.dirty.size > 0) planFlush(engine);
  });
}

/** While the database is locked, the commit that waits for it is tried by its own timer. */
function mayWrite({ phase, unwritten }: EngineState): boolean {
  return (phase === "open" || phase === "draining") && unwritten === null;
}
