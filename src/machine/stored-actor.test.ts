import { describe, expect, test } from "bun:test";
import { executionEvents, gateEvents, stageEvents } from "../testing/machine-events.ts";
import { tellNamed } from "../testing/tell-table.ts";
import { newActor } from "./actor.ts";
import { sendToStarted } from "./started-actor.ts";
import { restoreActor, storedActor, storedClock } from "./stored-actor.ts";

describe("an actor that was stored", () => {
  test("goes on where it was, in another process", () => {
    const actor = newActor("stage");
    for (const name of ["START", "FAILED"]) tellNamed(sendToStarted, actor, stageEvents, name);
    const again = restoreActor("stage", storedActor(actor));
    expect(again).toEqual({ kind: "stage", state: actor.state, started: null });
    const [started] = tellNamed(sendToStarted, again, stageEvents, "START");
    expect(started).toMatchObject({ type: "stage_started", attempt: 2 });
  });

  test("has the clock beside it that it was stored with", () => {
    const clock = { at_ms: 5, spent_ms: 3, left_ms: { write: 2 } };
    expect(storedClock(storedActor(newActor("execution"), clock))).toEqual(clock);
    expect(storedClock(storedActor(newActor("execution")))).toBeNull();
  });

  test("is refused when another version of the program made it, and when it is none", () => {
    const otherVersion = { code: "unavailable", message: expect.stringContaining("another version") };
    const stored = JSON.parse(storedActor(newActor("gate"))) as { v: number; snapshot: object };
    const restore = (changed: object) => () =>
      restoreActor("gate", JSON.stringify({ ...stored, ...changed }));
    expect(restore({ v: 3 })).toThrow(expect.objectContaining(otherVersion));
    expect(restore({ snapshot: { ...stored.snapshot, value: "dreaming" } })).toThrow(
      expect.objectContaining(otherVersion),
    );
    expect(restore({ snapshot: { ...stored.snapshot, status: "asleep" } })).toThrow(TypeError);
    expect(restore({ snapshot: {} })).toThrow(TypeError);
    expect(restore({ v: "x" })).toThrow(TypeError);
  });
});

describe("an actor that version 1 stored, as its state and context alone,", () => {
  test("goes on: a gate that waits", () => {
    const gate = restoreActor(
      "gate",
      '{"v":1,"value":"waiting_for_approval","context":{"attempt":0,"blocks":false}}',
    );
    const [resolved] = tellNamed(sendToStarted, gate, gateEvents, "APPROVE");
    expect(resolved).toMatchObject({ type: "gate_resolved", data: { decision: "approved" } });
  });

  test("goes on: a stage that waits for its next try", () => {
    const stage = restoreActor(
      "stage",
      '{"v":1,"value":"retry_wait","context":{"attempt":1,"blocks":false}}',
    );
    const [started] = tellNamed(sendToStarted, stage, stageEvents, "START");
    expect(started).toMatchObject({ type: "stage_started", attempt: 2 });
  });

  test("goes on: an execution that runs, with its clock", () => {
    const context = { message: null, stops: false, spentMs: 12, sinceMs: 4 };
    const clock = { at_ms: 1, spent_ms: 2, left_ms: {} };
    const stored = JSON.stringify({ v: 1, value: "running", context, clock });
    const execution = restoreActor("execution", stored);
    expect([execution.state.context, storedClock(stored)]).toEqual([context, clock]);
    expect(tellNamed(sendToStarted, execution, executionEvents, "DONE")).toHaveLength(1);
  });

  test("stays as it was when it had settled", () => {
    const skipped = restoreActor("stage", '{"v":1,"value":"skipped","context":{"attempt":0,"blocks":true}}');
    expect(skipped.state).toMatchObject({ status: "done", value: "skipped", context: { blocks: true } });
    expect(sendToStarted(skipped, stageEvents.START)).toBeNull();
  });
});
