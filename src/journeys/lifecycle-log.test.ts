import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { LifecycleEntry } from "../execution/lifecycle.ts";
import { journeys, type Journey } from "../testing/journey.ts";

const begin = journeys();

const simple =
  "workflow: { id: ship, name: Ship }\nstages:\n  - { id: build, roles: { primary: agent:builder } }\n";

describe("the lifecycle log", () => {
  test("tells what becomes of a workflow and of its execution, from the first word to the last", async () => {
    const journey = begin("lifecycle");
    const file = journey.write("ship.yaml", simple);
    await done(journey, "create", file);
    await done(journey, "validate", "ship");
    await done(journey, "plan", "ship");
    await done(journey, "run", "ship", "--dispatcher", "simulated");
    await done(journey, "delete", "ship", "--yes");
    const told = entries(journey);
    expect(told.map(({ event, stage_id }) => (stage_id === null ? event : `${event} ${stage_id}`))).toEqual([
      "workflow_created",
      "workflow_validated",
      "workflow_validated",
      "workflow_planned",
      "workflow_validated",
      "workflow_planned",
      "execution_started",
      "stage_started build",
      "stage_completed build",
      "execution_completed",
      "workflow_deleted",
    ]);
    expect(new Set(told.map(({ workflow_id, level }) => `${workflow_id} ${level}`))).toEqual(
      new Set(["ship info"]),
    );
    const ids = new Set(told.map(({ execution_id }) => execution_id));
    expect([...ids]).toEqual([null, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  });

  test("tells of a definition that does not hold as of an error", async () => {
    const journey = begin("lifecycle-bad");
    await done(journey, "create", journey.write("ship.yaml", simple));
    const bad = journey.write("bad.yaml", simple.replace("build, roles", "build, depends_on: [gone], roles"));
    expect((await journey.run(["workflow", "validate", bad])).code).toBe(1);
    expect(entries(journey).at(-1)).toMatchObject({
      level: "error",
      event: "workflow_validated",
      workflow_id: "ship",
      message: expect.stringContaining("1 error, the first: "),
    });
  });

  test("has what came before the first execution of a home", async () => {
    const journey = begin("lifecycle-first");
    await done(journey, "run", journey.write("ship.yaml", simple), "--dispatcher", "simulated");
    expect(
      entries(journey)
        .map(({ event }) => event)
        .slice(0, 3),
    ).toEqual(["workflow_validated", "workflow_planned", "execution_started"]);
  });

  test("is not begun by a command that only reads", async () => {
    const journey = begin("lifecycle-none");
    await done(journey, "validate", journey.write("ship.yaml", simple));
    expect(existsSync(join(journey.home, "logs"))).toBe(false);
  });
});

async function done(journey: Journey, ...args: string[]): Promise<void> {
  const { code, stderr } = await journey.run(["workflow", ...args]);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
}

function entries(journey: Journey): LifecycleEntry[] {
  return journey.lines("home/logs/skillmeat.jsonl").map((line) => JSON.parse(line) as LifecycleEntry);
}
