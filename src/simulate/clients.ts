import type { Engine } from "../engine/engine.ts";
import type { Signal } from "../execution/signal.ts";
import type { Checker } from "./checker.ts";
import type { Machine } from "./machine.ts";
import type { LiveRun } from "./run-scenario.ts";
import type { Action, Actor } from "./scenario.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import { startRequest } from "./workflow-definition.ts";
import type { Call, KnownRun, World } from "./world.ts";

/** Those who ask engines for something: at a page, by the API, on the command line. */
export interface Clients {
  perform(action: Action): void;
  /** Helps what stands still to its end: somebody resumes what is paused, and decides some of the gates. */
  settle(live: readonly LiveRun[]): void;
  /** True when nobody waits for an answer of a process that lives. */
  isQuiet(): boolean;
  openCalls(): string[];
}

/** Who decides the gates that nobody else decides; every list of approvers has the name. */
const settler = "ann";
const decidedPercent = 10;
/** More tokens than all agents of a history use. */
const enough = 1_000_000;

interface ClientsState {
  world: World;
  checker: Checker;
  machine: Machine;
  /** The starts of the scenario: each has its place among the runs. */
  starts: Action[];
}

export function openClients(world: World, checker: Checker, machine: Machine): Clients {
  const { history, scenario } = world;
  const starts = scenario.actions.filter(({ kind }) => kind === "start" || kind === "rerun");
  history.runs = starts.map((): KnownRun => ({ run_id: "", state: "unknown" }));
  const state: ClientsState = { world, checker, machine, starts };
  return {
    perform: (action) => perform(state, action),
    settle: (live) => settle(state, live),
    isQuiet: () => openCalls(world).length === 0,
    openCalls: () => openCalls(world).map(({ action, run_id }) => `${action.kind} of ${run_id}`),
  };
}

function perform(state: ClientsState, action: Action): void {
  const { world, checker, starts } = state;
  const { history } = world;
  if (action.kind === "start" || action.kind === "rerun") {
    const run = history.runs[starts.indexOf(action)];
    if (run) withProcess(state, action.by, (process) => begin(state, process, action, run));
    return;
  }
  if (action.kind === "stop") return stop(state, action);
  const runId = history.runs[action.run]?.run_id ?? "";
  if (runId === "") return;
  if (action.kind === "resume") checker.seeResume(runId);
  withProcess(state, action.by, (process) => {
    if (action.kind !== "take_over") return signal(state, process, action, runId);
    return ask(
      state,
      callOf(process, action, runId),
      (engine) => engine.takeOver(runId),
      () => {},
    );
  });
}

function begin(
  state: ClientsState,
  process: SimulatedProcess,
  action: Action & { kind: "start" | "rerun" },
  run: KnownRun,
): Promise<void> {
  const { world, checker } = state;
  if (action.kind === "start") return start(state, process, action, run);
  const earlier = world.history.runs[action.run]?.run_id ?? "";
  if (earlier === "") return Promise.resolve();
  const rerun = (engine: Engine): Promise<string> => engine.rerun(earlier, action.from);
  return ask(state, callOf(process, action, earlier), rerun, (runId) => {
    run.run_id = runId;
    checker.seeStart(run);
  });
}

async function start(
  state: ClientsState,
  process: SimulatedProcess,
  action: Action & { kind: "start" },
  run: KnownRun,
): Promise<void> {
  const { world, checker, machine } = state;
  const plan = world.scenario.workflows[action.workflow];
  if (!plan) return;
  run.run_id = machine.newId();
  run.state = "asked";
  const call = callOf(process, action, run.run_id);
  const request = startRequest(plan, action.workflow, run.run_id);
  await ask(
    state,
    call,
    (engine) => engine.start(request),
    () => checker.seeStart(run),
  );
  if (call.outcome === "refused" && !world.scenario.faults.some(isUncertain)) run.state = "refused";
}

async function signal(
  state: ClientsState,
  process: SimulatedProcess,
  action: Action,
  runId: string,
): Promise<void> {
  const call = callOf(process, action, runId);
  const wish = signalOf(action);
  if (!wish) return;
  await ask(
    state,
    call,
    (engine) => engine.signal(runId, wish),
    (answer) => {
      call.answer = answer;
      state.checker.seeAnswer(call, answer);
    },
  );
}

/** Asks, keeps what comes of it, and has whoever asked told. */
async function ask<T>(
  { world, checker }: ClientsState,
  call: Call,
  work: (engine: Engine) => Promise<T>,
  answered: (value: T) => void,
): Promise<void> {
  const { process } = call;
  world.history.calls.push(call);
  if (!process.engine) return;
  try {
    const value = await work(process.engine);
    if (!process.isAlive) return;
    call.outcome = "answered";
    answered(value);
  } catch (error) {
    if (!process.isAlive) return;
    call.outcome = "refused";
    checker.seeRefusal(call, error);
  }
}

function withProcess(
  { machine }: ClientsState,
  by: Actor,
  work: (process: SimulatedProcess) => Promise<void>,
): void {
  if (by !== "command") {
    const process = machine.process(by);
    if (process) void work(process);
    return;
  }
  const leave = async (process: SimulatedProcess): Promise<void> => {
    await work(process);
    await process.engine?.stop("leave");
    machine.end(process, null);
  };
  // A command that cannot open the database says so and has done nothing; one that dies has nobody who would know.
  machine
    .openCommand()
    .then(leave)
    .catch(() => {});
}

function stop({ machine }: ClientsState, { by, mode, down_ms }: Action & { kind: "stop" }): void {
  const process = machine.process(by);
  if (!process?.engine) return;
  process.isStopping ||= mode === "stop";
  const over = (): void => machine.end(process, down_ms);
  void process.engine.stop(mode).then(over, over);
}

function settle(state: ClientsState, live: readonly LiveRun[]): void {
  const { world, checker, machine } = state;
  const server = machine.process(0);
  if (!server) return;
  const common = { at_ms: 0, by: 0, run: 0 };
  for (const { run_id, status, waiting_gates, pause_reason } of live) {
    if (openCalls(world).some((call) => call.run_id === run_id)) continue;
    if (status === "paused") {
      checker.seeResume(run_id);
      const more = pause_reason === "budget" ? { budget: enough } : {};
      void signal(state, server, { ...common, kind: "resume", ...more }, run_id);
    }
    const [stage_id] = waiting_gates;
    if (stage_id === undefined || !world.draw.chance(decidedPercent)) continue;
    void signal(state, server, { ...common, kind: "approve", stage_id, actor: settler }, run_id);
  }
}

function callOf(process: SimulatedProcess, action: Action, runId: string): Call {
  return { process, action, run_id: runId, outcome: "open", answer: null };
}

/** Of those who wait for a process that lives. */
function openCalls({ history }: World): Call[] {
  return history.calls.filter(({ outcome, process }) => outcome === "open" && process.isAlive);
}

/** What was refused may have been stored all the same: the database failed only after the commit. */
function isUncertain(fault: World["scenario"]["faults"][number]): boolean {
  return fault.kind === "failure" && fault.code === "IOERR";
}

function signalOf(action: Action): Signal | null {
  switch (action.kind) {
    case "pause":
      return { type: "pause" };
    case "resume":
      return {
        type: "resume",
        ...(action.budget === undefined ? {} : { budget: { tokens: action.budget } }),
      };
    case "cancel":
      return { type: "cancel", reason: null };
    case "approve":
    case "reject":
      return { type: action.kind, stage_id: action.stage_id, actor: action.actor, comment: null };
    default:
      return null;
  }
}
