import type { RunOptions } from "../execution/record.ts";
import type { ComposedWorkflow } from "./compose.ts";

/** How the stages would be done. */
export type StartOptions = Pick<RunOptions, "workdir" | "dispatcher" | "env">;

export type PreflightSubject = Pick<ComposedWorkflow, "definition" | "artifacts" | "later">;

/** Why a stage could not start: the code of its finding, what is wrong, and the way out. */
export interface Trouble {
  code: string;
  says: string;
  wayOut: string;
  /** The number of the stage's tool that it is with; absent or null: it is with the agent, or with all. */
  tool?: number | null;
}
