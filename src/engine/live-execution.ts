import type { RunOptions, StepRecord } from "../execution/record.ts";
import type { SignalAnswer } from "../execution/signal.ts";
import type { ExecutionSnapshot } from "../execution/snapshot.ts";
import {
  noChanges as noMachineChanges,
  type Changes as MachineChanges,
  type ExecutionState,
  type StepState,
} from "../machine/execution-state.ts";
import type { LogFacts } from "../store/logs.ts";
import type { LogCut } from "../store/transitions.ts";
import type { StepLog } from "./step-log.ts";

/** One execution in this engine: the machines' state of it, and what is needed to run its agents and to store it. */
export interface LiveExecution extends ExecutionState {
  readonly steps: readonly LiveStep[];
  readonly byId: ReadonlyMap<string, LiveStep>;
  readonly timed: Set<LiveStep>;
  changes: Changes;
  /** The record's, in clear. */
  readonly options: RunOptions;
  /** What the blueprint is stored as. */
  snapshot: ExecutionSnapshot;
  /** How many of its secrets are stored for a later engine. */
  masksKept: number;
}

export interface LiveStep extends StepState {
  /** Opened by the first attempt that this engine follows. */
  log: StepLog | null;
  /** What the database had of its log when the execution was taken over; null: nothing. */
  storedLog: LogFacts | null;
  /** How far the attempt's own log files have been taken in, in bytes. */
  offsets: LogOffsets;
  /** Gives the agent that this process follows the answers that are stored; null: it follows none that asks. */
  tellAnswers: ((count: number) => void) | null;
  /** Stops that agent because it has waited long for an answer, which then starts it again; null: it is stopped. */
  park: (() => void) | null;
  /** Stops the agent that this process follows; null: it follows none. */
  abort: AbortController | null;
  /** The sweep of an attempt that goes on later: it is begun again only after it. */
  sweeping: Promise<void> | null;
}

export interface LogOffsets {
  stdout: number;
  stderr: number;
}

/** What the next commit has to write beside what the machines have changed. */
export interface Changes extends MachineChanges {
  steps: Set<LiveStep>;
  answers: { signal_id: string; answer: SignalAnswer }[];
  offsets: Map<LiveStep, LogOffsets>;
  cuts: LogCut[];
  /** Who waits for this commit. */
  waiting: CommitWaiter[];
  /** True: the lease is given back with it, whether the execution has ended or not. */
  release: boolean;
}

export interface CommitWaiter {
  /** It is on disk. */
  done: () => void;
  /** It never will be, here. */
  fail?: (error: unknown) => void;
}

/** Adds what this engine needs to the machines' state of an execution. The state becomes part of the result. */
export function makeLive(
  state: ExecutionState,
  {
    options,
    snapshot,
    offsets = new Map(),
    storedLog = () => null,
  }: {
    options: RunOptions;
    snapshot: ExecutionSnapshot;
    /** By stage; none: nothing of its log was taken in. */
    offsets?: ReadonlyMap<string, LogOffsets>;
    storedLog?: (step: StepRecord) => LogFacts | null;
  },
): LiveExecution {
  for (const step of state.steps) {
    const added: Omit<LiveStep, keyof StepState> = {
      offsets: offsets.get(step.record.stage_id) ?? { stdout: 0, stderr: 0 },
      abort: null,
      tellAnswers: null,
      park: null,
      sweeping: null,
      log: null,
      storedLog: storedLog(step.record),
    };
    Object.assign(step, added);
  }
  const added = { options, snapshot, masksKept: state.masks.secrets.size, changes: noChanges() };
  // Its steps have just been made into live ones.
  return Object.assign(state, added) as unknown as LiveExecution;
}

export function noChanges(): Changes {
  return {
    ...noMachineChanges(),
    steps: new Set(),
    answers: [],
    offsets: new Map(),
    cuts: [],
    waiting: [],
    release: false,
  };
}

export function hasChanges(changes: Changes): boolean {
  const { feed, answers, offsets, effects, waiting, cuts, steps, release } = changes;
  return (
    feed.length > 0 ||
    answers.length > 0 ||
    offsets.size > 0 ||
    effects.length > 0 ||
    waiting.length > 0 ||
    cuts.length > 0 ||
    steps.size > 0 ||
    release
  );
}
