import type { DispatchControl, StageDispatcher, StageRequest, StageResult } from "../dispatch/dispatcher.ts";
import type { Checker } from "./checker.ts";
import type { AgentPlan, StagePlan } from "./scenario.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import { workflowOf } from "./workflow-definition.ts";
import type { Agent, World } from "./world.ts";

/** The agents of a simulated machine. They are programs of their own: they outlive the engine that has started them. */
export interface SimulatedAgents {
  dispatcherOf(process: SimulatedProcess): StageDispatcher;
  /** All of them are gone, and have left nothing that they had not left before. */
  endAll(): void;
}

/** An engine's process that waits for an agent. */
interface Follower {
  process: SimulatedProcess;
  control: DispatchControl;
  resolve: (result: StageResult) => void;
  /** How many lines it has passed on. */
  passed: number;
}

/** What becomes of one attempt's agent, and who follows it. */
interface Place {
  agent: Agent;
  followers: Follower[];
}

/** Bytes of one line in an attempt's log file. */
const lineBytes = 16;

/** What there is of agents on the machine. */
interface AgentsState {
  world: World;
  checker: Checker;
  /** By attempt. */
  places: Map<string, Place>;
  /** By attempt: how many agents it has had. */
  lives: Map<string, number>;
}

export function simulateAgents(world: World, checker: Checker): SimulatedAgents {
  const state: AgentsState = { world, checker, places: new Map(), lives: new Map() };
  const { places } = state;
  return {
    dispatcherOf: (process) => ({
      name: "scripted",
      dispatch: async (request, control) => dispatch(state, process, request, control),
      readopt: async (request, control) => readopt(state, process, request, control),
      livedMs: ({ attempt_id }) => {
        const agent = places.get(attempt_id)?.agent;
        return agent?.phase === "runs" ? world.time.nowMs() - (agent.startedAtMs ?? 0) : null;
      },
      sweep: async ({ attempt_id }) => {
        if (!process.act()) return;
        if (hasBudgets(world.scenario)) await pause(world, process, world.draw.upTo(40));
        const place = places.get(attempt_id);
        checker.seeSweep(process, attempt_id, place?.agent ?? null);
        if (place) end(state, place, null);
        places.delete(attempt_id);
      },
    }),
    endAll: () => {
      for (const place of places.values()) end(state, place, null);
    },
  };
}

/** Only there an attempt begins again whose agent has ended. */
function hasBudgets({ workflows }: World["scenario"]): boolean {
  return workflows.some(({ stages }) =>
    stages.some(({ agents }) => agents.some(({ spends = 0 }) => spends > 0)),
  );
}

function pause({ time }: World, process: SimulatedProcess, ms: number): Promise<void> {
  return new Promise((resolve) => {
    time.at(time.nowMs() + ms, process, resolve);
  });
}

function dispatch(
  state: AgentsState,
  process: SimulatedProcess,
  request: StageRequest,
  control: DispatchControl,
): Promise<StageResult> {
  const { world, checker, places } = state;
  const { time, draw, scenario } = world;
  const { promise, resolve } = Promise.withResolvers<StageResult>();
  if (!process.act()) return promise;
  checker.seeDispatch(process, request);
  if (control.signal.aborted) return Promise.resolve(failure("cancelled", "stopped"));
  const { waits_ms } = planOf(world, request);
  const letTimeRun = waits_ms > 0 || draw.chance(20) ? control.holdTime?.() : undefined;
  const cancel = time.at(time.nowMs() + waits_ms + draw.upTo(12), process, () => {
    control.signal.removeEventListener("abort", stop);
    letTimeRun?.();
    // Whoever comes second finds the folder of the attempt taken, and follows the agent of whoever was first.
    const known = places.get(request.attempt_id);
    const isTaken = scenario.faults.some(({ kind }) => kind === "mistake") && known && isLive(known.agent);
    follow(state, isTaken ? known : launch(state, request), { process, control, resolve });
  });
  const stop = (): void => {
    cancel();
    resolve(failure("cancelled", "stopped"));
  };
  control.signal.addEventListener("abort", stop, { once: true });
  return promise;
}

function readopt(
  state: AgentsState,
  process: SimulatedProcess,
  request: StageRequest,
  control: DispatchControl,
): Promise<StageResult | "gone" | "unbegun"> {
  const { time, draw } = state.world;
  const { promise, resolve } = Promise.withResolvers<StageResult | "gone" | "unbegun">();
  if (!process.act()) return promise;
  state.checker.seeReadopt(process, request);
  time.at(time.nowMs() + draw.upTo(4), process, () => {
    const place = state.places.get(request.attempt_id);
    if (!place) return resolve("unbegun");
    // What has not claimed the attempt yet is ended, or is waited for.
    if (place.agent.phase === "launched" && draw.chance(50)) {
      end(state, place, null);
      return resolve("unbegun");
    }
    if (place.agent.phase === "gone") return resolve("gone");
    follow(state, place, { process, control, resolve });
  });
  return promise;
}

function launch(state: AgentsState, request: StageRequest): Place {
  const { world, places, lives } = state;
  const { attempt_id, run_id, stage_id, attempt } = request;
  const life = (lives.get(attempt_id) ?? 0) + 1;
  lives.set(attempt_id, life);
  const plan = planOf(world, request);
  const agent: Agent = {
    attempt_id,
    run_id,
    stage_id,
    attempt,
    life,
    plan,
    stage: stageOf(world, request),
    startedAtMs: null,
    endedAtMs: null,
    phase: "launched",
    takenAtMs: null,
    result: null,
  };
  const place: Place = { agent, followers: [] };
  places.set(attempt_id, place);
  if (plan.begins_ms === 0) begin(state, place);
  else world.time.at(world.time.nowMs() + plan.begins_ms, world.nature, () => begin(state, place));
  return place;
}

function begin(state: AgentsState, place: Place): void {
  const { world, checker } = state;
  const { agent, followers } = place;
  const { plan } = agent;
  if (agent.phase !== "launched") return;
  agent.phase = "runs";
  agent.startedAtMs = world.time.nowMs();
  checker.seeAgentBegin(agent);
  world.history.agents.push(agent);
  for (const follower of followers) readLines(world, agent, follower);
  if (plan.ends === "hang" || plan.ends === "stubborn") return;
  const result = plan.ends === "vanish" ? null : resultOf(agent);
  const endsAtMs = agent.startedAtMs + plan.ms;
  const told = result && { ...result, ...usageOf(agent, endsAtMs) };
  world.time.at(endsAtMs, world.nature, () => end(state, place, told));
}

/** Null: it leaves no result. Of one that has not begun nothing is left. */
function end({ world, places }: AgentsState, { agent, followers }: Place, result: StageResult | null): void {
  if (!isLive(agent)) return;
  if (agent.phase === "launched") places.delete(agent.attempt_id);
  agent.phase = result ? "ended" : "gone";
  agent.result = result;
  agent.endedAtMs = world.time.nowMs();
  for (const follower of followers) tellEnd(world, agent, follower);
}

function isLive({ phase }: Agent): boolean {
  return phase === "launched" || phase === "runs";
}

function tellEnd({ time, draw }: World, agent: Agent, follower: Follower): void {
  time.at(time.nowMs() + agent.plan.told_ms + draw.upTo(6), follower.process, () => {
    pass(agent, follower, agent.result && agent.startedAtMs !== null ? agent.plan.lines : follower.passed);
    agent.takenAtMs = time.nowMs();
    follower.resolve(agent.result ?? failure("agent_error", "it ended without a result"));
  });
}

/** Passes lines on, up to a number of them. */
function pass(agent: Agent, follower: Follower, upTo: number): void {
  for (let line = follower.passed; line < upTo; line++) {
    follower.control.log.write("stdout", lineOf(agent, line), (line + 1) * lineBytes);
    follower.passed = line + 1;
  }
}

function follow(state: AgentsState, place: Place, given: Omit<Follower, "passed">): void {
  const { world } = state;
  const { agent } = place;
  const { process, control } = given;
  const follower: Follower = { ...given, passed: control.log.offsets.stdout / lineBytes };
  if (!isLive(agent)) return tellEnd(world, agent, follower);
  place.followers.push(follower);
  if (agent.phase === "runs") readLines(world, agent, follower);
  const stop = (): void => {
    if (process.isAlive) tellToStop(state, place);
  };
  if (control.signal.aborted) stop();
  else control.signal.addEventListener("abort", stop, { once: true });
}

/** Passes lines on as the agent writes them. */
function readLines({ time }: World, agent: Agent, follower: Follower): void {
  const { plan, startedAtMs } = agent;
  for (let line = 0; line < plan.lines; line++) {
    const writtenAtMs = (startedAtMs ?? 0) + (plan.ms * (line + 1)) / (plan.lines + 1);
    time.at(writtenAtMs, follower.process, () => {
      if (agent.phase !== "runs") return;
      pass(agent, follower, line + 1);
      follower.control.spend?.(usageOf(agent, time.nowMs()));
    });
  }
}

/** The tokens that it has used up to now. */
function usageOf({ plan, startedAtMs }: Agent, nowMs: number): Pick<StageResult, "usage"> {
  const { spends = 0, ms } = plan;
  const share = startedAtMs === null ? 0 : ms === 0 ? 1 : Math.min(1, (nowMs - startedAtMs) / ms);
  if (spends === 0) return {};
  const input = Math.floor(spends * share);
  return { usage: { input, cache_read: 7, cache_write: 0, output: 0, cost_micro_usd: 0, basis: "unknown" } };
}

function tellToStop(state: AgentsState, place: Place): void {
  const { agent } = place;
  const { time, draw, nature } = state.world;
  if (!isLive(agent)) return;
  time.at(time.nowMs() + draw.upTo(30), nature, () => {
    const isStubborn = agent.plan.ends === "stubborn" && agent.phase === "runs";
    const result = isStubborn ? resultOf(agent) : failure("agent_error", "ended by signal 15");
    end(state, place, { ...result, ...usageOf(agent, time.nowMs()) });
  });
}

const atOnce = { waits_ms: 0, begins_ms: 0, told_ms: 0 };
const summing: AgentPlan = { ends: "well", ms: 20, lines: 0, ...atOnce };
const unplanned: AgentPlan = { ends: "well", ms: 0, lines: 0, ...atOnce };

function planOf(world: World, request: StageRequest): AgentPlan {
  if (request.attempt_id.endsWith("/summary")) return summing;
  const { agents } = stageOf(world, request);
  return agents[Math.min(request.attempt, agents.length) - 1] ?? unplanned;
}

/** What the text of a line says: whose it is and which one. */
export function lineOf({ attempt_id, life }: Agent, line: number): string {
  return `${attempt_id}#${life}:${line}`;
}

function stageOf({ scenario }: World, { agent_ref, stage_id }: StageRequest): StagePlan {
  const workflow = scenario.workflows[workflowOf(agent_ref)];
  const stage = workflow?.stages.find(({ id }) => id === stage_id);
  if (!stage) throw new Error(`no workflow of the scenario has the stage "${stage_id}" of "${agent_ref}"`);
  return stage;
}

/** Each result says which agent has given it. */
function resultOf({ attempt_id, life, plan }: Agent): StageResult {
  switch (plan.ends) {
    case "badly":
      return failure("agent_error", "it failed");
    case "for_good":
      return failure("auth_failure", "it may not");
    case "without_outputs":
      return { ok: true, outputs: {}, warnings: [] };
    default:
      return { ok: true, outputs: { given: `${attempt_id}#${life}` }, text: "done", warnings: [] };
  }
}

function failure(errorClass: string, message: string): StageResult {
  return { ok: false, error: { class: errorClass, message }, warnings: [] };
}
