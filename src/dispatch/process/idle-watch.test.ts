import { beforeAll, describe, expect, test } from "bun:test";
import { aControl, aStageRequest } from "../../testing/a-stage-request.ts";
import { processesWith } from "../../testing/process-table.ts";
import type { AttemptLogs } from "./attempt-logs.ts";
import { createCommandDispatcher } from "../command.ts";
import { bothLaunches } from "../../testing/both-launches.ts";
import type { StageResult } from "../dispatcher.ts";
import { openIdleWatch } from "./idle-watch.ts";

let dispatcher = createCommandDispatcher();

async function run(
  script: string,
  idle_timeout_ms: number | null,
): Promise<StageResult & { texts: string[] }> {
  const { request } = aStageRequest(script, { idle_timeout_ms });
  const { control, texts } = aControl();
  const result = await dispatcher.dispatch(request, control);
  expect(processesWith(`SKILLMEAT_ATTEMPT_ID=${request.attempt_id}`)).toEqual([]);
  await dispatcher.sweep(request);
  return { ...result, texts: texts() };
}

const slow = "i=0; while [ $i -lt 15 ]; do printf . ; sleep 0.15; i=$((i + 1)); done";

describe.each(bothLaunches)("agents under %s", (_, launch) => {
  beforeAll(() => {
    dispatcher = createCommandDispatcher(launch);
  });

  describe("an agent that may not be silent for long", () => {
    test("is stopped like any other when it is, which counts as a timeout; what it used is paid", async () => {
      const { ok, error, usage, texts } = await run(
        `trap 'echo "{\\"input\\": 5}" > "$SKILLMEAT_USAGE"; echo bye; exit 0' TERM
       echo hello; while :; do sleep 0.01; done`,
        300,
      );
      expect({ ok, error, usage, texts }).toMatchObject({
        ok: false,
        error: {
          class: "timeout",
          message: "was silent for 300ms (error_policy.idle_timeout) and was stopped",
        },
        usage: { input: 5 },
        texts: expect.arrayContaining(["hello", "bye"]),
      });
    });

    test("takes what it has started with it", async () => {
      const { error } = await run("sleep 100 & exec sleep 100", 100);
      expect(error?.class).toBe("timeout");
    });

    test.each(["", " >&2"])("goes on as long as it writes, be it no whole line: %p", async (where) => {
      const { ok, texts } = await run(`{ ${slow}; }${where}`, 2_000);
      expect({ ok, texts }).toEqual({ ok: true, texts: [".".repeat(15)] });
    });

    test("ends as it ends when it is quicker", async () => {
      expect((await run("exit 65", 60_000)).error?.class).toBe("invalid_request");
    });
  });

  test("one that may be silent is left alone", async () => {
    expect((await run("sleep 0.3", null)).ok).toBe(true);
  });

  describe("the silence before this process has followed an agent", () => {
    const silentForTwoHours = { read: () => 0, silentMs: () => 7_200_000 } as unknown as AttemptLogs;
    // Of this very process, which has lived for longer than a millisecond and for less than an hour.
    const agent = {
      pid: process.pid,
      isRunning: () => true,
      kill: () => {},
      endsAll: false,
      ended: new Promise<never>(() => {}),
    };

    test.each([
      [1, true],
      [3_600_000, false],
    ])("is not longer than its life: stopped after %p ms? %p", (idleMs, isStopped) => {
      const watch = openIdleWatch(idleMs, silentForTwoHours, agent);
      watch.read();
      expect(watch.signal.aborted).toBe(isStopped);
    });
  });
});
