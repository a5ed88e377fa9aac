import { deadLeases, releaseLease, takeLeases } from "../store/leases.ts";
import { storeFailure } from "../store/store-failure.ts";
import { logProblem } from "./clean-up.ts";
import type { EngineState } from "./engine-state.ts";
import { driveAgain } from "./recovery.ts";
import { takeSignals } from "./take-signals.ts";

/** How many leases one commit takes: many, because each commit waits for the disk, but few enough to hold nobody up. */
const leasesAtOnce = 200;
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
  while (left.length > 0 && engine.phase === "open") {
    const batch = left.slice(0, leasesAtOnce);
    try {
      recovered.push(...recoverBatch(engine, batch));
      left.splice(0, batch.length);
      // It comes after the commit of the batch's changes, which was planned for this turn before.
      await new Promise<void>((resolve) => engine.scheduler.nextTurn(resolve));
    } catch (error) {
      if (storeFailure(error) !== "busy") throw error;
      await new Promise<void>((resolve) => engine.scheduler.after(busyPauseMs, resolve));
    }
  }
  return recovered;
}

/** Without an await: nobody may see an execution whose lease is ours and which is not driven. */
function recoverBatch(engine: EngineState, batch: readonly string[]): string[] {
  const wanted = batch.filter((runId) => !engine.unreadable.has(runId) && !engine.live.has(runId));
  const taken = takeLeases(engine.store, wanted, engine.holderId, engine.processes.isAlive);
  const recovered = taken.filter((runId) => {
    try {
      driveAgain(engine, runId);
      return true;
    } catch (error) {
      if (storeFailure(error) !== null) giveBackUndriven(engine, taken);
      if (storeFailure(error) !== null) throw error;
      engine.unreadable.add(runId);
      logProblem(engine, runId, "execution_unreadable", error);
      return false;
    }
  });
  // Nobody else answers signals that were posted to a dead holder.
  if (recovered.length > 0) takeSignals(engine);
  return recovered;
}

/** The remaining executions of a batch in the middle of which the database failed. */
function giveBackUndriven({ store, live, holderId }: EngineState, taken: readonly string[]): void {
  for (const runId of taken) if (!live.has(runId)) releaseLease(store, runId, holderId);
}
