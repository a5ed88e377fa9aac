import { describe, expect, test } from "bun:test";
import { gateEvents as events } from "../testing/machine-events.ts";
import { tellNamed, tellTable } from "../testing/tell-table.ts";
import { newActor } from "./actor.ts";
import { sendPure } from "./pure-actor.ts";
import { sendToStarted } from "./started-actor.ts";

const final: string[] = [];

/** State, the events that lead to it, and what each lawful event does in it. */
const table: [state: string, way: (keyof typeof events)[], expected: string[]][] = [
  [
    "pending",
    [],
    [
      "OPEN → waiting_for_approval: gate_waiting",
      "REFUSED → failed: stage_failed",
      "SKIP → skipped: stage_skipped",
      "END → cancelled",
    ],
  ],
  [
    "waiting_for_approval",
    ["OPEN"],
    [
      "APPROVE → completed: gate_resolved",
      "REJECT → failed: gate_resolved",
      "DEADLINE halt → failed: gate_resolved",
      "DEADLINE reject → failed: gate_resolved",
      "DEADLINE auto_approve → completed: gate_resolved",
      "CANCEL → cancelled: stage_failed",
    ],
  ],
  ["completed", ["OPEN", "APPROVE"], final],
  ["failed", ["OPEN", "REJECT"], final],
  ["cancelled", ["OPEN", "CANCEL"], final],
  ["skipped", ["SKIP"], final],
];

describe.each([
  ["a started actor", sendToStarted],
  ["the pure transition", sendPure],
])("a gate, by %s:", (_, send) => {
  test.each(table)("in %s after %j", (state, way, expected) => {
    const actor = newActor("gate");
    for (const name of way) tellNamed(send, actor, events, name);
    expect(actor.state.value).toBe(state as typeof actor.state.value);
    expect(tellTable(send, { kind: "gate", events, way })).toEqual(expected);
  });

  test.each([
    [
      "APPROVE",
      { decision: "approved", status: "completed", error_class: null, actor: "ann", comment: "fine" },
    ],
    [
      "REJECT",
      { decision: "rejected", status: "failed", error_class: "rejected", actor: "ann", comment: "fine" },
    ],
    ["DEADLINE halt", { decision: "timed_out", status: "failed", error_class: "timeout" }],
    ["DEADLINE reject", { decision: "rejected", status: "failed", error_class: "rejected" }],
    ["DEADLINE auto_approve", { decision: "approved", status: "completed", error_class: null }],
  ])("%s says who decided what", (name, expected) => {
    const actor = newActor("gate");
    tellNamed(send, actor, events, "OPEN");
    expect(tellNamed(send, actor, events, name)).toEqual([
      { type: "gate_resolved", attempt: null, data: { actor: "timeout", comment: null, ...expected } },
    ]);
  });
});
