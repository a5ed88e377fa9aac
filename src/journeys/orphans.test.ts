import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { journeys, runIdOf, type Journey } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";
import { scriptAgent, writeWorkflow } from "../testing/journey-workflows.ts";
import { isAlive } from "../testing/process-table.ts";

/** What an agent has started and hidden: it left the agent's session, and its environment carries no mark. */

const begin = journeys();
const hide = [
  'cd "$SKILLMEAT_WORKDIR"',
  "env -i setsid /bin/sh -c 'echo $$ >orphan; exec /bin/sleep 600' &",
  "until [ -s orphan ]; do sleep 0.02; done",
  "touch ready",
];

function orphanOf(journey: Journey): number {
  return Number(readFileSync(join(journey.folder, "orphan"), "utf8"));
}

function isReady(journey: Journey): boolean {
  return existsSync(join(journey.folder, "ready"));
}

/** Only the supervisor of our own can find such a process; /bin/sh cannot. */
describe.concurrent.if(process.platform === "linux")("an orphan without a mark is ended", () => {
  test("when its agent succeeds", async () => {
    const journey = begin("orphan-success");
    scriptAgent(journey, "worker", hide.join("\n"));
    writeWorkflow(journey, { only: {} });
    expect(await journey.run(["workflow", "run", "."])).toMatchObject({ code: 0 });
    expect(isAlive(orphanOf(journey))).toBe(false);
  });

  test("when its agent runs into its timeout", async () => {
    const journey = begin("orphan-timeout");
    scriptAgent(journey, "worker", [...hide, "sleep 600"].join("\n"));
    writeWorkflow(journey, { only: { error_policy: { timeout: "2s", retry: { max_attempts: 1 } } } });
    expect((await journey.run(["workflow", "run", "."])).code).toBe(1);
    expect(isAlive(orphanOf(journey))).toBe(false);
  });

  test("when its run is cancelled", async () => {
    const journey = begin("orphan-cancel");
    scriptAgent(journey, "worker", [...hide, "sleep 600"].join("\n"));
    writeWorkflow(journey, { only: {} });
    const running = journey.start(["workflow", "run", "."]);
    const runId = await runIdOf(running);
    await until("the orphan is there", () => isReady(journey));
    await journey.run(["workflow", "cancel", runId, "-y"]);
    await running.ended;
    expect(isAlive(orphanOf(journey))).toBe(false);
  });

  test("when its agent ends after the engine was killed, though nobody takes over", async () => {
    const journey = begin("orphan-crash");
    scriptAgent(journey, "worker", [...hide, "until [ -e go ]; do sleep 0.02; done"].join("\n"));
    writeWorkflow(journey, { only: {} });
    const running = journey.start(["workflow", "run", "."]);
    await runIdOf(running);
    await until("the orphan is there", () => isReady(journey));
    process.kill(running.pid, "SIGKILL");
    await running.ended;
    expect(isAlive(orphanOf(journey))).toBe(true);
    writeFileSync(join(journey.folder, "go"), "");
    await until("the orphan has ended", () => !isAlive(orphanOf(journey)));
  });
});
