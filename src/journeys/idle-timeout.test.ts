import { describe, expect, test } from "bun:test";
import { journeys, runIdOf } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";
import { scriptAgent, writeWorkflow } from "../testing/journey-workflows.ts";

/** Agents that hang without a word, and a workflow that does not wait for their whole timeout. */

const begin = journeys();

/** Hangs at its first attempt, after a line. */
const hangs = 'echo last words; if [ "$SKILLMEAT_ATTEMPT" = 1 ]; then exec sleep 100; fi';

describe.concurrent("an agent that is silent for longer than its stage allows", () => {
  test("is stopped and tried again", async () => {
    const journey = begin("idle");
    scriptAgent(journey, "worker", hangs);
    const retry = { max_attempts: 2, initial_interval: "1ms" };
    writeWorkflow(journey, { only: { error_policy: { idle_timeout: "3s", retry } } });
    const running = journey.start(["workflow", "run", "."]);
    const runId = await runIdOf(running);
    expect(await running.ended).toMatchObject({ code: 0 });
    const { steps } = await journey.execution(runId);
    expect(steps[0]?.attempts).toMatchObject([
      {
        status: "timed_out",
        error_class: "timeout",
        error_message: "was silent for 3s (error_policy.idle_timeout) and was stopped",
      },
      { status: "completed" },
    ]);
    expect(journey.agents()).toEqual([]);
    expect(journey.attempts()).toEqual([]);
  });

  test("is stopped by the next engine when the first one is gone", async () => {
    const journey = begin("idle-crash");
    scriptAgent(journey, "worker", hangs);
    writeWorkflow(journey, { only: { error_policy: { idle_timeout: "2s", retry: { max_attempts: 1 } } } });
    const first = journey.start(["workflow", "run", "."]);
    const runId = await runIdOf(first);
    await until("it has said its last words", () => first.stdout.includes("[only] last words"));
    first.kill("SIGKILL");
    await first.ended;
    expect(await journey.run(["workflow", "resume", runId])).toMatchObject({ code: 1 });
    const { steps } = await journey.execution(runId);
    expect(steps[0]).toMatchObject({ status: "timed_out", attempt_number: 1, recovered: false });
    expect(journey.agents()).toEqual([]);
    expect(journey.attempts()).toEqual([]);
  });
});
