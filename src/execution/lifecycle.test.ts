import { describe, expect, test } from "bun:test";
import { aNewExecution } from "../testing/an-execution.ts";
import type { ExecutionEvent, StoredEvent } from "./event.ts";
import { lifecycleEntry } from "./lifecycle.ts";
import { storedEvent } from "./stored-event.ts";

function entryOf(type: StoredEvent["type"], data: object) {
  const event = storedEvent({
    seq: 1,
    run_id: "run",
    type,
    stage_id: "build",
    attempt: 1,
    at: "2026-01-01T00:00:00.000Z",
    data,
  });
  return lifecycleEntry(event, aNewExecution().execution.record);
}

const failure = { error_class: "agent_error", error_message: "exit 3", usage: null };

describe("the lifecycle log says of", () => {
  test.each([
    ["execution_completed", { status: "completed", had_failures: false, error_message: null }, "info"],
    ["execution_completed", { status: "completed", had_failures: true, error_message: null }, "warn"],
    ["execution_completed", { status: "failed", had_failures: true, error_message: "x" }, "error"],
    ["execution_completed", { status: "cancelled", had_failures: false, error_message: "by ada" }, "warn"],
    ["stage_failed", { status: "failed", ...failure }, "error"],
    ["stage_failed", { status: "timed_out", ...failure }, "error"],
    ["stage_failed", { status: "cancelled", ...failure }, "warn"],
    ["stage_retrying", { status: "failed", ...failure, due_at: "" }, "warn"],
    ["gate_resolved", { decision: "rejected", status: "failed", actor: "ada", comment: "no" }, "error"],
    ["gate_resolved", { decision: "approved", status: "completed", actor: "ada", comment: null }, "info"],
    ["stage_skipped", { reason: "its condition is false", cause: "condition", outputs: {} }, "info"],
  ] as [ExecutionEvent["type"], object, string][])("%s %j that it is %s", (type, data, level) => {
    expect(entryOf(type, data)?.level as string).toBe(level);
  });

  test("a cancelled execution its status and who cancelled it", () => {
    const data = { status: "cancelled", had_failures: false, error_message: "cancelled by ada" };
    expect(entryOf("execution_completed", data)).toMatchObject({
      event: "execution_completed",
      status: "cancelled",
      message: "cancelled by ada",
    });
  });

  test("a stage that a cancel has ended that it was cancelled, not that it failed", () => {
    const data = {
      status: "cancelled",
      error_class: "cancelled",
      error_message: "cancelled by ada",
      usage: null,
    };
    expect(entryOf("stage_failed", data)).toMatchObject({
      event: "stage_cancelled",
      status: "cancelled",
      error_class: "cancelled",
      message: "cancelled by ada",
    });
  });

  test("a skipped stage why", () =>
    expect(
      entryOf("stage_skipped", { reason: "its condition is false", cause: "condition", outputs: {} }),
    ).toMatchObject({
      message: "its condition is false",
    }));

  test("a log line nothing", () => expect(entryOf("log_line", { text: "x" })).toBeNull());
});
