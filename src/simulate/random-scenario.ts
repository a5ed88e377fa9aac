import { drawFrom, type Draw } from "../testing/random-definition.ts";
import type {
  Action,
  Actor,
  AgentPlan,
  CrashFault,
  Fault,
  Scenario,
  StagePlan,
  WorkflowPlan,
} from "./scenario.ts";

/** How long things are asked for and faults begin, in ms of a history. */
const spanMs = 4_000;

/** The scenario of a seed: the same seed, the same scenario. */
export function randomScenario(seed: number): Scenario {
  const draw = drawFrom(seed);
  const workflows = Array.from({ length: draw.chance(25) ? 2 : 1 }, () => randomWorkflow(draw));
  const processes = Array.from({ length: draw.chance(40) ? 2 : 1 }, () => ({ max_steps: 1 + draw.upTo(4) }));
  const actions = randomActions(draw, workflows, processes.length);
  const faults = randomFaults(draw, processes.length);
  const meddling = faults.flatMap((fault) => randomMeddling(draw, fault, actions));
  const scenario: Scenario = {
    seed,
    workflows,
    processes,
    actions: [...actions, ...meddling].toSorted((a, b) => a.at_ms - b.at_ms),
    faults,
    readers: draw.chance(50) ? 1 : 0,
  };
  // Drawn from numbers of their own, so that a seed without budgets stays the history that it was.
  const purse = drawFrom(seed ^ 0x5eed);
  const drawn = draw.chance(10) ? hinderedScenario(draw, scenario) : scenario;
  return purse.chance(25) ? withBudgets(purse, drawn) : drawn;
}

/** Agents use tokens, of which there are not enough; some of those who resume what is paused give more. */
function withBudgets(draw: Draw, scenario: Scenario): Scenario {
  const spending = (agent: AgentPlan): AgentPlan => ({ ...agent, spends: draw.upTo(100) });
  const ofStage = (stage: StagePlan): StagePlan => ({
    ...stage,
    agents: stage.agents.map(spending),
    ...(stage.gate === null && draw.chance(25) ? { budget: 20 + draw.upTo(150) } : {}),
  });
  // Who is in a hurry raises it while agents are still being stopped.
  const [isHurried, fromMs] = [draw.chance(40), 100 + draw.upTo(700)];
  const resumes = Array.from({ length: isHurried ? 15 : draw.upTo(3) }, (_, at): Action => ({
    at_ms: isHurried ? fromMs + at * 20 : 200 + draw.upTo(spanMs),
    kind: "resume",
    by: randomActor(draw, scenario.processes.length),
    run: 0,
    ...(draw.chance(50) ? { budget: 50 + draw.upTo(400) } : {}),
  }));
  return {
    ...scenario,
    workflows: scenario.workflows.map((workflow) => ({
      ...workflow,
      stages: workflow.stages.map(ofStage),
      ...(draw.chance(80) ? { budget: 10 + draw.upTo(250) } : {}),
    })),
    actions: [...scenario.actions, ...resumes].toSorted((a, b) => a.at_ms - b.at_ms),
  };
}

/** Agents end near their timeouts and somebody asks for things while the database cannot be written. */
function hinderedScenario(draw: Draw, scenario: Scenario): Scenario {
  const nearTimeout = (stage: StagePlan): StagePlan => {
    if (stage.gate) return stage;
    const timeout_ms = 150 + draw.upTo(500);
    const ends = draw.pick<AgentPlan["ends"]>(["badly", "badly", "well"]);
    const agents = stage.agents.map((agent) =>
      draw.chance(50) ? { ...agent, ends, ms: timeout_ms - draw.upTo(60) } : agent,
    );
    const retry = draw.chance(50) ? { attempts: 3, wait_ms: 1_500 } : stage.retry;
    return { ...stage, timeout_ms, agents, retry };
  };
  const asked = Array.from({ length: 10 }, (): Action => ({
    at_ms: 50 + draw.upTo(spanMs),
    kind: "approve",
    by: 0,
    run: 0,
    stage_id: "a",
    actor: "ann",
  }));
  const code = draw.pick<"FULL" | "BUSY">(["FULL", "BUSY"]);
  const operation = 20 + draw.upTo(80);
  return {
    ...scenario,
    workflows: scenario.workflows.map((each) => ({ ...each, stages: each.stages.map(nearTimeout) })),
    actions: [...scenario.actions, ...asked].toSorted((a, b) => a.at_ms - b.at_ms),
    faults: [{ kind: "failure", process: 0, operation, code, lasts_ms: 100 + draw.upTo(2_500) }],
  };
}

function randomWorkflow(draw: Draw): WorkflowPlan {
  const ids = ["a", "b", "c", "d", "e", "f"].slice(0, 1 + draw.upTo(draw.chance(30) ? 6 : 4));
  return {
    scheduling: draw.chance(50) ? "batch" : "eager",
    max_parallel: 1 + draw.upTo(3),
    timeout_ms: draw.chance(15) ? 500 + draw.upTo(4_000) : 3_600_000,
    stages: ids.map((id, at) => randomStage(draw, id, ids.slice(0, at))),
  };
}

function randomStage(draw: Draw, id: string, earlier: readonly string[]): StagePlan {
  const depends_on = earlier.filter(() => draw.chance(45));
  const before = depends_on[draw.upTo(depends_on.length)];
  const isGate = draw.chance(18);
  return {
    id,
    depends_on,
    condition: randomCondition(draw, before),
    on_failure: draw.pick(["halt", "continue", "skip_dependents", "continue"]),
    timeout_ms: isGate
      ? 300 + draw.upTo(6_000)
      : draw.chance(25)
        ? 100 + draw.upTo(400)
        : 1_000 + draw.upTo(4_000),
    input_from: !isGate && before !== undefined && draw.chance(30) ? before : null,
    retry: { attempts: draw.chance(45) ? 2 + draw.upTo(2) : 1, wait_ms: 20 + draw.upTo(600) },
    agents: isGate ? [] : Array.from({ length: 1 + draw.upTo(3) }, () => randomAgent(draw)),
    has_summary: !isGate && draw.chance(6),
    gate: isGate
      ? {
          on_timeout: draw.pick(["halt", "auto_approve", "reject"]),
          on_skip: draw.pick(["skip_dependents", "proceed"]),
          approvers: draw.chance(30) ? ["ann", "bob"] : [],
        }
      : null,
  };
}

function randomCondition(draw: Draw, before: string | undefined): string | null {
  if (draw.chance(80)) return null;
  if (before === undefined || draw.chance(30)) return draw.chance(50) ? "${{ false }}" : "${{ true }}";
  return draw.chance(60)
    ? `\${{ stages.${before}.status == 'completed' }}`
    : `\${{ stages.${before}.nothing.there }}`;
}

function randomAgent(draw: Draw): AgentPlan {
  const ends = draw.pick<AgentPlan["ends"]>([
    "well",
    "well",
    "well",
    "well",
    "well",
    "badly",
    "badly",
    "for_good",
    "without_outputs",
    "vanish",
    "hang",
    "stubborn",
  ]);
  return {
    ends,
    ms: draw.chance(30) ? draw.upTo(10) : draw.upTo(900),
    lines: draw.chance(30) ? draw.upTo(5) : 0,
    waits_ms: randomDelay(draw),
    begins_ms: randomDelay(draw),
    told_ms: randomDelay(draw),
  };
}

function randomDelay(draw: Draw): number {
  return draw.chance(10) ? draw.upTo(1_500) : 0;
}

function randomActions(draw: Draw, workflows: readonly WorkflowPlan[], processes: number): Action[] {
  const starts: Action[] = Array.from({ length: draw.chance(40) ? 2 : 1 }, (_, at) => ({
    at_ms: 5 + at + draw.upTo(draw.chance(70) ? 50 : spanMs / 2),
    kind: "start",
    by: randomActor(draw, processes),
    workflow: draw.upTo(workflows.length),
  }));
  const others = Array.from({ length: draw.upTo(5) }, () =>
    randomWish(draw, workflows, starts.length, processes),
  );
  return [...starts, ...others].toSorted((a, b) => a.at_ms - b.at_ms);
}

function randomWish(draw: Draw, workflows: readonly WorkflowPlan[], runs: number, processes: number): Action {
  const common = { at_ms: 20 + draw.upTo(spanMs), by: randomActor(draw, processes) };
  const run = draw.upTo(runs);
  const workflow = workflows[draw.upTo(workflows.length)];
  const stages = workflow?.stages ?? [];
  const gates = stages.filter(({ gate }) => gate !== null);
  const stage_id =
    (gates.length > 0 ? gates : stages)[draw.upTo((gates.length > 0 ? gates : stages).length)]?.id ?? "a";
  const actor = draw.pick(["ann", "ann", "bob", "eve"]);
  switch (draw.upTo(12)) {
    case 0:
    case 1:
      return { ...common, kind: "pause", run };
    case 2:
      return { ...common, kind: "resume", run };
    case 3:
    case 4:
      return { ...common, kind: "cancel", run };
    case 5:
    case 6:
    case 7:
      return { ...common, kind: "approve", run, stage_id, actor };
    case 8:
      return { ...common, kind: "reject", run, stage_id, actor };
    case 9: {
      const kind = draw.pick<"start" | "failed" | "stage">(["start", "failed", "stage"]);
      const from = kind === "stage" ? { kind, stage_id } : { kind };
      return { ...common, kind: "rerun", run, from };
    }
    case 10:
      return { at_ms: common.at_ms, kind: "take_over", by: draw.upTo(processes), run };
    default: {
      const mode = draw.pick<"leave" | "wait" | "stop">(["leave", "wait", "stop"]);
      return {
        at_ms: common.at_ms,
        kind: "stop",
        by: draw.upTo(processes),
        mode,
        down_ms: 1 + draw.upTo(800),
      };
    }
  }
}

/** Somebody pauses an execution and lets it go on while a process that drives it may be taken for dead. */
function randomMeddling(draw: Draw, fault: Fault, actions: readonly Action[]): Action[] {
  if (fault.kind !== "mistake") return [];
  const run = draw.upTo(actions.filter(({ kind }) => kind === "start").length);
  const before_ms = draw.upTo(600);
  const kind = draw.pick<"resume" | "cancel">(["resume", "resume", "cancel"]);
  return [
    { at_ms: Math.max(0, fault.at_ms - before_ms), kind: "pause", by: fault.process, run },
    { at_ms: fault.at_ms + draw.upTo(fault.ms), kind, by: "command", run },
  ];
}

function randomActor(draw: Draw, processes: number): Actor {
  return draw.chance(15) ? "command" : draw.upTo(processes);
}

function randomFaults(draw: Draw, processes: number): Fault[] {
  if (draw.chance(15)) return [];
  return Array.from({ length: 1 + draw.upTo(4) }, () => randomFault(draw, processes));
}

function randomFault(draw: Draw, processes: number): Fault {
  const process = draw.upTo(processes);
  const at_ms = draw.upTo(spanMs);
  const kind = draw.upTo(20);
  if (kind < 12) return randomCrash(draw, process);
  if (kind < 15) {
    const code = draw.pick<"FULL" | "IOERR" | "BUSY">(["FULL", "IOERR", "BUSY"]);
    return { kind: "failure", process, operation: 1 + draw.upTo(150), code, lasts_ms: draw.upTo(6_000) };
  }
  if (kind === 15) return { kind: "clock", at_ms, by_ms: (draw.chance(50) ? -1 : 1) * draw.upTo(100_000) };
  if (kind < 18) return { kind: "stall", process, at_ms, ms: draw.upTo(6_000) };
  return { kind: "mistake", process, at_ms, ms: draw.upTo(3_000) };
}

function randomCrash(draw: Draw, process: number): CrashFault {
  return {
    kind: "crash",
    process,
    when: randomMoment(draw),
    down_ms: draw.chance(50) ? draw.upTo(50) : draw.upTo(3_000),
    takes: draw.pick(["process", "process", "agents", "machine"]),
  };
}

function randomMoment(draw: Draw): CrashFault["when"] {
  const kind = draw.upTo(10);
  if (kind < 5) return { commit: 1 + draw.upTo(40), side: draw.chance(50) ? "before" : "after" };
  if (kind < 7) return { act: 1 + draw.upTo(40) };
  if (kind < 8) return { operation: 1 + draw.upTo(300) };
  return { ms: draw.upTo(spanMs) };
}
