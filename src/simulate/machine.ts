import type { Engine } from "../engine/engine.ts";
import type { HolderKind } from "../store/leases.ts";
import type { Checker } from "./checker.ts";
import type { CrashFault, Fault } from "./scenario.ts";
import { simulateAgents, type SimulatedAgents } from "./simulated-agents.ts";
import {
  makeProcess,
  openProcess,
  type Counters,
  type ProcessOptions,
  type SimulatedProcess,
} from "./simulated-process.ts";
import type { World } from "./world.ts";

/** The machine of a history: its processes, which die and are started again, and its agents. */
export interface Machine {
  /** Null while it is down. */
  process(place: number): SimulatedProcess | null;
  /** A process of its own for one command. */
  openCommand(): Promise<SimulatedProcess>;
  /** It has come to its end, and is started again after a while; null: for good. */
  end(process: SimulatedProcess, downMs: number | null): void;
  newId(): string;
  /** True when no process is down. */
  isQuiet(): boolean;
  counters(): readonly Counters[];
}

/** What supervises the processes starts one that has failed again after so long. */
const againMs = 200;

/** What there is of processes on the machine. */
interface MachineState {
  world: World;
  checker: Checker;
  agents: SimulatedAgents;
  places: PlaceState[];
  /** By process id. */
  living: Map<number, SimulatedProcess>;
  /** Until when all others take a process for dead. */
  mistaken: Map<number | "command", number>;
  hindrance: ProcessOptions["hindrance"];
  ids: number;
  pids: number;
}

/** A place of the scenario's processes: one life there follows the other. */
interface PlaceState {
  counters: Counters;
  /** Those that have not happened yet. */
  faults: Fault[];
  current: SimulatedProcess | null;
  isDown: boolean;
}

export function openMachine(world: World, checker: Checker): Machine {
  const { scenario, time, nature } = world;
  const state: MachineState = {
    world,
    checker,
    agents: simulateAgents(world, checker),
    places: scenario.processes.map((_plan, place) => ({
      counters: { commits: 0, operations: 0, acts: 0 },
      faults: scenario.faults.filter((fault) => "process" in fault && fault.process === place),
      current: null,
      isDown: true,
    })),
    living: new Map(),
    mistaken: new Map(),
    hindrance: { fullUntilMs: 0, lockedUntilMs: 0 },
    ids: 0,
    pids: 0,
  };
  for (const fault of scenario.faults) schedule(state, fault);
  state.places.forEach((_place, place) => time.at(0, nature, () => boot(state, place)));
  return {
    process: (place) => {
      const slot = state.places[place];
      return slot && !slot.isDown ? slot.current : null;
    },
    openCommand: async () => {
      const process = make(state, "command", "command");
      await open(state, process, "command");
      return process;
    },
    end: (process, downMs) => end(state, process, downMs),
    newId: () => newId(state),
    isQuiet: () => state.places.every(({ isDown }) => !isDown),
    counters: () => state.places.map(({ counters }) => counters),
  };
}

function newId(state: MachineState): string {
  return `00000000-0000-7000-8000-${String(++state.ids).padStart(12, "0")}`;
}

function make(state: MachineState, place: number | "command", kind: HolderKind): SimulatedProcess {
  const { world, places, living, hindrance } = state;
  const slot = place === "command" ? null : places[place];
  const plan = place === "command" ? null : world.scenario.processes[place];
  const process = makeProcess(world, {
    place,
    pid: ++state.pids,
    kind,
    maxSteps: plan?.max_steps ?? 1,
    counters: slot?.counters ?? { commits: 0, operations: 0, acts: 0 },
    faults: slot?.faults ?? [],
    crash: (dying, fault) => crash(state, dying, fault),
    hindrance,
  });
  living.set(process.pid, process);
  return process;
}

function open(state: MachineState, process: SimulatedProcess, kind: HolderKind): Promise<Engine> {
  const { world, agents, checker, living, mistaken } = state;
  const isAlive = (pid: number, asker: SimulatedProcess): boolean => {
    const asked = living.get(pid);
    if (!asked) return false;
    return asked === asker || (mistaken.get(asked.place) ?? 0) <= world.time.nowMs();
  };
  return openProcess(world, process, { kind, agents, checker, isAlive, newId: () => newId(state) });
}

function boot(state: MachineState, place: number): void {
  const { checker, world } = state;
  const slot = state.places[place];
  if (!slot || slot.current) return;
  const process = make(state, place, kindOf(place));
  slot.current = process;
  const opened = (engine: Engine): void => {
    slot.isDown = false;
    engine.failed.catch((error: unknown) => {
      if (!process.isAlive) return;
      checker.seeEngineFail(error);
      world.time.at(world.time.nowMs() + againMs, process, () => end(state, process, againMs));
    });
    goOn(state, process, engine);
  };
  open(state, process, kindOf(place)).then(opened, () => end(state, process, againMs));
}

function goOn(state: MachineState, process: SimulatedProcess, engine: Engine): void {
  const { time, history } = state.world;
  if (process.place !== 0) {
    // Somebody tells a foreground run that was started again to go on with everything; what it may not take it leaves.
    for (const { run_id } of history.runs) void engine.takeOver(run_id).catch(() => {});
    return;
  }
  engine.recover().catch(() => {
    if (process.isAlive) time.at(time.nowMs() + againMs, process, () => goOn(state, process, engine));
  });
}

function end(state: MachineState, process: SimulatedProcess, downMs: number | null): void {
  const { world, places, living } = state;
  if (!process.isAlive) return;
  process.isAlive = false;
  living.delete(process.pid);
  world.disk.rollBack();
  const { place } = process;
  const slot = place === "command" ? null : places[place];
  if (!slot || place === "command") return;
  slot.current = null;
  slot.isDown = true;
  if (downMs === null) return;
  world.time.at(world.time.nowMs() + downMs, world.nature, () => boot(state, place));
}

function crash(state: MachineState, process: SimulatedProcess, { takes, down_ms }: CrashFault): void {
  const { world, living, agents, checker } = state;
  const dying = takes === "machine" ? [...living.values()] : [process];
  for (const each of dying) end(state, each, each === process ? down_ms : down_ms + world.draw.upTo(50));
  if (takes !== "process") agents.endAll();
  if (takes !== "machine") return;
  world.disk.restart();
  checker.checkAll(false);
}

/** The others come when a process has done something so often. */
function schedule(state: MachineState, fault: Fault): void {
  const { time, nature } = state.world;
  const current = (place: number): SimulatedProcess | null => state.places[place]?.current ?? null;
  switch (fault.kind) {
    case "clock":
      return void time.at(fault.at_ms, nature, () => time.setWall(fault.by_ms));
    case "mistake":
      return void time.at(fault.at_ms, nature, () =>
        state.mistaken.set(fault.process, time.nowMs() + fault.ms),
      );
    case "stall":
      return void time.at(fault.at_ms, nature, () => {
        const process = current(fault.process);
        if (process) process.stalledUntilMs = time.nowMs() + fault.ms;
      });
    case "crash": {
      if (!("ms" in fault.when)) return;
      return void time.at(fault.when.ms, nature, () => {
        const process = current(fault.process);
        if (process) crash(state, process, fault);
      });
    }
    case "failure":
      return;
    default:
      fault satisfies never;
  }
}

/** The first process is the server, which takes over what nobody drives; there is one of a home. */
function kindOf(place: number): HolderKind {
  return place === 0 ? "serve" : "run";
}
