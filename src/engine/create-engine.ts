import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readPrices } from "../collection/read-prices.ts";
import type { DispatchConfig } from "../dispatch/choose-dispatcher.ts";
import { createDispatchers, type Dispatchers } from "../dispatch/dispatchers.ts";
import type { SimulationClock } from "../dispatch/simulated.ts";
import { AppError } from "../errors.ts";
import { applyDeadline } from "../machine/apply-deadline.ts";
import { openStepQueue } from "../machine/step-queue.ts";
import { hasEnded } from "../execution/status.ts";
import type { Store } from "../store/database.ts";
import { getExecution } from "../store/executions.ts";
import { machineProcesses, type ProcessTable } from "../store/holder-process.ts";
import type { HolderKind } from "../store/leases.ts";
import { storeFailure } from "../store/store-failure.ts";
import { failWaiting, parkWhenDue } from "./hold-execution.ts";
import { openDeadlines, realAlarm, type Alarm } from "./deadlines.ts";
import type { Engine } from "./engine.ts";
import { isoTime } from "../machine/moment.ts";
import type { EngineState } from "./engine-state.ts";
import { flush } from "./flush.ts";
import { planFlush } from "./flush-plan.ts";
import { sweepEndedExecutions } from "./sweep-attempts.ts";
import type { LifecycleLog } from "../execution/lifecycle.ts";
import { keepWatch } from "./keep-watch.ts";
import { momentOf } from "./moment-of.ts";
import { registerEngine } from "./register-engine.ts";
import { recoverAll } from "./recover-all.ts";
import { takeOver } from "./recovery.ts";
import { rerunExecution, secretsOfRerun } from "./rerun.ts";
import { signalExecution } from "./signal-desk.ts";
import { realScheduler, type Scheduler } from "./scheduler.ts";
import { startExecution } from "./start.ts";
import { stopEngine } from "./stop-engine.ts";
import { failureOf, refuseInTrouble, troubleOf } from "./trouble.ts";

export interface EngineOptions {
  store: Store;
  /** Folder of skillmeat's data, absolute: the attempts' files lie in it. */
  home: string;
  /**
   * What this process is there for, as others see it. `serve` takes over whatever nobody drives, from its first
   * `recover` on; `command` drives nothing: what it starts is stored for another engine.
   */
  kind: HolderKind;
  /** Agents at once in this engine. */
  maxSteps?: number;
  /** Variables of this process that agents may see. */
  agentEnv?: Readonly<Record<string, string>>;
  /** Variables of this process for the providers of the agents' models. */
  providerEnv?: Readonly<Record<string, string>>;
  /** Of one step's log. */
  mostLogBytes?: number;
  /** Which dispatcher does an agent's work when neither the run nor its file names one. */
  dispatch?: DispatchConfig;
  /** Channel → webhook URL, for `notify`. */
  channels?: ReadonlyMap<string, string>;
  log?: LifecycleLog;
  /** Gets a sentence when something keeps the database from being written, and when that is over. */
  tell?: (message: string) => void;
  /** For tests: the clock, what wakes the engine, the processes of its machine, the ids and the dispatchers. */
  alarm?: Alarm;
  scheduler?: Scheduler;
  processes?: ProcessTable;
  newId?: () => string;
  dispatchers?: Dispatchers;
}

const defaultMaxSteps = 8;
const defaultLogBytes = 50 * 1024 * 1024;

/** An engine of this process, registered as a possible holder of leases. Throws what `registerEngine` throws. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  let reject: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, fails) => (reject = fails));
  // Whoever waits is told; that nobody waits is no unhandled error.
  failed.catch(() => {});
  const engine = newState(options, reject);
  const { store, holderId, alarm } = engine;
  const heartbeat_at = isoTime(alarm.now());
  const holder = { id: holderId, ...engine.processes.current(), kind: options.kind, heartbeat_at };
  registerEngine(store, holder, engine.processes.isAlive);
  const stopWatching = keepWatch(engine);
  // A command that only passes by is over before that would be.
  if (options.kind !== "command") sweepEndedExecutions(engine);
  return {
    giveUp: (error) => engine.fail(error),
    trouble: () => troubleOf(engine),
    failed,
    start: async (request) => {
      refuseInTrouble(engine);
      return startExecution(engine, request);
    },
    rerun: (runId, from, secrets) =>
      failingWithDatabase(engine, () => {
        refuseInTrouble(engine);
        return rerunExecution(engine, runId, from, secrets);
      }),
    secretsOfRerun: (runId, from) => secretsOfRerun(engine, runId, from),
    signal: (runId, signal) => failingWithDatabase(engine, () => signalExecution(engine, runId, signal)),
    takeOver: (runId) =>
      failingWithDatabase(engine, () => {
        refuseInTrouble(engine);
        const outcome = takeOver(engine, runId);
        if (outcome === "missing") throw new AppError("not_found", `there is no execution "${runId}"`);
        return outcome;
      }),
    recover: () =>
      failingWithDatabase(engine, () => {
        refuseInTrouble(engine);
        engine.takesOver = options.kind === "serve";
        return recoverAll(engine);
      }),
    subscribe: (listener) => {
      engine.listeners.add(listener);
      return () => engine.listeners.delete(listener);
    },
    followPartials: (listener) => {
      engine.partialListeners.add(listener);
      return () => engine.partialListeners.delete(listener);
    },
    ended: (runId) => waitForEnd(engine, runId),
    stop: (mode) => stopEngine(engine, mode, stopWatching),
  };
}

/**
 * What a database that fails for good has still written is unknown, a lease for example: the engine ends with it,
 * whoever comes upon it.
 */
async function failingWithDatabase<T>(engine: EngineState, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (storeFailure(error) === "fatal") engine.fail(error);
    throw error;
  }
}

function newState(options: EngineOptions, reject: (error: unknown) => void): EngineState {
  const alarm = options.alarm ?? realAlarm;
  const newId = options.newId ?? (() => Bun.randomUUIDv7());
  const engine: EngineState = {
    store: options.store,
    holderId: newId(),
    attemptsDir: join(options.home, "attempts"),
    worktreesDir: join(options.home, "worktrees"),
    secretsDir: join(options.home, "secrets"),
    agentEnv: options.agentEnv ?? {},
    providerEnv: options.providerEnv ?? {},
    alarm,
    scheduler: options.scheduler ?? realScheduler,
    processes: options.processes ?? machineProcesses,
    drives: options.kind !== "command",
    mostLogBytes: options.mostLogBytes ?? defaultLogBytes,
    newId,
    log: options.log ?? (() => {}),
    dispatcher: options.dispatchers ?? createDispatchers(realClock, options.home, options.dispatch?.acp),
    dispatch: options.dispatch ?? { default: "claude-code", agents: new Map() },
    prices: () => readPrices(options.home),
    channel: (name) => options.channels?.get(name) ?? null,
    live: new Map(),
    blueprints: new Map(),
    queue: openStepQueue(options.maxSteps ?? defaultMaxSteps),
    deadlines: openDeadlines(alarm, (keys) => fireDeadlines(engine, keys)),
    dirty: new Set(),
    created: new Set(),
    listeners: new Set(),
    partialListeners: new Set(),
    cleanUps: new Map(),
    waiters: new Map(),
    unwritten: null,
    hindrance: null,
    tell: options.tell ?? (() => {}),
    unreadable: new Set(),
    takesOver: false,
    recovering: null,
    working: new Set(),
    isFlushPlanned: false,
    isSoonPlanned: false,
    phase: "open",
    failure: null,
    flush: () => flush(engine),
    fail: (error) => {
      if (engine.phase === "failed") return;
      engine.phase = "failed";
      engine.failure = failureOf(error, options.store.path);
      reject(engine.failure);
      tellFailed(engine, engine.failure);
    },
  };
  return engine;
}

/** Everybody who waits for something to be on disk, or for an end, is told that it will not be. */
function tellFailed(engine: EngineState, failure: unknown): void {
  for (const { changes } of engine.unwritten?.written ?? []) failWaiting(changes.waiting, failure);
  for (const { changes } of engine.live.values()) failWaiting(changes.waiting, failure);
  for (const waiting of engine.waiters.values()) for (const { fail } of waiting) fail(failure);
  engine.waiters.clear();
}

const realClock: SimulationClock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
};

function fireDeadlines(engine: EngineState, keys: readonly string[]): void {
  for (const key of keys) {
    const [runId = "", stageId] = key.split("/");
    const execution = engine.live.get(runId);
    const step = stageId === undefined ? null : execution?.byId.get(stageId);
    if (!execution || step === undefined) continue;
    // Its state has just changed: this was the deadline of the one before, the new one's is set with the commit.
    if (step && step.leftMs !== null) continue;
    applyDeadline(execution, step, momentOf(engine));
    if (step) parkWhenDue(engine, execution, step);
    planFlush(engine, execution);
  }
}

function waitForEnd(engine: EngineState, runId: string): Promise<void> {
  const isGone = !engine.live.has(runId) && !engine.cleanUps.has(runId);
  if (isGone && hasEnded(getExecution(engine.store, runId).status)) return Promise.resolve();
  return new Promise((wake, fail) => {
    engine.waiters.set(runId, [...(engine.waiters.get(runId) ?? []), { wake, fail }]);
  });
}
