import { drawFrom } from "../testing/random-definition.ts";
import { hasEnded, type ExecutionStatus, type PauseReason } from "../execution/status.ts";
import { openChecker } from "./checker.ts";
import { openClients, type Clients } from "./clients.ts";
import type { InvariantName } from "./invariants.ts";
import { openMachine, type Machine } from "./machine.ts";
import { openReader } from "./readers.ts";
import type { Scenario } from "./scenario.ts";
import { simulateDisk } from "./simulated-disk.ts";
import { simulateTime } from "./simulated-time.ts";
import type { History, Violation, World } from "./world.ts";

/** What came of one simulated history. */
export interface Outcome {
  violations: Violation[];
  /** Of everything that was stored and when: the same scenario gives the same. */
  digest: string;
  /** How often the processes committed, over all their lives. */
  commits: number[];
  operations: number[];
  acts: number[];
  /** Its events, in the order of their commits: when, which execution, number, what, stage and attempt. */
  story: string[];
  /** Which kinds of events and faults there were. */
  coverage: ReadonlySet<string>;
}

/** How long everything may take once nothing more is done to it, in simulated time. */
const longestMs = 600_000;
/** How long is looked at it once everything has ended. */
const afterMs = 1_500;
const settleEveryMs = 500;

/** Lets a scenario happen, from the empty database to the end of every execution in it. */
export function runScenario(scenario: Scenario): Outcome {
  const draw = drawFrom(scenario.seed);
  const time = simulateTime(draw);
  const disk = simulateDisk(() => time.stir());
  const history: History = {
    violations: [],
    runs: [],
    calls: [],
    agents: [],
    asked: new Map(),
    announced: new Map(),
    pauses: [],
    cancels: [],
    readers: [],
  };
  const world: World = {
    scenario,
    draw,
    time,
    disk,
    history,
    stages: new Map(),
    nature: { isAlive: true, stalledUntilMs: 0 },
    violate: (invariant: InvariantName, message: string) => {
      history.violations.push({ invariant, message, at_ms: time.nowMs() });
    },
  };
  const checker = openChecker(world);
  const machine = openMachine(world, checker);
  const clients = openClients(world, checker, machine);
  for (const action of scenario.actions) {
    time.at(action.at_ms, world.nature, () => clients.perform(action));
  }
  for (let reader = 0; reader < scenario.readers; reader++) openReader(world);
  play(world, machine, clients);
  checker.checkAll(true);
  const outcome = outcomeOf(world, machine);
  disk.close();
  return outcome;
}

function play(world: World, machine: Machine, clients: Clients): void {
  const { time, scenario, history } = world;
  const failed = (error: unknown): void => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    world.violate("no_surprise", `this was thrown: ${text}`);
  };
  const isBroken = (): boolean => history.violations.length > 0;
  const lastMs = Math.max(...scenario.actions.map(({ at_ms }) => at_ms), 0) + 1;
  time.run(lastMs, isBroken, failed);
  const endMs = lastMs + longestMs;
  while (!isBroken() && time.nowMs() < endMs) {
    time.run(time.nowMs() + settleEveryMs, isBroken, failed);
    const live = liveRuns(world);
    if (live.length === 0 && machine.isQuiet() && clients.isQuiet()) break;
    clients.settle(live);
  }
  if (!isBroken() && !clients.isQuiet()) {
    world.violate("call_is_answered", `nobody has answered: ${clients.openCalls().join(", ")}`);
  }
  if (!isBroken()) time.run(time.nowMs() + afterMs, isBroken, failed);
}

export interface LiveRun {
  run_id: string;
  status: ExecutionStatus;
  waiting_gates: string[];
  pause_reason: PauseReason | null;
}

function liveRuns({ disk }: World): LiveRun[] {
  const rows = disk.store
    .prepare<{ id: string; status: ExecutionStatus; gates: string; reason: PauseReason | null }, []>(
      "SELECT id, status, waiting_gates_json AS gates, pause_reason AS reason FROM workflow_executions ORDER BY id",
    )
    .all();
  return rows
    .filter(({ status }) => !hasEnded(status))
    .map(({ id, status, gates, reason }) => ({
      run_id: id,
      status,
      waiting_gates: JSON.parse(gates) as string[],
      pause_reason: reason,
    }));
}

function outcomeOf({ disk, time, history, scenario }: World, machine: Machine): Outcome {
  const rows = disk.store.prepare<{ type: string; line: string }, []>(selectStory).all();
  const story = rows.map(({ line }) => line);
  const calls = history.calls.map(({ outcome, answer }) => `${outcome} ${answer?.message ?? ""}`);
  const text = [...story, ...calls, String(time.nowMs()), String(time.turns())].join("\n");
  const counters = machine.counters();
  return {
    violations: history.violations,
    digest: Bun.hash(text).toString(16),
    commits: counters.map(({ commits }) => commits),
    operations: counters.map(({ operations }) => operations),
    acts: counters.map(({ acts }) => acts),
    story,
    coverage: new Set([...rows.map(({ type }) => type), ...scenario.faults.map(({ kind }) => kind)]),
  };
}

const selectStory =
  "SELECT type, at || ' ' || ltrim(substr(execution_id, 25), '0') || ' ' || seq || ' ' || type || ' ' || " +
  "coalesce(stage_id, '') || ' ' || coalesce(attempt, '') || ' ' || data_json AS line FROM events ORDER BY id";
