import type { ContractProblem } from "../workflow/contract.ts";
import type { AttemptRecord } from "./record.ts";

/** What an attempt is told of the attempt before it. */
export interface PreviousError {
  class: string;
  message: string;
  /** What exactly was wrong with the outputs; empty for every other failure. */
  findings: ContractProblem[];
}

/** What attempt `number` has to know of the one before it; null for the first. */
export function previousError(attempts: readonly AttemptRecord[], number: number): PreviousError | null {
  const before = attempts.find((attempt) => attempt.number === number - 1);
  if (!before) return null;
  const { error_class, error_message, findings = [] } = before;
  return { class: error_class ?? "agent_error", message: error_message ?? "", findings };
}
