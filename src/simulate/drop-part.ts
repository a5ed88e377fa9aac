import type { Action, Scenario, StagePlan } from "./scenario.ts";

/** The same without its last process; what that one was to do the first one does. */
export function dropProcess(scenario: Scenario): Scenario {
  const last = scenario.processes.length - 1;
  return {
    ...scenario,
    processes: scenario.processes.slice(0, last),
    actions: scenario.actions.map((action) => (action.by === last ? { ...action, by: 0 } : action)),
    faults: scenario.faults.filter((fault) => !("process" in fault) || fault.process !== last),
  };
}

/** The same without one of its starts, and without what is about that one; none where it is the only one. */
export function dropStart(scenario: Scenario, at: number): Scenario[] {
  const isStart = ({ kind }: Action): boolean => kind === "start" || kind === "rerun";
  const starts = scenario.actions.filter(isStart);
  const [first] = starts;
  const action = scenario.actions[at];
  if (starts.length < 2 || !action || !first) return [];
  const run = starts.indexOf(action);
  const actions = scenario.actions.flatMap((each): Action[] => {
    if (each === action || ("run" in each && each.run === run)) return [];
    return "run" in each && each.run > run ? [{ ...each, run: each.run - 1 }] : [each];
  });
  return actions.some(({ kind }) => kind === "start") ? [{ ...scenario, actions }] : [];
}

/** The same without one stage of a workflow; null where it is the only one. */
export function dropStage(scenario: Scenario, workflow: number, place: number): Scenario | null {
  const plan = scenario.workflows[workflow];
  const stage = plan?.stages[place];
  if (!plan || !stage || plan.stages.length < 2) return null;
  const stages = plan.stages.toSpliced(place, 1).map((each) => withoutReferences(each, stage.id));
  return {
    ...scenario,
    workflows: scenario.workflows.with(workflow, { ...plan, stages }),
    actions: scenario.actions.map((action) => withOtherStage(action, stage.id, stages)),
  };
}

/** A rerun from a stage has to name one that is there. */
function withOtherStage(action: Action, id: string, stages: readonly StagePlan[]): Action {
  const [other] = stages;
  if (action.kind !== "rerun" || action.from.kind !== "stage" || action.from.stage_id !== id || !other)
    return action;
  return { ...action, from: { kind: "stage", stage_id: other.id } };
}

function withoutReferences(stage: StagePlan, id: string): StagePlan {
  return {
    ...stage,
    depends_on: stage.depends_on.filter((each) => each !== id),
    condition: stage.condition?.includes(`stages.${id}.`) ? null : stage.condition,
    input_from: stage.input_from === id ? null : stage.input_from,
  };
}
