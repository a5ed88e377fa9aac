import { describe, expect, test } from "bun:test";
import { stageEvents as events } from "../testing/machine-events.ts";
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
      "START → running: stage_started",
      "REFUSED → failed: stage_failed",
      "SKIP → skipped: stage_skipped",
      "END → cancelled",
    ],
  ],
  [
    "running",
    ["START"],
    [
      "SUCCEEDED → completed: stage_completed",
      "FAILED → retry_wait: stage_retrying",
      "FAILED for the last time → failed: stage_failed",
      "FAILED while ending → failed: stage_failed",
      "timed out for the last time → timed_out: stage_failed",
      "INTERRUPTED → running: stage_started",
      "INTERRUPTED, never retried → failed: stage_failed",
      "SUSPENDED → retry_wait: stage_retrying",
      "CANCEL → cancelled: stage_failed",
    ],
  ],
  ["retry_wait", ["START", "FAILED"], ["START → running: stage_started", "CANCEL → cancelled: stage_failed"]],
  [
    "retry_wait",
    ["START", "SUSPENDED"],
    ["START → running: stage_started", "CANCEL → cancelled: stage_failed"],
  ],
  ["completed", ["START", "SUCCEEDED"], final],
  ["failed", ["REFUSED"], final],
  ["timed_out", ["START", "timed out for the last time"], final],
  ["cancelled", ["START", "CANCEL"], final],
  ["skipped", ["SKIP"], final],
];

describe.each([
  ["a started actor", sendToStarted],
  ["the pure transition", sendPure],
])("a stage, by %s:", (_, send) => {
  test.each(table)("in %s after %j", (state, way, expected) => {
    const actor = newActor("stage");
    for (const name of way) tellNamed(send, actor, events, name);
    expect(actor.state.value).toBe(state as typeof actor.state.value);
    expect(tellTable(send, { kind: "stage", events, way })).toEqual(expected);
  });

  test("an attempt that was suspended goes on as the same attempt, and the next one is counted again", () => {
    const actor = newActor("stage");
    const way = ["START", "SUSPENDED", "START", "FAILED", "START"] as const;
    const recorded = way.flatMap((name) => tellNamed(send, actor, events, name)) as {
      attempt: number;
      data: { recovered?: boolean };
    }[];
    expect(recorded.map(({ attempt, data }) => [attempt, data.recovered ?? null])).toEqual([
      [1, false],
      [1, null],
      [1, true],
      [1, null],
      [2, false],
    ]);
  });

  test("a failed attempt is tried again until the policy ends, and each retry waits longer", () => {
    const actor = newActor("stage");
    const recorded = ["START", "FAILED", "START", "FAILED", "START", "FAILED"].flatMap((name) =>
      tellNamed(send, actor, events, name),
    ) as { type: string; attempt: number; data: { due_at?: string } }[];
    expect(recorded.map(({ type, attempt, data: { due_at } }) => [type, attempt, due_at ?? null])).toEqual([
      ["stage_started", 1, null],
      ["stage_retrying", 1, "2026-01-02T03:04:14.837Z"],
      ["stage_started", 2, null],
      ["stage_retrying", 2, "2026-01-02T03:04:26.891Z"],
      ["stage_started", 3, null],
      ["stage_failed", 3, null],
    ]);
  });

  test("an interrupted attempt begins again under its number, marked as recovered", () => {
    const actor = newActor("stage");
    tellNamed(send, actor, events, "START");
    const { facts } = events.INTERRUPTED;
    expect(tellNamed(send, actor, events, "INTERRUPTED")).toEqual([
      { type: "stage_started", attempt: 1, data: { ...facts, recovered: true } },
    ]);
    expect(actor.state.context).toEqual({ attempt: 1, blocks: false });
  });
});
