import type { InvariantName } from "./invariants.ts";
import type { Scenario } from "./scenario.ts";

/** One process's share of the work. */
export interface Task {
  what: "seeds" | "golden";
  /** Of all histories in order, those whose number modulo `of` is `share`. */
  share: number;
  of: number;
  /** The first seed. */
  from: number;
  /** How many seeds there are for all processes together. */
  count: number;
  /** Ends with the first history that breaks an invariant. */
  stopsAtFirst: boolean;
  /** Makes the scenarios that fail as small as can be. */
  shrinks: boolean;
  mutant: string | null;
}

export interface TaskResult {
  histories: number;
  failures: Failure[];
  /** By kind of event or fault: in how many histories it was. */
  coverage: Record<string, number>;
}

export interface Failure {
  /** What it is known by: `seed 12`, or the name of a golden history and its fault. */
  name: string;
  scenario: Scenario;
  invariant: InvariantName;
  message: string;
}
