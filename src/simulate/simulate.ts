/**
 * `npm run simulate`: simulated histories of the engine, each held against every invariant. `--seeds 10000` runs so
 * many random ones, `--golden` lets something fail at each place of the fixed ones, `--seed 12` runs one, tells its
 * story and shrinks it where it fails, `--mutants` shows that planted bugs are found (with `--scenarios` also in what).
 * Exit code 1: an invariant was broken, or a bug was not found.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { smallest } from "./do-task.ts";
import { invariants } from "./invariants.ts";
import { mutants } from "./mutants/mutants.ts";
import { randomScenario } from "./random-scenario.ts";
import { runScenario } from "./run-scenario.ts";
import type { Failure, Task, TaskResult } from "./task.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    golden: { type: "boolean", default: false },
    mutants: { type: "boolean", default: false },
    mutant: { type: "string" },
    scenarios: { type: "boolean", default: false },
  },
});

const plain: Task = {
  what: "seeds",
  share: 0,
  of: 1,
  from: Number(values.from),
  count: Number(values.seeds),
  stopsAtFirst: false,
  shrinks: false,
  mutant: null,
};
const processes = availableParallelism();

process.exit((await main()) ? 0 : 1);

function main(): boolean | Promise<boolean> {
  if (values.seed !== undefined) return runSeed(Number(values.seed));
  return values.mutants || values.mutant !== undefined
    ? findMutants()
    : runAll({ ...plain, what: values.golden ? "golden" : "seeds" });
}

/** One history, event by event. */
function runSeed(seed: number): boolean {
  const scenario = randomScenario(seed);
  const { story, violations } = runScenario(scenario);
  for (const line of story) console.log(line);
  const [first] = violations;
  if (first) report({ ...first, name: `seed ${seed}`, scenario });
  else console.log(`seed ${seed}: every invariant holds`);
  return first === undefined;
}

async function runAll(task: Task): Promise<boolean> {
  const startedMs = performance.now();
  const { histories, failures, coverage } = await share(task);
  const seconds = (performance.now() - startedMs) / 1000;
  for (const [kind, count] of Object.entries(coverage).toSorted()) console.log(`${kind}: ${count} histories`);
  for (const failure of failures)
    console.log(`${failure.name} breaks ${failure.invariant}: ${failure.message}`);
  const [first] = failures;
  if (first) report(first);
  const speed = `${((1000 * seconds) / histories).toFixed(1)} ms each, ${processes} processes`;
  console.log(`${histories} histories, ${failures.length} violations, ${seconds.toFixed(1)} s (${speed})`);
  return failures.length === 0;
}

async function findMutants(): Promise<boolean> {
  let count = 0;
  const asked = mutants.filter(({ name }) => values.mutant === undefined || name === values.mutant);
  for (const { name } of asked) {
    const { histories, failures } = await share({
      ...plain,
      stopsAtFirst: true,
      shrinks: true,
      mutant: name,
    });
    const [first] = failures;
    if (first) count++;
    console.log(`${name}: ${first ? found(first) : `NOT FOUND in ${histories} histories`}`);
    if (first && values.scenarios) console.log(JSON.stringify(first.scenario));
  }
  console.log(`${count} of ${asked.length} planted bugs are found`);
  return count === asked.length && count > 0;
}

function found({ invariant, name, message, scenario }: Failure): string {
  const stages = scenario.workflows.reduce((sum, workflow) => sum + workflow.stages.length, 0);
  const size = `${stages} stages, ${scenario.actions.length} actions, ${scenario.faults.length} faults`;
  return `breaks ${invariant} in ${name}; shrunk to ${size}: ${message}`;
}

/** Says what fails, shrinks it, and says how to keep it as a test. */
function report(failure: Failure): void {
  const { name, invariant, message, scenario } = smallest(failure);
  console.log(`\n${name} breaks ${invariant}: ${invariants[invariant]}`);
  console.log(`as small as it gets: ${message}`);
  console.log(JSON.stringify({ name: "what went wrong", invariant, scenario }));
  console.log("add this to src/simulate/regressions.json, with a name that says what went wrong\n");
}

/** Spreads a task over processes and puts together what comes of it. */
async function share(task: Task): Promise<TaskResult> {
  const shares = Array.from({ length: processes }, (_, at) => doShare({ ...task, share: at, of: processes }));
  const results = await Promise.all(shares);
  const coverage: Record<string, number> = {};
  for (const result of results) {
    for (const [kind, count] of Object.entries(result.coverage))
      coverage[kind] = (coverage[kind] ?? 0) + count;
  }
  return {
    histories: results.reduce((sum, { histories }) => sum + histories, 0),
    failures: results.flatMap(({ failures }) => failures),
    coverage,
  };
}

async function doShare(task: Task): Promise<TaskResult> {
  const command = [process.execPath, join(import.meta.dir, "work.ts"), JSON.stringify(task)];
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const text = await child.stdout.text();
  if ((await child.exited) !== 0) throw new Error(`a process that ran histories failed: ${text}`);
  return JSON.parse(text) as TaskResult;
}
