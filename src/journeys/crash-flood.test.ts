import { expect, test } from "bun:test";
import { join } from "node:path";
import { journeys, runIdOf } from "../testing/journey.ts";
import { until } from "../testing/journey-until.ts";
import { scriptAgent, writeWorkflow } from "../testing/journey-workflows.ts";
import { openLiveDatabase } from "../testing/open-live-database.ts";

const begin = journeys();

test("kill -9 of the engine in the middle of a flood of lines: each is stored once, in order", async () => {
  const journey = begin("crash-flood");
  const half = 40_000;
  scriptAgent(
    journey,
    "worker",
    [
      `seq 1 ${half}`,
      'while [ ! -e "$SKILLMEAT_WORKDIR/go" ]; do sleep 0.02; done',
      `seq ${half + 1} ${2 * half}`,
    ].join("\n"),
  );
  writeWorkflow(journey, { only: {} });
  const stored = (): number[] => {
    const database = openLiveDatabase(join(journey.home, "workflows.db"));
    const query = "SELECT text FROM log_lines WHERE stream = 'stdout' ORDER BY seq";
    const rows = database.query<{ text: string }, []>(query).all();
    database.close();
    return rows.map(({ text }) => Number(text));
  };
  let running = journey.start(["workflow", "run", "."]);
  const runId = await runIdOf(running);
  const killWhenShown = async (line: number): Promise<void> => {
    await until(`line ${line} is shown`, () => running.stdout.includes(`[only] ${line}\n`));
    running.kill("SIGKILL");
    await running.ended;
  };
  await killWhenShown(1_000);
  expect(stored().length).toBeGreaterThanOrEqual(1_000);
  running = journey.start(["workflow", "resume", runId]);
  journey.write("go", "");
  await killWhenShown(half + 1_000);
  expect(await journey.run(["workflow", "resume", runId])).toMatchObject({ code: 0 });
  expect(stored()).toEqual(Array.from({ length: 2 * half }, (_, at) => at + 1));
  const { status, steps } = await journey.execution(runId);
  expect([status, steps[0]?.status, steps[0]?.attempt_number]).toEqual(["completed", "completed", 1]);
});
