import { beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { aControl, aStageRequest, type AgentLab } from "../testing/a-stage-request.ts";
import { until } from "../testing/journey-until.ts";
import { isAlive, processesWith } from "../testing/process-table.ts";
import { createCommandDispatcher } from "./command.ts";
import { bothLaunches } from "../testing/both-launches.ts";

let dispatcher = createCommandDispatcher();

/** The living processes of an attempt. */
function left({ request }: AgentLab): number[] {
  return processesWith(`SKILLMEAT_ATTEMPT_ID=${request.attempt_id}`).map(({ pid }) => pid);
}

/** Starts, and waits until the script has made the file `ready`. */
async function started(script: string) {
  const lab = aStageRequest(script);
  const { control, stop, texts } = aControl();
  const done = dispatcher.dispatch(lab.request, control);
  await until("the agent is ready", () => existsSync(join(lab.folder, "ready")));
  return { lab, stop, done, texts };
}

describe.each(bothLaunches)("agents under %s", (_, launch) => {
  beforeAll(() => {
    dispatcher = createCommandDispatcher(launch);
  });

  describe("a stop:", () => {
    test("the agent is asked to end, and what it used is counted", async () => {
      const script = `
      trap 'echo "{\\"input\\": 5}" > "$SKILLMEAT_USAGE"; echo bye; exit 0' TERM
      touch ready; while :; do sleep 0.01; done`;
      const { lab, stop, done, texts } = await started(script);
      stop();
      const result = await done;
      expect(result).toMatchObject({ ok: false, error: { class: "cancelled" }, usage: { input: 5 } });
      expect(texts()).toContain("bye");
      expect(left(lab)).toEqual([]);
      await dispatcher.sweep(lab.request);
    });

    test("what does not heed that is killed in the end, and what left the group with it", async () => {
      const script = "trap 'echo asked' TERM; setsid sleep 100 & touch ready; while :; do sleep 0.05; done";
      const { lab, stop, done, texts } = await started(script);
      stop();
      expect((await done).error?.class).toBe("cancelled");
      expect(texts()).toContain("asked");
      expect(left(lab)).toEqual([]);
      await dispatcher.sweep(lab.request);
    });

    test("before the start, nothing is started", async () => {
      const lab = aStageRequest("touch ran");
      const { control, stop } = aControl();
      stop();
      expect((await dispatcher.dispatch(lab.request, control)).error?.class).toBe("cancelled");
      expect(existsSync(lab.request.attempt_dir)).toBe(false);
    });
  });

  describe("nothing is left behind:", () => {
    test("what a program that succeeded left in its group has ended before its result", async () => {
      const lab = aStageRequest("sleep 100 & sleep 100 & exit 0");
      expect((await dispatcher.dispatch(lab.request, aControl().control)).ok).toBe(true);
      expect(left(lab)).toEqual([]);
      await dispatcher.sweep(lab.request);
    });

    test("what left the group has ended when the sweep has", async () => {
      const lab = aStageRequest(
        "setsid sh -c 'echo $$ > pid; exec sleep 100' & until test -s pid; do sleep 0.01; done",
      );
      expect((await dispatcher.dispatch(lab.request, aControl().control)).ok).toBe(true);
      const pid = Number(readFileSync(join(lab.folder, "pid"), "utf8"));
      await dispatcher.sweep(lab.request);
      expect(isAlive(pid)).toBe(false);
      expect(left(lab)).toEqual([]);
    });

    test("whoever kills the supervisor leaves no agent running", async () => {
      const lab = aStageRequest("kill -9 $PPID; exec sleep 100");
      const result = await dispatcher.dispatch(lab.request, aControl().control);
      expect(result.error).toMatchObject({
        class: "agent_error",
        message: expect.stringContaining("killed from outside"),
      });
      await dispatcher.sweep(lab.request);
      expect(left(lab)).toEqual([]);
    });

    test("a folder that the agent made read-only is removed as well", async () => {
      const lab = aStageRequest(
        'd=$(dirname "$SKILLMEAT_INPUT")/cache; mkdir "$d"; touch "$d/a"; chmod 500 "$d"',
      );
      await dispatcher.dispatch(lab.request, aControl().control);
      await dispatcher.sweep(lab.request);
      expect(existsSync(lab.request.attempt_dir)).toBe(false);
    });

    test("an agent that removes its own folder ends as it ends", async () => {
      const lab = aStageRequest('rm -r "$(dirname "$SKILLMEAT_INPUT")"; echo gone');
      const { control, texts } = aControl();
      expect(await dispatcher.dispatch(lab.request, control)).toMatchObject({ ok: true });
      expect(texts()).toContain("gone");
      await dispatcher.sweep(lab.request);
    });

    test("an attempt that never was can be swept", async () => {
      const lab = aStageRequest("true");
      await dispatcher.sweep(lab.request);
      await dispatcher.sweep(lab.request);
    });

    test("another attempt's processes are not touched", async () => {
      const { lab, stop, done } = await started("touch ready; exec sleep 100");
      const other = aStageRequest("setsid sleep 100 & exit 0");
      await dispatcher.dispatch(other.request, aControl().control);
      await dispatcher.sweep(other.request);
      expect(left(lab)).not.toEqual([]);
      stop();
      await done;
      await dispatcher.sweep(lab.request);
    });
  });
});
