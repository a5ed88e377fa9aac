import { isComposed, type Composed, type NotValid } from "../collection/compose.ts";
import { printPlan } from "../workflow/print-plan.ts";
import type { CommandRun, Invocation } from "./command.ts";
import { compose, composePlan } from "./compose.ts";
import { exitCodes, type ExitCode } from "./exit-code.ts";
import { plainText } from "./plain-text.ts";
import { findingsText } from "./print-findings.ts";

export const run: CommandRun = async (invocation) => {
  const composed = await compose(invocation, invocation.given.argument(0), invocation.workdir);
  if (!isComposed(composed)) return refuse(invocation, composed);
  return showPlan(invocation, composed);
};

/** Prints what would run; also what `run --dry-run` does. */
export async function showPlan(invocation: Invocation, composed: Composed): Promise<ExitCode> {
  const { given, output } = invocation;
  const plan = composePlan(invocation, composed);
  if (given.text("format") === "json") output.json(plan);
  else output.line(plainText(printPlan(plan)).trimEnd());
  return exitCodes.done;
}

/** A definition that does not hold is neither planned nor run: its findings go to stderr. */
export function refuse({ output }: Invocation, { source, validation }: NotValid): ExitCode {
  output.note(findingsText(validation, source.text, source.file, output.notePaint));
  return exitCodes.failed;
}
