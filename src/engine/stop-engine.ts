import { removeHolder } from "../store/leases.ts";
import { storeFailure } from "../store/store-failure.ts";
import { sweeperOf } from "./agent-run.ts";
import type { EngineState } from "./engine-state.ts";

const stopGraceMs = 6_000;

/** Ends an engine; see `Engine.stop`. */
export async function stopEngine(
  engine: EngineState,
  mode: "leave" | "wait" | "stop",
  stopWatching: () => void,
): Promise<void> {
  if (engine.phase === "open") engine.phase = "draining";
  if (mode === "wait") while (isAtWork(engine)) await Promise.all(engine.working);
  if (engine.phase === "draining") engine.flush();
  const failed = engine.phase === "failed";
  if (!failed) engine.phase = "closed";
  if (mode === "stop") await stopAgents(engine);
  await withinGrace(engine, Promise.all([...engine.cleanUps.values()].flatMap((cleanUps) => [...cleanUps])));
  stopWatching();
  engine.deadlines.close();
  if (!failed) leaveStore(engine);
}

/** Results of its agents are taken in only as long as they can be stored. */
function isAtWork({ phase, working }: EngineState): boolean {
  return phase !== "failed" && working.size > 0;
}

/** If the holder cannot be removed now, it soon belongs to a dead process, which means the same. */
function leaveStore({ store, holderId }: EngineState): void {
  try {
    removeHolder(store, holderId);
  } catch (error) {
    if (storeFailure(error) === null) throw error;
  }
}

/** A hook may take a minute: stopping does not wait for it, and the next engine clears up what is left. */
async function withinGrace({ scheduler }: EngineState, work: Promise<unknown>): Promise<void> {
  const grace = Promise.withResolvers<void>();
  const stop = scheduler.after(stopGraceMs, grace.resolve);
  await Promise.race([work, grace.promise]);
  stop();
}

/** Their steps stay as they are: the next engine finds no results of them and runs the attempts again. */
async function stopAgents(engine: EngineState): Promise<void> {
  const running = [...engine.live.values()].flatMap((execution) =>
    execution.steps.filter(({ attempt }) => attempt !== null).map((step) => ({ execution, step })),
  );
  for (const { step } of running) step.abort?.abort();
  await Promise.all(engine.working);
  await Promise.all(running.map(({ execution, step }) => sweeperOf(engine, execution, step)()));
}
