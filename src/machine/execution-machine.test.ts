import { describe, expect, test } from "bun:test";
import { executionEvents as events } from "../testing/machine-events.ts";
import { tellNamed, tellTable } from "../testing/tell-table.ts";
import { newActor } from "./actor.ts";
import { sendPure } from "./pure-actor.ts";
import { sendToStarted } from "./started-actor.ts";

const final: string[] = [];
const clock = (state: string): string[] => [
  `CLOCK runs → ${state}`,
  `CLOCK stands → ${state}`,
  `COUNT_ON → ${state}`,
];
const stop = ["HALT → halting", "HALT that stops → halting", "CANCEL → cancelling"];

/** State, the events that lead to it, and what each lawful event does in it. */
const table: [state: string, way: (keyof typeof events)[], expected: string[]][] = [
  ["pending", [], ["START → running: execution_started", "CANCEL → cancelling", ...clock("pending")]],
  [
    "running",
    ["START"],
    [
      "PAUSE → paused: execution_paused",
      "PAUSE while busy → pausing",
      "PAUSE for the budget → pausing",
      ...stop,
      "DONE → completed: execution_completed",
      ...clock("running"),
    ],
  ],
  [
    "pausing",
    ["START", "PAUSE while busy"],
    [
      "PAUSE for the budget → pausing",
      "RESUME → running",
      "RESUME with a budget → running: execution_resumed",
      ...stop,
      "QUIET → paused: execution_paused",
      "DONE → completed: execution_completed",
      ...clock("pausing"),
    ],
  ],
  [
    "paused",
    ["START", "PAUSE"],
    [
      "RESUME → running: execution_resumed",
      "RESUME with a budget → running: execution_resumed",
      ...stop,
      "DONE → completed: execution_completed",
      ...clock("paused"),
    ],
  ],
  [
    "halting",
    ["START", "HALT"],
    [
      "HALT that stops → halting",
      "CANCEL → cancelling",
      "QUIET → failed: execution_completed",
      ...clock("halting"),
    ],
  ],
  ["cancelling", ["START", "CANCEL"], ["QUIET → cancelled: execution_completed", ...clock("cancelling")]],
  ["completed", ["START", "DONE"], final],
  ["failed", ["START", "HALT", "QUIET"], final],
  ["cancelled", ["CANCEL", "QUIET"], final],
];

describe.each([
  ["a started actor", sendToStarted],
  ["the pure transition", sendPure],
])("an execution, by %s:", (_, send) => {
  test.each(table)("in %s after %j", (state, way, expected) => {
    const actor = newActor("execution");
    for (const name of way) tellNamed(send, actor, events, name);
    expect(actor.state.value).toBe(state as typeof actor.state.value);
    expect(tellTable(send, { kind: "execution", events, way })).toEqual(expected);
  });

  test.each([
    [["START", "HALT", "QUIET"], { status: "failed", had_failures: true, error_message: "it broke" }],
    [["START", "CANCEL", "QUIET"], { status: "cancelled", had_failures: false, error_message: "no need" }],
    [
      ["START", "HALT", "CANCEL", "QUIET"],
      { status: "cancelled", had_failures: false, error_message: "no need" },
    ],
    [["START", "DONE"], { status: "completed", had_failures: false, error_message: null }],
  ])("after %j it says how it ended", (way, data) => {
    const actor = newActor("execution");
    const recorded = way.flatMap((name) => tellNamed(send, actor, events, name));
    expect(recorded.at(-1)).toEqual({ type: "execution_completed", data });
  });

  test.each([
    [["START", "PAUSE"], "user"],
    [["START", "PAUSE while busy", "QUIET"], "user"],
    [["START", "PAUSE for the budget", "QUIET"], "budget"],
    [["START", "PAUSE while busy", "PAUSE for the budget", "QUIET"], "budget"],
    [["START", "PAUSE for the budget", "RESUME", "PAUSE"], "user"],
  ] as const)("after %j it says that it is paused because of: %s", (way, reason) => {
    const actor = newActor("execution");
    const recorded = way.flatMap((name) => tellNamed(send, actor, events, name));
    expect(recorded.at(-1)).toEqual({ type: "execution_paused", data: { reason } });
  });

  test("its clock counts only while it runs, and goes on where an earlier engine left off", () => {
    const actor = newActor("execution");
    for (const name of ["START", "CLOCK runs", "CLOCK stands"]) tellNamed(send, actor, events, name);
    expect(actor.state.context).toMatchObject({ spentMs: 4000, sinceMs: null });
    tellNamed(send, actor, events, "COUNT_ON");
    expect(actor.state.context).toMatchObject({ spentMs: 7, sinceMs: 3 });
  });
});
