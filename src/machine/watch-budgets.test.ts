import { describe, expect, test } from "bun:test";
import { driveMachine } from "../testing/machine-driver.ts";
import { sendPure } from "./pure-actor.ts";

const head = "workflow: {id: w, name: W}\n";
const agent = "roles: {primary: 'agent:x'}";
const oneStage = (more: string): string => `${head}stages:\n  - {id: a, ${agent}, ${more}}\n`;
const threeStages = `${head}config: {budget: {usd: 2}}
stages:
  - {id: a, ${agent}}
  - {id: b, ${agent}}
  - {id: c, ${agent}, depends_on: [a]}
`;

/** Deeds, and what the last of them answers or does: phase, steps, what is recorded, effects. */
const table: [name: string, deeds: string[], last: string][] = [
  [
    "warns once when most of it is spent",
    ["start", "a succeeds for 1.7"],
    "running | a completed, b running, c running | stage_completed a | budget_warning | line | stage_started c | → dispatch c",
  ],
  [
    "does not warn again",
    ["start", "a succeeds for 1.7", "b succeeds for 0.1"],
    "running | a completed, b completed, c running | stage_completed b",
  ],
  [
    "that is used up starts nothing and interrupts what runs",
    ["start", "a succeeds for 2"],
    "pausing | a completed, b running, c pending | stage_completed a | budget_warning | line | → stop b",
  ],
  [
    "pauses when what ran is interrupted",
    ["start", "a succeeds for 2", "b is stopped for 1"],
    "paused | a completed, b retry_wait, c pending | stage_retrying b | execution_paused",
  ],
  [
    "takes the result of an agent that had finished before it was stopped",
    ["start", "a succeeds for 2", "b succeeds for 1"],
    "paused | a completed, b completed, c pending | stage_completed b | execution_paused",
  ],
  [
    "interrupts an agent that has found out by itself",
    ["start", "a runs out of money for 2"],
    "pausing | a retry_wait, b running, c pending | stage_retrying a | budget_warning | line | → stop b",
  ],
  [
    "interrupts what a person's pause would let finish",
    ["start", "pause", "a succeeds for 2"],
    "pausing | a completed, b running, c pending | stage_completed a | budget_warning | line | → stop b",
  ],
  [
    "lets an agent that is gone meanwhile go on later",
    ["start", "a succeeds for 2", "b is gone"],
    "paused | a completed, b retry_wait, c pending | stage_retrying b | execution_paused",
  ],
  [
    "that running agents use up together interrupts all of them",
    ["start", "a works for 1.5", "b works for 0.5"],
    "pausing | a running, b running, c pending | budget_warning | line | → stop a | → stop b",
  ],
  [
    "that running agents use up is told once",
    ["start", "a works for 2", "a works for 2.5"],
    "pausing | a running, b running, c pending",
  ],
  [
    "warns while agents work, and lets them while something is left of it",
    ["start", "a works for 1.5", "b works for 0.4"],
    "running | a running, b running, c pending | budget_warning | line",
  ],
  [
    "does not warn again when an agent that has worked is done",
    ["start", "a works for 1.7", "a works for 1.8", "b succeeds for 0.1"],
    "running | a running, b completed, c pending | stage_completed b",
  ],
  [
    "lets what running agents have used up go on later",
    ["start", "a works for 1.5", "b works for 0.5", "a is stopped for 1.5", "b is stopped for 0.5"],
    "paused | a retry_wait, b retry_wait, c pending | stage_retrying b | execution_paused",
  ],
  [
    "that running agents use up must be raised before they go on",
    ["start", "a works for 1.5", "b works for 0.5", "resume"],
    'refused: the budget of execution "run" is used up: $2.00 of $2.00. raise it with --budget usd=4, or "budget" ' +
      "in the API | a running, b running, c pending",
  ],
  [
    "must be raised before anything goes on",
    ["start", "a succeeds for 2", "b is stopped", "resume"],
    'refused: the budget of execution "run" is used up: $2.00 of $2.00. raise it with --budget usd=4, or "budget" ' +
      "in the API | a completed, b retry_wait, c pending",
  ],
  [
    "must be raised above what is spent",
    ["start", "a succeeds for 2", "b is stopped", "resume usd=1"],
    'refused: the budget of execution "run" is used up: $2.00 of $1.00. raise it with --budget usd=4, or "budget" ' +
      "in the API | a completed, b retry_wait, c pending",
  ],
  [
    "goes on with what was interrupted when it is raised",
    ["start", "a succeeds for 2", "b is stopped", "b is late", "resume usd=9"],
    "running | a completed, b running, c running | execution_resumed | stage_started b | stage_started c | " +
      "→ dispatch b | → dispatch c",
  ],
  [
    "that is raised before everything has stopped lets the rest start",
    ["start", "a succeeds for 2", "resume usd=9"],
    "running | a completed, b running, c running | execution_resumed | stage_started c | → dispatch c",
  ],
  [
    "that is used up can be cancelled",
    ["start", "a succeeds for 2", "b is stopped", "cancel"],
    "cancelled | a completed, b cancelled, c cancelled | stage_failed b | execution_completed | → hook on_failure",
  ],
  [
    "that the last stage has used up pauses nothing",
    ["start", "a succeeds", "b succeeds", "c succeeds for 3"],
    "completed | a completed, b completed, c completed | stage_completed c | budget_warning | line | " +
      "execution_completed | → hook on_complete",
  ],
];

describe("the budget of an execution", () => {
  test.each(table)("%s", (_, deeds, last) => {
    const machine = driveMachine(threeStages, sendPure);
    expect(deeds.map((deed) => machine.do(deed)).at(-1)).toBe(last);
  });

  test("that is raised is the execution's from then on, and an interrupted attempt keeps its number and its costs", () => {
    const machine = driveMachine(threeStages, sendPure);
    for (const deed of ["start", "a succeeds for 2", "b is stopped for 1", "b is late"]) machine.do(deed);
    expect(machine.execution.record).toMatchObject({ pause_reason: "budget", budget: { usd: 2 } });
    for (const deed of ["resume usd=9", "b succeeds for 0.5"]) machine.do(deed);
    const { budget, pause_reason, usage } = machine.execution.record;
    expect([budget, pause_reason, usage?.cost_micro_usd]).toEqual([
      { usd: 9, tokens: null },
      null,
      3_500_000,
    ]);
    expect(machine.execution.byId.get("b")?.record).toMatchObject({
      recovered: true,
      attempts: [{ number: 1, status: "completed", usage: { cost_micro_usd: 1_500_000 } }],
    });
  });
});

describe("the budget of a stage", () => {
  const cases: [name: string, text: string, deeds: string[], error: [string, string] | null][] = [
    [
      "that is used up ends its retries",
      oneStage("budget: {usd: 1}"),
      ["start", "a fails for 1"],
      ["budget", "the budget of the stage is used up: $1.00 of $1.00. the last attempt failed: it broke"],
    ],
    [
      "counts all attempts, and no tokens from a cache",
      oneStage("budget: {tokens: 222}, error_policy: {retry: {max_attempts: 5}}"),
      ["start", "a fails for 0", "a is late", "a fails for 0"],
      ["budget", "the budget of the stage is used up: 222 of 222 tokens. the last attempt failed: it broke"],
    ],
    [
      "that an agent has used up fails it, however often it might be tried",
      oneStage("budget: {usd: 1}"),
      ["start", "a runs out of money for 1"],
      ["budget", "the budget of the stage is used up: $1.00 of $1.00"],
    ],
    [
      "leaves a last failure its own class",
      oneStage("budget: {usd: 1}, error_policy: {retry: {max_attempts: 1}}"),
      ["start", "a fails for 5"],
      ["agent_error", "it broke"],
    ],
    [
      "that its agent uses up while it works fails it",
      oneStage("budget: {usd: 1}, error_policy: {retry: {max_attempts: 5}}"),
      ["start", "a works for 1", "a is stopped for 1.1"],
      ["budget", "the budget of the stage is used up: $1.10 of $1.00"],
    ],
    [
      "leaves a success that came before its agent was stopped",
      oneStage("budget: {usd: 1}"),
      ["start", "a works for 1", "a succeeds for 1.1"],
      null,
    ],
    ["takes nothing away from a success", oneStage("budget: {usd: 1}"), ["start", "a succeeds for 5"], null],
  ];
  test.each(cases)("%s", (_, text, deeds, error) => {
    const machine = driveMachine(text, sendPure);
    for (const deed of deeds) machine.do(deed);
    const { error_class, error_message } = machine.execution.steps[0]?.record ?? {};
    expect(error_class ? [error_class, error_message] : null).toEqual(error);
  });

  test("is warned of with the stage's name", () => {
    const machine = driveMachine(oneStage("budget: {usd: 1}"), sendPure);
    machine.do("start");
    expect(machine.do("a fails for 0.9")).toContain("stage_retrying a | budget_warning a | line");
  });
});
