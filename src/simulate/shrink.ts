import { dropProcess, dropStage, dropStart } from "./drop-part.ts";
import type { Fault, Scenario, StagePlan, WorkflowPlan } from "./scenario.ts";

/**
 * A scenario that fails as this one does, with as little in it as can be found. `fails` says whether one does; it is
 * asked `most` times at most.
 */
export function shrink(scenario: Scenario, fails: (scenario: Scenario) => boolean, most = 4_000): Scenario {
  let left = most;
  let smallest = scenario;
  const tries = (candidate: Scenario): boolean => {
    const found = variants(candidate).find((each) => left-- > 0 && fails(each));
    if (found) smallest = found;
    return found !== undefined;
  };
  // Each round ends with the first one that still fails, and the next begins with that one.
  while (smallerOnes(smallest).some(tries));
  return smallest;
}

/** What is left away moves everything after it: other orders of the same moment, and places a little earlier. */
function variants(scenario: Scenario): Scenario[] {
  const seeds = [scenario.seed, 1, 2].map((seed) => ({ ...scenario, seed }));
  return seeds.flatMap((each) =>
    [0, 1, 2, 4].map((earlier) => ({ ...each, faults: each.faults.map((fault) => moved(fault, earlier)) })),
  );
}

function moved(fault: Fault, earlier: number): Fault {
  if (fault.kind === "failure") return { ...fault, operation: Math.max(1, fault.operation - 3 * earlier) };
  if (fault.kind !== "crash") return fault;
  const { when } = fault;
  if ("commit" in when) return { ...fault, when: { ...when, commit: Math.max(1, when.commit - earlier) } };
  if ("act" in when) return { ...fault, when: { act: Math.max(1, when.act - earlier) } };
  return fault;
}

/** Everything that differs from a scenario in one thing that is missing, or plainer. The most effective comes first. */
function smallerOnes(scenario: Scenario): Scenario[] {
  const { workflows, processes, actions, faults, readers } = scenario;
  return [
    ...(processes.length > 1 ? [dropProcess(scenario)] : []),
    ...faults.map((_, at) => ({ ...scenario, faults: without(faults, at) })),
    ...actions.flatMap(({ kind }, at) =>
      kind === "start" || kind === "rerun"
        ? dropStart(scenario, at)
        : [{ ...scenario, actions: without(actions, at) }],
    ),
    ...workflows.flatMap((workflow, at) =>
      workflow.stages.map((_, place) => dropStage(scenario, at, place)).filter((each) => each !== null),
    ),
    ...(readers > 0 ? [{ ...scenario, readers: 0 }] : []),
    ...workflows.flatMap((workflow, at) =>
      plainerWorkflows(workflow).map((plain) => ({ ...scenario, workflows: workflows.with(at, plain) })),
    ),
    ...faults.flatMap((fault, at) =>
      plainerFaults(fault).map((plain) => ({ ...scenario, faults: faults.with(at, plain) })),
    ),
    ...actions.flatMap((action, at) =>
      "by" in action && action.by === "command"
        ? [{ ...scenario, actions: actions.with(at, { ...action, by: 0 }) }]
        : [],
    ),
  ];
}

function plainerWorkflows(workflow: WorkflowPlan): WorkflowPlan[] {
  const { stages } = workflow;
  const plain = {
    scheduling: "eager",
    max_parallel: 3,
    timeout_ms: 3_600_000,
    ...(workflow.budget === undefined ? {} : { budget: null }),
  } as const;
  return [
    ...changed(workflow, plain),
    ...stages.flatMap((stage, at) =>
      plainerStages(stage).map((each) => ({ ...workflow, stages: stages.with(at, each) })),
    ),
  ];
}

function plainerStages(stage: StagePlan): StagePlan[] {
  const well = [{ ends: "well", ms: 10, lines: 0, waits_ms: 0, begins_ms: 0, told_ms: 0 } as const];
  const plain: Partial<StagePlan> = {
    condition: null,
    on_failure: "halt",
    timeout_ms: 2_000,
    input_from: null,
    retry: { attempts: 1, wait_ms: 50 },
    has_summary: false,
    ...(stage.budget === undefined ? {} : { budget: null }),
    ...(stage.gate ? {} : { agents: well }),
  };
  const asAgent = stage.gate ? [{ ...stage, gate: null, agents: well }] : [];
  const fewer = stage.agents.length > 1 ? [{ ...stage, agents: stage.agents.slice(0, 1) }] : [];
  const unbound = stage.depends_on.map((id) => ({
    ...stage,
    depends_on: stage.depends_on.filter((each) => each !== id),
  }));
  return [...asAgent, ...changed(stage, plain), ...fewer, ...unbound];
}

function plainerFaults(fault: Fault): Fault[] {
  if (fault.kind === "crash") return changed(fault, { down_ms: 10, takes: "process" });
  return fault.kind === "failure" ? changed(fault, { lasts_ms: 0 }) : [];
}

/** One value for each field that is not as plain as it may be. */
function changed<T extends object>(value: T, plain: Partial<T>): T[] {
  return (Object.keys(plain) as (keyof T)[])
    .filter((key) => !Bun.deepEquals(value[key], plain[key]))
    .map((key) => ({ ...value, [key]: plain[key] }));
}

function without<T>(items: readonly T[], at: number): T[] {
  return items.toSpliced(at, 1);
}
