import { crashEverywhere } from "./crash-everywhere.ts";
import { goldenScenarios } from "./golden-scenarios.ts";
import { randomScenario } from "./random-scenario.ts";
import { runScenario } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";
import { shrink } from "./shrink.ts";
import type { Failure, Task, TaskResult } from "./task.ts";

interface Named {
  name: string;
  scenario: Scenario;
}

/** Runs a share of the histories. That one fails is part of the result. */
export function doTask(task: Task): TaskResult {
  const result: TaskResult = { histories: 0, failures: [], coverage: {} };
  for (const { name, scenario } of task.what === "seeds" ? seeds(task) : goldens(task)) {
    const { violations, coverage } = runScenario(scenario);
    result.histories++;
    for (const kind of coverage) result.coverage[kind] = (result.coverage[kind] ?? 0) + 1;
    const [first] = violations;
    if (!first) continue;
    const failure = { name, scenario, invariant: first.invariant, message: first.message };
    result.failures.push(task.shrinks ? smallest(failure) : failure);
    if (task.stopsAtFirst) break;
  }
  return result;
}

/** The same failure with a scenario that has little in it beside what matters. */
export function smallest(failure: Failure): Failure {
  const scenario = shrink(failure.scenario, (each) => failsAlike(failure, each));
  const broken = runScenario(scenario).violations.find(({ invariant }) => invariant === failure.invariant);
  return { ...failure, scenario, message: broken?.message ?? failure.message };
}

/** Whether a scenario breaks the same invariant as an earlier failure. */
export function failsAlike({ invariant }: Pick<Failure, "invariant">, scenario: Scenario): boolean {
  return runScenario(scenario).violations.some((each) => each.invariant === invariant);
}

function* seeds({ from, count, share, of }: Task): Generator<Named> {
  for (let seed = from + share; seed < from + count; seed += of) {
    yield { name: `seed ${seed}`, scenario: randomScenario(seed) };
  }
}

function* goldens({ share, of }: Task): Generator<Named> {
  let number = 0;
  for (const [name, scenario] of Object.entries(goldenScenarios)) {
    const mine = (): boolean => number++ % of === share;
    if (mine()) yield { name, scenario };
    for (const places of ["commits", "operations"] as const) {
      for (const each of crashEverywhere(scenario, places)) {
        if (mine()) yield { name: `${name}, ${JSON.stringify(each.faults[0])}`, scenario: each };
      }
    }
  }
}
