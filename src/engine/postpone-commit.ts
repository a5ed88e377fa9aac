import { AppError } from "../errors.ts";
import { heartbeat } from "../store/leases.ts";
import { storeFailure } from "../store/store-failure.ts";
import { failWaiting, forgetExecution } from "./hold-execution.ts";
import { leaveOut, type PendingCommit } from "./pending-commit.ts";
import { isoTime } from "../machine/moment.ts";
import type { EngineState, Hindrance } from "./engine-state.ts";
import type { LiveExecution } from "./live-execution.ts";
import { setHindrance, troubleOf } from "./trouble.ts";

const againMs = { locked: 200, full: 1_000 } as const;
/** How long a lock of another process is waited for before the waiting callers are told. */
const lockPatienceMs = 4_000;

/**
 * Keeps a commit that the database refuses now, to try it again. The callers that wait for it are told: at once when
 * the disk is full, after some seconds when another process has the database locked. New executions of the commit are
 * dropped then, because nobody will know of them; all other changes are written when that is possible.
 */
export function postponeCommit(engine: EngineState, pending: PendingCommit, why: Hindrance): void {
  const nowMs = engine.alarm.monotonic();
  const sinceMs = pending.hinderedSinceMs ?? nowMs;
  engine.unwritten = { ...pending, hinderedSinceMs: sinceMs };
  if (why === "full" || nowMs - sinceMs >= lockPatienceMs) {
    setHindrance(engine, why);
    tellWaiting(engine, engine.unwritten);
  }
  engine.alarm.after(againMs[why], () => engine.flush());
}

/**
 * Tries a small write to find out whether the database can be written again, unless there is something else to write.
 */
export function probeDatabase(engine: EngineState): void {
  const { hindrance } = engine;
  if (hindrance === null) return;
  try {
    heartbeat(engine.store, engine.holderId, isoTime(engine.alarm.now()));
    setHindrance(engine, null);
  } catch (error) {
    const failure = storeFailure(error);
    if (failure !== "busy" && failure !== "full") return engine.fail(error);
    engine.alarm.after(againMs[hindrance], () => engine.flush());
  }
}

function tellWaiting(engine: EngineState, pending: PendingCommit): void {
  const error = new AppError("unavailable", troubleOf(engine)?.message ?? "the database cannot be written");
  const isNew = ({ runId }: LiveExecution): boolean =>
    pending.transitions.created.some(({ execution: { record } }) => record.run_id === runId);
  const dropped = [...pending.written.map(({ execution }) => execution).filter(isNew), ...engine.created];
  for (const { changes } of pending.written) failWaiting(changes.waiting, error);
  for (const { changes } of engine.live.values()) failWaiting(changes.waiting, error);
  for (const execution of dropped) {
    engine.created.delete(execution);
    forgetExecution(engine, execution);
  }
  engine.unwritten = leaveOut(pending, isNew);
}
