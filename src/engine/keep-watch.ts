import { hasOrphans, heartbeat } from "../store/leases.ts";
import { storeFailure } from "../store/store-failure.ts";
import { lostError, loseExecution } from "./hold-execution.ts";
import { isoTime } from "../machine/moment.ts";
import type { EngineState } from "./engine-state.ts";
import { openJumpWatch } from "./durations.ts";
import { probeDatabase } from "./postpone-commit.ts";
import { recoverAll } from "./recover-all.ts";
import { takeSignals } from "./take-signals.ts";
import { setHindrance } from "./trouble.ts";

/** How often commits of other processes are looked for; a signal is to be answered within 100 ms. */
const lookMs = 25;
/** The death of a holder shows in no commit, so it is looked for regularly. */
const adoptEveryMs = 1_000;
const heartbeatMs = 10_000;

/**
 * Looks for signals of other processes, for a clock that was set and for a database that was changed, and shows that
 * this process lives. Returns the way to stop that.
 */
export function keepWatch(engine: EngineState): () => void {
  let version = -1;
  const showJumps = openJumpWatch(engine);
  let adoptedAtMs = engine.scheduler.elapsedMs();
  const stopLooking = engine.scheduler.every(lookMs, () => {
    runGuarded(engine, () => {
      engine.store.refuseChanged();
      showJumps();
      const now = engine.store.dataVersion();
      const isChanged = now !== version;
      if (isChanged) takeSignals(engine);
      version = now;
      if (!engine.takesOver || engine.phase !== "open") return;
      if (
        engine.scheduler.elapsedMs() - adoptedAtMs > adoptEveryMs ||
        (isChanged && hasOrphans(engine.store))
      ) {
        adoptedAtMs = engine.scheduler.elapsedMs();
        recoverAll(engine).catch((error: unknown) => takeFailure(engine, error));
      }
    });
  });
  const stopBeating = engine.scheduler.every(heartbeatMs, () => {
    runGuarded(engine, () => {
      if (heartbeat(engine.store, engine.holderId, isoTime(engine.alarm.now()))) return;
      for (const execution of engine.live.values()) loseExecution(engine, execution, lostError(execution));
    });
  });
  return () => {
    stopLooking();
    stopBeating();
  };
}

function runGuarded(engine: EngineState, work: () => void): void {
  if (engine.phase === "failed" || engine.phase === "closed") return;
  try {
    work();
  } catch (error) {
    takeFailure(engine, error);
  }
}

/** A database that is only locked or full is tried again the next time. */
function takeFailure(engine: EngineState, error: unknown): void {
  if (engine.phase === "failed" || engine.phase === "closed") return;
  const failure = storeFailure(error);
  if (failure === "full") hinder(engine);
  else if (failure !== "busy") engine.fail(error);
}

function hinder(engine: EngineState): void {
  setHindrance(engine, "full");
  if (!engine.unwritten) probeDatabase(engine);
}
