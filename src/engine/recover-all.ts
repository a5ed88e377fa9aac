import { deadLeases, releaseLease, takeLeases } from "../store/leases.ts";
import { storeFailure } from "../store/store-failure.ts";
import { logProblem } from "./clean-up.ts";
import type { EngineState } from "./engine-state.ts";
import { driveAgain, isDrivenHere } from "./recovery.ts";
import { partsOfMany, type StoredParts } from "./stored-parts.ts";
import { takeSignals } from "./take-signals.ts";

/** How many executions the first turn takes over; each later one takes as many as it has time for. */
const firstBatch = 100;
const mostAtOnce = 300;
/** How long one turn should take: everybody else waits for its end, and an answer takes a few turns. */
const turnMs = 10;
const busyPauseMs = 25;

/**
 * Takes over every execution whose holder is dead, batch by batch, and lets others have their turn in between; the ids
 * taken. An execution that cannot be read is left alone, and told. Whoever asks while it is under way gets its answer.
 * Stops early when the engine does. Throws what SQLite throws, but waits for a database that is only locked.
 */
export function recoverAll(engine: EngineState): Promise<string[]> {
  engine.recovering ??= recoverInBatches(engine).finally(() => (engine.recovering = null));
  return engine.recovering;
}

async function recoverInBatches(engine: EngineState): Promise<string[]> {
  const recovered: string[] = [];
  const left = deadLeases(engine.store, engine.processes.isAlive);
  let atOnce = firstBatch;
  await turnOfOthers(engine);
  while (left.length > 0 && engine.phase === "open") {
    const batch = left.slice(0, atOnce);
    const begunMs = engine.scheduler.elapsedMs();
    try {
      recovered.push(...recoverBatch(engine, batch));
      left.splice(0, batch.length);
      const tookMs = engine.scheduler.elapsedMs() - begunMs;
      atOnce = Math.min(mostAtOnce, 2 * atOnce, Math.ceil((batch.length * turnMs) / Math.max(tookMs, 1)));
      // It comes after the commit of the batch's changes, which was planned for this turn before.
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
function recoverBatch(engine: EngineState, batch: readonly string[]): string[] {
  const wanted = batch.filter((runId) => !engine.unreadable.has(runId) && !isDrivenHere(engine, runId));
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
