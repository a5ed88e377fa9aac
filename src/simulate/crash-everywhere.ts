import { runScenario } from "./run-scenario.ts";
import type { Fault, Scenario } from "./scenario.ts";

/** Where something goes wrong: at the commits and acts alone, or at each use of the database. */
export type Places = "commits" | "operations";

/**
 * The same history again and again, each time with another place at which its first process crashes, or at which the
 * database fails.
 */
export function crashEverywhere(scenario: Scenario, places: Places): Scenario[] {
  const { commits, acts, operations } = runScenario(scenario);
  const faults = scenario.processes.flatMap((_plan, process) =>
    places === "commits"
      ? [
          ...upTo(commits[process]).flatMap((commit) => [
            crash(process, { commit, side: "before" }),
            crash(process, { commit, side: "after" }),
          ]),
          ...upTo(acts[process]).map((act) => crash(process, { act })),
        ]
      : upTo(operations[process]).flatMap((operation) => [
          crash(process, { operation }),
          failure(process, operation, "IOERR", 0),
          failure(process, operation, "IOERR", 1),
          failure(process, operation, "FULL", 2_500),
          failure(process, operation, "BUSY", 500),
          failure(process, operation, "BUSY", 6_000),
        ]),
  );
  return faults.map((fault) => ({ ...scenario, faults: [fault] }));
}

function crash(process: number, when: Extract<Fault, { kind: "crash" }>["when"]): Fault {
  return { kind: "crash", process, when, down_ms: 30, takes: "process" };
}

function failure(
  process: number,
  operation: number,
  code: "FULL" | "IOERR" | "BUSY",
  lasts_ms: number,
): Fault {
  return { kind: "failure", process, operation, code, lasts_ms };
}

function upTo(count: number | undefined): number[] {
  return Array.from({ length: count ?? 0 }, (_, at) => at + 1);
}
