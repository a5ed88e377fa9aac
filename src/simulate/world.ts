import type { StageBlueprint } from "../machine/blueprint.ts";
import type { LoadedExecution } from "../store/executions.ts";
import type { LifecycleEntry } from "../execution/lifecycle.ts";
import type { StoredEvent } from "../execution/event.ts";
import type { SignalAnswer } from "../execution/signal.ts";
import type { StageRequest, StageResult } from "../dispatch/dispatcher.ts";
import type { Draw } from "../testing/random-definition.ts";
import type { Action, AgentPlan, Scenario, StagePlan } from "./scenario.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import type { Owner, SimulatedTime } from "./simulated-time.ts";
import type { InvariantName } from "./invariants.ts";

/** Everything of one simulated history. */
export interface World {
  readonly scenario: Scenario;
  readonly draw: Draw;
  readonly time: SimulatedTime;
  readonly disk: SimulatedDisk;
  /** Owns what happens outside of all processes. */
  readonly nature: Owner;
  readonly history: History;
  /** By the hash of their snapshot: what follows from a definition. */
  readonly stages: Map<string, StageBlueprint[]>;
  /** Says that an invariant does not hold. */
  violate(invariant: InvariantName, message: string): void;
}

export interface Violation {
  invariant: InvariantName;
  message: string;
  at_ms: number;
}

/** What was seen from outside, for the checker. */
export interface History {
  violations: Violation[];
  /** In the order of their starts in the scenario; a rerun is a start, too. */
  runs: KnownRun[];
  calls: Call[];
  /** Every agent that ever began, in order. */
  agents: Agent[];
  /** By attempt: when its agent was last asked for. */
  asked: Map<string, number>;
  /** By run: what listeners were told. */
  announced: Map<string, StoredEvent[]>;
  /** Between which events a pause holds for certain; `until` null: it holds still. */
  pauses: { run_id: string; after: number; until: number | null }[];
  /** After which event a cancel is acknowledged. */
  cancels: { run_id: string; after: number }[];
  readers: Reader[];
}

export interface KnownRun {
  /** Empty until it is known. */
  run_id: string;
  state: "asked" | "acknowledged" | "refused" | "unknown";
}

/** Something that was asked of an engine. */
export interface Call {
  action: Action;
  run_id: string;
  process: SimulatedProcess;
  outcome: "open" | "answered" | "refused";
  answer: SignalAnswer | null;
}

/** Somebody who follows the feed: what was seen of each execution. */
export interface Reader {
  seen: Map<string, StoredEvent[]>;
}

/** The program that does an attempt: it outlives its engine. */
export interface Agent {
  attempt_id: string;
  run_id: string;
  stage_id: string;
  attempt: number;
  /** Which agent of the same attempt it is, from 1. */
  life: number;
  plan: AgentPlan;
  stage: StagePlan;
  /** `launched`: its program is to show up. One that is `gone` before it has begun was withdrawn. */
  phase: "launched" | "runs" | "ended" | "gone";
  /** Null until its program shows up. */
  startedAtMs: number | null;
  endedAtMs: number | null;
  /** When an engine got its result. */
  takenAtMs: number | null;
  result: StageResult | null;
}

export type AskedAttempt = Pick<StageRequest, "attempt_id" | "run_id" | "stage_id" | "attempt" | "agent_ref">;
export type LogEntry = LifecycleEntry;

/** One execution as it is stored, with its whole sequence. */
export interface StoredRun {
  runId: string;
  loaded: LoadedExecution;
  feed: StoredEvent[];
  stages: StageBlueprint[];
}

export function wasClockSet({ scenario }: World): boolean {
  return scenario.faults.some(({ kind }) => kind === "clock");
}
