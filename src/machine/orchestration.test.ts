import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { driveMachine } from "../testing/machine-driver.ts";
import { sendPure } from "./pure-actor.ts";
import { sendToStarted } from "./started-actor.ts";

const head = "workflow: {id: w, name: W}\n";
const agent = "roles: {primary: 'agent:x'}";
const once = "error_policy: {retry: {max_attempts: 1}}";
const retry = "error_policy: {retry: {max_attempts: 2, initial_interval: 10s}}";

const definitions = {
  chain: `stages: [{id: a, ${agent}}, {id: b, ${agent}, depends_on: [a]}]`,
  pair: `stages: [{id: a, ${agent}, ${once}}, {id: b, ${agent}, ${once}}]`,
  gate: `stages: [{id: ask, type: gate, gate: {approvers: []}}, {id: a, ${agent}, depends_on: [ask]}]`,
  retried: `stages: [{id: a, ${agent}, ${retry}}]`,
  narrow: `config: {max_parallel: 1}\nstages: [{id: a, ${agent}}, {id: b, ${agent}}]`,
  onward: `stages:
  - {id: a, ${agent}, error_policy: {on_failure: continue, retry: {max_attempts: 1}}}
  - {id: b, ${agent}, depends_on: [a]}`,
  skipping: `stages: [{id: a, ${agent}, condition: "false"}, {id: b, ${agent}, depends_on: [a]}]`,
};
type Name = keyof typeof definitions;

/** Definition, and one line a deed: the deed => phase | steps | what was recorded | → effects. */
const table: [Name, string[]][] = [
  [
    "chain",
    [
      "start => running | a running, b pending | execution_started | stage_started a | → hook on_start | → dispatch a",
      "a succeeds => running | a completed, b running | stage_completed a | stage_started b | → dispatch b",
      "b succeeds => completed | a completed, b completed | stage_completed b | execution_completed | → hook on_complete",
    ],
  ],
  [
    "chain",
    [
      "start => running | a running, b pending | execution_started | stage_started a | → hook on_start | → dispatch a",
      "a fails => running | a retry_wait, b pending | stage_retrying a",
    ],
  ],
  [
    "chain",
    [
      "start => running | a running, b pending | execution_started | stage_started a | → hook on_start | → dispatch a",
      "pause => pausing | a running, b pending",
      "a succeeds => paused | a completed, b pending | stage_completed a | execution_paused",
      "resume => running | a completed, b running | execution_resumed | stage_started b | → dispatch b",
      "b succeeds => completed | a completed, b completed | stage_completed b | execution_completed | → hook on_complete",
    ],
  ],
  [
    "chain",
    [
      "start => running | a running, b pending | execution_started | stage_started a | → hook on_start | → dispatch a",
      "cancel => cancelling | a running, b pending | → stop a",
      "cancel => unchanged: is being cancelled already | a running, b pending",
      "a fails => cancelled | a cancelled, b cancelled | stage_failed a | execution_completed | → hook on_failure",
      'resume => refused: execution "run" is cancelled; it cannot be resumed | a cancelled, b cancelled',
    ],
  ],
  [
    "chain",
    [
      "start => running | a running, b pending | execution_started | stage_started a | → hook on_start | → dispatch a",
      "timeout => halting | a running, b pending | → stop a",
      "a succeeds => failed | a cancelled, b cancelled | stage_failed a | execution_completed | → hook on_failure",
    ],
  ],
  [
    "chain",
    [
      "start => running | a running, b pending | execution_started | stage_started a | → hook on_start | → dispatch a",
      "a is late => running | a running, b pending | → stop a",
      "a fails => running | a retry_wait, b pending | stage_retrying a",
    ],
  ],
  [
    "chain",
    [
      "start => running | a running, b pending | execution_started | stage_started a | → hook on_start | → dispatch a",
      "a is gone => running | a running, b pending | stage_started a | → dispatch a",
      "a never began => running | a running, b pending | → dispatch a",
      "a succeeds => running | a completed, b running | stage_completed a | stage_started b | → dispatch b",
    ],
  ],
  [
    "pair",
    [
      "start => running | a running, b running | execution_started | stage_started a | stage_started b | → hook on_start | → dispatch a | → dispatch b",
      "a fails => halting | a failed, b running | stage_failed a",
      "b succeeds => failed | a failed, b completed | stage_completed b | execution_completed | → hook on_failure",
    ],
  ],
  [
    "pair",
    [
      "start => running | a running, b running | execution_started | stage_started a | stage_started b | → hook on_start | → dispatch a | → dispatch b",
      "a fails => halting | a failed, b running | stage_failed a",
      "timeout => halting | a failed, b running | → stop b",
      "b fails => failed | a failed, b cancelled | stage_failed b | execution_completed | → hook on_failure",
    ],
  ],
  [
    "gate",
    [
      "start => running | ask waiting_for_approval, a pending | execution_started | gate_waiting ask | → hook on_start | → hook on_gate",
      "approve ask => running | ask completed, a running | gate_resolved ask | stage_started a | → dispatch a",
      'approve ask => unchanged: gate "ask" is approved already, by ann | ask completed, a running',
      'reject ask => refused: gate "ask" is completed (by ann); it cannot be rejected now | ask completed, a running',
      "a succeeds => completed | ask completed, a completed | stage_completed a | execution_completed | → hook on_complete",
    ],
  ],
  [
    "gate",
    [
      "start => running | ask waiting_for_approval, a pending | execution_started | gate_waiting ask | → hook on_start | → hook on_gate",
      "reject ask => failed | ask failed, a cancelled | gate_resolved ask | execution_completed | → hook on_failure",
    ],
  ],
  [
    "gate",
    [
      "start => running | ask waiting_for_approval, a pending | execution_started | gate_waiting ask | → hook on_start | → hook on_gate",
      "ask is late => failed | ask failed, a cancelled | gate_resolved ask | execution_completed | → hook on_failure",
    ],
  ],
  [
    "gate",
    [
      "start => running | ask waiting_for_approval, a pending | execution_started | gate_waiting ask | → hook on_start | → hook on_gate",
      "pause => paused | ask waiting_for_approval, a pending | execution_paused",
      "approve ask => paused | ask completed, a pending | gate_resolved ask",
      "resume => running | ask completed, a running | execution_resumed | stage_started a | → dispatch a",
    ],
  ],
  [
    "gate",
    [
      "start => running | ask waiting_for_approval, a pending | execution_started | gate_waiting ask | → hook on_start | → hook on_gate",
      "cancel => cancelled | ask cancelled, a cancelled | stage_failed ask | execution_completed | → hook on_failure",
    ],
  ],
  [
    "retried",
    [
      "start => running | a running | execution_started | stage_started a | → hook on_start | → dispatch a",
      "a fails => running | a retry_wait | stage_retrying a",
      "a is late => running | a running | stage_started a | → dispatch a",
      "a fails => failed | a failed | stage_failed a | execution_completed | → hook on_failure",
    ],
  ],
  [
    "retried",
    [
      "start => running | a running | execution_started | stage_started a | → hook on_start | → dispatch a",
      "a fails => running | a retry_wait | stage_retrying a",
      "pause => paused | a retry_wait | execution_paused",
      "a is late => paused | a retry_wait",
      "resume => running | a running | execution_resumed | stage_started a | → dispatch a",
      "a succeeds => completed | a completed | stage_completed a | execution_completed | → hook on_complete",
    ],
  ],
  [
    "retried",
    [
      "start => running | a running | execution_started | stage_started a | → hook on_start | → dispatch a",
      "a fails => running | a retry_wait | stage_retrying a",
      "cancel => cancelled | a cancelled | stage_failed a | execution_completed | → hook on_failure",
    ],
  ],
  [
    "narrow",
    [
      "start => running | a running, b pending | execution_started | stage_started a | → hook on_start | → dispatch a",
      "a succeeds => running | a completed, b running | stage_completed a | stage_started b | → dispatch b",
      "b succeeds => completed | a completed, b completed | stage_completed b | execution_completed | → hook on_complete",
    ],
  ],
  [
    "onward",
    [
      "start => running | a running, b pending | execution_started | stage_started a | → hook on_start | → dispatch a",
      "a fails => running | a failed, b running | stage_failed a | stage_started b | → dispatch b",
      "b succeeds => completed | a failed, b completed | stage_completed b | execution_completed | → hook on_complete",
    ],
  ],
  [
    "skipping",
    [
      "start => running | a skipped, b running | execution_started | stage_skipped a | stage_started b | → hook on_start | → dispatch b",
      "b succeeds => completed | a skipped, b completed | stage_completed b | execution_completed | → hook on_complete",
    ],
  ],
];

describe.each([
  ["started actors", sendToStarted],
  ["the pure transition", sendPure],
])("by %s,", (_, send) => {
  test.each(table)("%s goes on as the table says", (name, lines) => {
    const driver = driveMachine(head + definitions[name], send);
    const deeds = lines.map((line) => line.split(" => ")[0] ?? "");
    expect(deeds.map((deed) => `${deed} => ${driver.do(deed)}`)).toEqual(lines);
  });
});

test("started actors and the pure transition come to the same executions, whatever happens", () => {
  const stages = ["a", "b", "ask"];
  const ofStages = ["succeeds", "fails", "is gone", "never began", "is late"];
  const deed = fc.oneof(
    fc.constantFrom("pause", "resume", "cancel", "timeout", "approve ask", "reject ask"),
    fc.tuple(fc.constantFrom(...stages), fc.constantFrom(...ofStages)).map((parts) => parts.join(" ")),
  );
  const names = Object.keys(definitions) as Name[];
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.array(deed, { maxLength: 15 }), (name, deeds) => {
      const [started, pure] = [sendToStarted, sendPure].map((send) =>
        driveMachine(head + definitions[name], send),
      );
      for (const each of ["start", ...deeds]) expect(started?.do(each)).toBe(pure?.do(each));
      expect(started?.execution.record).toEqual(pure?.execution.record);
      expect(started?.execution.steps.map(({ record }) => record)).toEqual(
        pure?.execution.steps.map(({ record }) => record),
      );
    }),
    { numRuns: 300 },
  );
});
