import type { Action, AgentPlan, GatePlan, Scenario, StagePlan, WorkflowPlan } from "./scenario.ts";

/** Small histories, one for each thing that an execution can do. A crash is tried at every commit of each of them. */
export const goldenScenarios: Readonly<Record<string, Scenario>> = {
  "three stages in a row": golden([agent("a"), agent("b", ["a"]), agent("c", ["b"])]),
  "stages side by side, two at once": golden(
    [agent("a"), agent("b", ["a"]), agent("c", ["a"]), agent("d", ["a"]), agent("e", ["b", "c", "d"])],
    { workflow: { max_parallel: 2 } },
  ),
  "a gate that somebody approves": golden([agent("a"), gate("ask", ["a"]), agent("b", ["ask"])], {
    actions: [{ at_ms: 300, kind: "approve", by: 0, run: 0, stage_id: "ask", actor: "ann" }],
  }),
  "a gate that a command rejects": golden([gate("ask"), agent("b", ["ask"])], {
    actions: [{ at_ms: 300, kind: "reject", by: "command", run: 0, stage_id: "ask", actor: "ann" }],
  }),
  "gates that nobody decides": golden([
    gate("first", [], { on_timeout: "auto_approve" }),
    gate("second", ["first"], { on_timeout: "reject" }),
    agent("b", ["second"]),
  ]),
  "tries that fail, hang and succeed": golden([
    agent("a", [], {
      retry: { attempts: 3, wait_ms: 200 },
      agents: [does("badly"), does("hang"), does("well")],
    }),
    agent("b", ["a"]),
  ]),
  "conditions, skipped stages and absent inputs": golden([
    agent("a", [], { condition: "${{ false }}" }),
    agent("b", ["a"], { input_from: "a", on_failure: "continue" }),
    gate("ask", ["b"], { on_skip: "proceed" }, { condition: "${{ stages.b.status == 'completed' }}" }),
    agent("c", ["ask"]),
  ]),
  "a failure that halts while another stage runs": golden([
    agent("a", [], { agents: [does("for_good", 20)] }),
    agent("b", [], { agents: [does("well", 300)] }),
    agent("c", ["b"]),
  ]),
  "failures that are gone on from": golden([
    agent("a", [], { on_failure: "continue", agents: [does("without_outputs")] }),
    agent("b", ["a"], { on_failure: "skip_dependents", agents: [does("vanish")] }),
    agent("c", ["b"]),
    agent("d", ["a"]),
  ]),
  "a pause and a resume": golden([agent("a", [], { agents: [does("well", 200)] }), agent("b", ["a"])], {
    actions: [
      { at_ms: 100, kind: "pause", by: 0, run: 0 },
      { at_ms: 800, kind: "resume", by: "command", run: 0 },
    ],
  }),
  "a budget that running agents use up, and that is raised": golden(
    [
      agent("a", [], { agents: [{ ...does("well", 200), lines: 3, spends: 60 }] }),
      agent("b", [], { agents: [{ ...does("well", 400), lines: 5, spends: 90 }] }),
      agent("c", ["a"]),
    ],
    {
      workflow: { budget: 80 },
      actions: [
        { at_ms: 600, kind: "resume", by: 0, run: 0 },
        { at_ms: 700, kind: "resume", by: "command", run: 0, budget: 400 },
      ],
    },
  ),
  "a stage's budget that its agents use up": golden([
    agent("a", [], {
      budget: 50,
      on_failure: "continue",
      retry: { attempts: 3, wait_ms: 50 },
      agents: [
        { ...does("badly"), spends: 30 },
        { ...does("well", 300), lines: 4, spends: 90 },
      ],
    }),
    agent("b", ["a"]),
  ]),
  "a cancel of what a budget has interrupted": golden(
    [agent("a", [], { agents: [{ ...does("well", 300), lines: 4, spends: 90 }] }), agent("b", ["a"])],
    {
      workflow: { budget: 40 },
      actions: [{ at_ms: 500, kind: "cancel", by: 0, run: 0 }],
    },
  ),
  "a cancel of what runs and waits": golden(
    [
      agent("a", [], { agents: [does("stubborn")] }),
      agent("b", [], { retry: { attempts: 2, wait_ms: 2_000 }, agents: [does("badly")] }),
      gate("ask"),
    ],
    { actions: [{ at_ms: 300, kind: "cancel", by: 0, run: 0 }] },
  ),
  "a second run of what had failed": golden(
    [agent("a"), agent("b", ["a"], { agents: [does("badly")] }), agent("c", ["a"])],
    { actions: [{ at_ms: 1_500, kind: "rerun", by: 0, run: 0, from: { kind: "failed" } }] },
  ),
  "an execution that takes too long": golden(
    [agent("a", [], { agents: [does("hang")] }), agent("b", ["a"])],
    {
      workflow: { timeout_ms: 500 },
    },
  ),
  "a foreground run beside the server": {
    ...golden([agent("a"), agent("b", ["a"], { has_summary: true })]),
    processes: [{ max_steps: 2 }, { max_steps: 2 }],
    actions: [
      { at_ms: 10, kind: "start", by: 1, workflow: 0 },
      { at_ms: 60, kind: "pause", by: 0, run: 0 },
      { at_ms: 200, kind: "resume", by: 0, run: 0 },
    ],
  },
};

interface Extras {
  workflow?: Partial<WorkflowPlan>;
  actions?: Action[];
}

function golden(stages: StagePlan[], { workflow = {}, actions = [] }: Extras = {}): Scenario {
  return {
    seed: 1,
    workflows: [{ scheduling: "eager", max_parallel: 3, timeout_ms: 60_000, stages, ...workflow }],
    processes: [{ max_steps: 4 }],
    actions: [{ at_ms: 10, kind: "start", by: 0, workflow: 0 }, ...actions],
    faults: [],
    readers: 1,
  };
}

function agent(id: string, depends_on: string[] = [], given: Partial<StagePlan> = {}): StagePlan {
  return {
    id,
    depends_on,
    condition: null,
    on_failure: "halt",
    timeout_ms: 1_000,
    input_from: null,
    retry: { attempts: 1, wait_ms: 50 },
    agents: [does("well")],
    has_summary: false,
    gate: null,
    ...given,
  };
}

function does(ends: AgentPlan["ends"], ms = 60): AgentPlan {
  return { ends, ms, lines: 2, waits_ms: 0, begins_ms: 0, told_ms: 0 };
}

function gate(
  id: string,
  depends_on: string[] = [],
  plan: Partial<GatePlan> = {},
  given: Partial<StagePlan> = {},
): StagePlan {
  const decided: GatePlan = { on_timeout: "halt", on_skip: "skip_dependents", approvers: [], ...plan };
  return agent(id, depends_on, { agents: [], gate: decided, ...given });
}
