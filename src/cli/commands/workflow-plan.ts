import type { CommandRun } from "../command.ts";
import { composePlan } from "../compose.ts";
import { exitCodes } from "../exit-code.ts";
import { showPlan } from "../terminal/show-plan.ts";

export const run: CommandRun = async (invocation) => {
  const { given, workdir } = invocation;
  const planned = await composePlan(invocation, given.argument(0), workdir);
  const isComplete = showPlan(invocation, planned);
  return isComplete || !given.flag("strict") ? exitCodes.done : exitCodes.failed;
};
