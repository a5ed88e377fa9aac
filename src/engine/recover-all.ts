import { deadLeases, releaseLease, takeLeases } from "../store/leases.ts";
import { storeFailure } from "../store/store-failure.ts";
import { logProblem } from "./clean-up.ts";
import type { EngineState } from "./engine-state.ts";
import { driveAgain, isDrivenHere } from "./recovery.ts";
import { partsOfMany, type StoredParts } from "./stored-parts.ts";
import { takeSignals } from "./take-signals.ts";

/** How many executions the first turn takes over; each later one takes as many as it has time for. */
const firstGroupSize = 100;
const mostAtOnce = 300;
/** How long one turn should take: everybody else waits for its end, and an answer takes a few turns. */
const turnMs = 10;
const busyPauseMs = 25;

/**
 * Takes over every execution whose holder is dead, a group at a time, and lets others have their turn in between.
 * Resolves with the ids that it has taken. It leaves alone, and logs, an execution that cannot be read. A second caller
 * gets the answer of the round that is under way. Stops early when the engine does. Throws what SQLite throws, but
 * waits for a database that is only locked.
 */
export function recoverAll(engine: EngineState): Promise<string[]> {
  engine.recovering ??= recoverInGroups(engine).finally(() => (engine.recovering = null));
  return engine.recovering;
}

async function recoverInGroups(engine: EngineState): Promise<string[]> {
  const recovered: string[] = [];
  const left = deadLeases(engine.store, engine.processes.isAlive);
  let atOnce = firstGroupSize;
  await turnOfOthers(engine);
  while (left.length > 0 && engine.phase === "open") {
    const group = left.slice(0, atOnce);
    const begunMs = engine.scheduler.elapsedMs();
    try {
      recovered.push(...recoverGroup(engine, group));
      left.splice(0, group.length);
      const tookMs = engine.scheduler.elapsedMs() - begunMs;
      atOnce = Math.min(mostAtOnce, 2 * atOnce, Math.ceil((group.length * turnMs) / Math.max(tookMs, 1)));
      // It comes after the commit of the group's changes, which was planned for this turn before.
      await turnOfOthers(engine);
    } catch (error) {
      if (storeFailure(error) !== "busy") throw error;
      await new Promise<void>((resolve) => engine.scheduler.after(busyPauseMs, resolve));
    }
  }
  return recovered;
}

function turnOfOthers({ scheduler }: EngineState): Promise<void> {
  return new Promise((resolve) => scheduler.nextTurn(resolve));
}

/** Without an await: nobody may see an execution whose lease is ours and which is not driven. */
function recoverGroup(engine: EngineState, group: readonly string[]): string[] {
  const wanted = group.filter((runId) => !engine.unreadable.has(runId) && !isDrivenHere(engine, runId));
  const taken = takeLeases(engine.store, wanted, engine.holderId, engine.processes.isAlive);
  const recovered = driveTaken(engine, taken);
  // Nobody else answers signals that were posted to a dead holder.
  if (recovered.length > 0) takeSignals(engine);
  return recovered;
}

/** Drives those that can be read, and returns them. Gives the leases of the rest back when the database fails. */
function driveTaken(engine: EngineState, taken: readonly string[]): string[] {
  try {
    const parts = partsOfMany(engine, taken);
    return taken.filter((runId) => tryToDrive(engine, runId, parts));
  } catch (error) {
    const { store, live, holderId } = engine;
    for (const runId of taken) if (!live.has(runId)) releaseLease(store, runId, holderId);
    throw error;
  }
}

/** False for one that cannot be read, which is told. Throws what SQLite throws. */
function tryToDrive(engine: EngineState, runId: string, parts: StoredParts): boolean {
  try {
    driveAgain(engine, runId, parts);
    return true;
  } catch (error) {
    if (storeFailure(error) !== null) throw error;
    engine.unreadable.add(runId);
    logProblem(engine, runId, "execution_unreadable", error);
    return false;
  }
}
