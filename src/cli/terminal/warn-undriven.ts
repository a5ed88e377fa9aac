import { hasEnded } from "../../execution/status.ts";
import type { Store } from "../../store/database.ts";
import { getExecution } from "../../store/executions.ts";
import type { Invocation } from "../command.ts";
import { commandWords, runWords } from "./command-words.ts";
import { isDriven } from "../../operation/is-driven.ts";

/**
 * Says how to go on with an execution that has not ended and that no living process drives; otherwise prints nothing.
 */
export function sayUndriven(invocation: Invocation, store: Store, runId: string): void {
  if (hasEnded(getExecution(store, runId).status) || isDriven(store, runId)) return;
  const resume = runWords(invocation, "resume", runId);
  invocation.output.note(
    `nobody drives it; continue with: ${resume}, or ${commandWords(invocation, "serve")}`,
  );
}
