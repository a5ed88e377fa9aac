import { createEngine } from "../engine/create-engine.ts";
import type { Engine } from "../engine/engine.ts";
import type { HolderKind } from "../store/leases.ts";
import type { Checker } from "./checker.ts";
import type { CrashFault, Fault } from "./scenario.ts";
import type { SimulatedAgents } from "./simulated-agents.ts";
import { databaseError, ProcessDied, type DiskUser, type StatementKind } from "./simulated-disk.ts";
import type { Owner } from "./simulated-time.ts";
import type { World } from "./world.ts";

/** One life of a process with an engine in it. */
export interface SimulatedProcess extends Owner, DiskUser {
  readonly place: number | "command";
  readonly pid: number;
  readonly maxSteps: number;
  isAlive: boolean;
  /** Null until its engine is open. */
  engine: Engine | null;
  /** True when it is being stopped with its agents. */
  isStopping: boolean;
  /** Attempts of earlier engines that it has taken over. */
  adopted: Set<string>;
  /** Attempts that it has begun itself, not taken over from an earlier engine. */
  begun: Set<string>;
  /** It is about to do something that can be seen from outside; false: it has died, and that is not done any more. */
  act(): boolean;
}

/** What is counted over all lives of a process, so that a fault hits it once. */
export interface Counters {
  commits: number;
  operations: number;
  acts: number;
}

export interface ProcessOptions {
  place: number | "command";
  pid: number;
  kind: HolderKind;
  maxSteps: number;
  counters: Counters;
  /** Faults of this process that have not happened yet. */
  faults: Fault[];
  crash(process: SimulatedProcess, fault: CrashFault): void;
  /** True while the disk is full, or somebody keeps the database locked. */
  hindrance: { fullUntilMs: number; lockedUntilMs: number };
}

export function makeProcess(world: World, options: ProcessOptions): SimulatedProcess {
  const { place, pid, maxSteps, counters, faults, crash } = options;
  const { fail, failLate } = openFailures(world, options);

  /** True when it has just died. */
  function crashWhere(holds: (when: CrashFault["when"]) => boolean): boolean {
    const fault = faults.find((each) => each.kind === "crash" && holds(each.when));
    if (fault?.kind !== "crash") return false;
    faults.splice(faults.indexOf(fault), 1);
    crash(process, fault);
    return true;
  }

  /** Nothing that its code does with the database from now on may seem to have been done. */
  function diesWhere(holds: (when: CrashFault["when"]) => boolean): void {
    if (crashWhere(holds)) throw new ProcessDied("this process has just died");
  }

  const process: SimulatedProcess = {
    place,
    pid,
    maxSteps,
    isAlive: true,
    stalledUntilMs: 0,
    engine: null,
    isStopping: false,
    adopted: new Set(),
    begun: new Set(),
    act: () => {
      if (!process.isAlive) return false;
      counters.acts++;
      return !crashWhere((when) => "act" in when && when.act === counters.acts);
    },
    use: (kind) => {
      counters.operations++;
      diesWhere((when) => "operation" in when && when.operation === counters.operations);
      fail(kind);
    },
    commit: (side) => {
      if (side === "before") counters.commits++;
      diesWhere((when) => "commit" in when && when.commit === counters.commits && when.side === side);
      if (side === "after") failLate();
    },
  };
  return process;
}

/** What a use of the database is refused with, where a fault of the process or of the machine says so. */
function openFailures({ time }: World, { counters, faults, hindrance }: ProcessOptions) {
  let failsAfterCommit = false;
  return {
    fail: (kind: StatementKind): void => {
      const fault = faults.find((each) => each.kind === "failure" && each.operation <= counters.operations);
      if (fault?.kind === "failure") {
        faults.splice(faults.indexOf(fault), 1);
        if (fault.code === "FULL") hindrance.fullUntilMs = time.nowMs() + fault.lasts_ms;
        if (fault.code === "BUSY") hindrance.lockedUntilMs = time.nowMs() + fault.lasts_ms;
        if (fault.code === "IOERR" && kind === "commit" && fault.lasts_ms > 0) failsAfterCommit = true;
        else if (fault.code === "IOERR" && kind !== "other") throw databaseError("IOERR");
      }
      const writes = kind === "write" || kind === "alone" || kind === "commit";
      if (writes && time.nowMs() < hindrance.fullUntilMs) throw databaseError("FULL");
      const locks = kind === "begin" || kind === "alone";
      if (locks && time.nowMs() < hindrance.lockedUntilMs) throw databaseError("BUSY");
    },
    /** The commit is on the disk, and is reported as failed. */
    failLate: (): void => {
      if (!failsAfterCommit) return;
      failsAfterCommit = false;
      throw databaseError("IOERR");
    },
  };
}

/** Opens the engine of a process; rejects as `createEngine` does. */
export async function openProcess(
  world: World,
  process: SimulatedProcess,
  {
    kind,
    agents,
    checker,
    isAlive,
    newId,
  }: {
    kind: HolderKind;
    agents: SimulatedAgents;
    checker: Checker;
    isAlive: (pid: number, asker: SimulatedProcess) => boolean;
    newId: () => string;
  },
): Promise<Engine> {
  const dispatcher = agents.dispatcherOf(process);
  const engine = await createEngine({
    store: world.disk.open(process),
    home: "/nowhere/simulated",
    kind,
    maxSteps: process.maxSteps,
    alarm: world.time.alarmOf(process),
    scheduler: world.time.schedulerOf(process),
    processes: {
      current: () => ({ pid: process.pid, process_start: String(process.pid), boot_id: "simulated" }),
      isAlive: ({ pid }) => isAlive(pid, process),
    },
    newId,
    dispatchers: () => dispatcher,
    log: (entry) => {
      if (process.act()) checker.seeLog(process, entry);
    },
  });
  engine.subscribe((events) => {
    if (process.act()) checker.seeAnnouncement(process, events);
  });
  process.engine = engine;
  return engine;
}
