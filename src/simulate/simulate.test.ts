import { describe, expect, test } from "bun:test";
import { crashEverywhere } from "./crash-everywhere.ts";
import { failsAlike } from "./do-task.ts";
import { goldenScenarios } from "./golden-scenarios.ts";
import type { InvariantName } from "./invariants.ts";
import { mutatedText } from "./mutants/plant-mutant.ts";
import { mutants } from "./mutants/mutants.ts";
import { randomScenario } from "./random-scenario.ts";
import kept from "./regressions.json";
import { runScenario } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";
import { shrink } from "./shrink.ts";

/** A few of the histories that `npm run simulate` runs by the thousand. */

interface Regression {
  /** What went wrong. */
  name: string;
  invariant: InvariantName;
  scenario: Scenario;
}

const regressions = kept as unknown as Regression[];

function violationsOf(scenario: Scenario): string[] {
  return runScenario(scenario).violations.map(({ invariant, message }) => `${invariant}: ${message}`);
}

/** Histories in which a planted bug shows that hardly any other shows. */
const rareFinders = [120, 227, 228, 279, 281, 307, 330];

test("every invariant holds in random histories", () => {
  const seeds = [...Array.from({ length: 80 }, (_, at) => at + 1), ...rareFinders];
  const broken = seeds.flatMap((seed) =>
    violationsOf(randomScenario(seed)).map((violation) => `seed ${seed}: ${violation}`),
  );
  expect(broken).toEqual([]);
});

/** `npm run simulate -- --golden` tries every place. */
const everyPlace = 3;

describe("a crash at some commits and acts", () => {
  test.each(Object.entries(goldenScenarios))("of %s", (_name, scenario) => {
    expect(violationsOf(scenario)).toEqual([]);
    const places = crashEverywhere(scenario, "commits").filter((_, at) => at % everyPlace === 0);
    const broken = places.flatMap((each) =>
      violationsOf(each).map((violation) => `${JSON.stringify(each.faults)}: ${violation}`),
    );
    expect(broken).toEqual([]);
  });
});

test("what once went wrong does not go wrong again", () => {
  const broken = regressions.flatMap(({ name, scenario }) =>
    violationsOf(scenario).map((violation) => `${name}: ${violation}`),
  );
  expect(broken).toEqual([]);
});

test("the same seed gives the same history, whatever was simulated before it", () => {
  const seeds = Array.from({ length: 20 }, (_, at) => at);
  const digests = seeds.map((seed) => runScenario(randomScenario(seed)).digest);
  expect(new Set(digests).size).toBeGreaterThan(15);
  const again = seeds.toReversed().map((seed) => runScenario(randomScenario(seed)).digest);
  expect(again.toReversed()).toEqual(digests);
});

test("a scenario that fails shrinks to the little of it that matters", () => {
  const scenario = randomScenario(8);
  const isCrashed = ({ faults }: Scenario): boolean => faults.some(({ kind }) => kind === "crash");
  const hasRetry = ({ workflows }: Scenario): boolean =>
    workflows.some(({ stages }) => stages.some(({ retry }) => retry.attempts > 1));
  const fails = (each: Scenario): boolean => isCrashed(each) && hasRetry(each);
  const [found] = Array.from({ length: 500 }, (_, seed) => randomScenario(seed)).filter(fails);
  const small = shrink(found ?? scenario, fails);
  expect(fails(small)).toBe(true);
  expect(small).toMatchObject({ actions: [{ kind: "start" }], faults: [{ kind: "crash" }], readers: 0 });
  expect(small.workflows.flatMap(({ stages }) => stages)).toHaveLength(small.workflows.length);
});

test("a failure is told apart by the invariant that it breaks", () => {
  expect(failsAlike({ invariant: "run_ends" }, randomScenario(1))).toBe(false);
});

test("every planted bug still has its place in the sources", () => {
  for (const mutant of mutants) expect(mutatedText(mutant)).toContain(mutant.replace);
});
