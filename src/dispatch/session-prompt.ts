import { existsSync } from "node:fs";
import type { StageRequest } from "./dispatcher.ts";
import { quoteError } from "./prompt.ts";
import { resumePrompt } from "./resume-prompt.ts";

/** What an agent reads that goes on with the session of an earlier attempt, which knows the task already. */
export function sessionPrompt({
  session,
  previous_error,
  decided,
  attempt_dir,
}: Pick<StageRequest, "session" | "previous_error" | "decided" | "attempt_dir">): string {
  // Then it has gone on with the session before, and waited in it.
  if (decided.length > 0) return resumePrompt(decided);
  switch (session?.end) {
    case "output_contract": {
      const why = previous_error === null ? "" : `\n\n${quoteError(previous_error)}`;
      // An agent of this very attempt has left its folder, and is gone.
      const interrupted = existsSync(attempt_dir) ? `\n${resumePrompt()}` : "";
      return `What you handed in for the task above was not accepted.${why}\n\n${correct}${interrupted}`;
    }
    case "budget":
      return `The budget of the task above was used up. There is a new one now.\n\n${resumePrompt()}`;
    case "timeout":
      return `The time for the task above was used up. You have as much again.\n\n${resumePrompt()}`;
    default:
      return resumePrompt();
  }
}

const correct =
  "What you have done so far still holds. Correct what is wrong, and hand in all outputs once more.\n";
