import { AppError } from "../errors.ts";
import type { Invocation } from "./command.ts";

/** True inside of an agent's attempt, whose id is in the environment. */
export function isInsideAttempt({ env }: Pick<Invocation, "env">): boolean {
  return (env["SKILLMEAT_ATTEMPT_ID"] ?? "") !== "";
}

/** Throws `AppError("forbidden")` inside of an attempt. `what` ends `an agent does not …`. */
export function refuseInsideAttempt(invocation: Pick<Invocation, "env">, what: string): void {
  if (!isInsideAttempt(invocation)) return;
  throw new AppError(
    "forbidden",
    `an agent may not ${what}. SKILLMEAT_ATTEMPT_ID is set, so this is an attempt. use a shell of your own`,
  );
}
